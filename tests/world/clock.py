"""A clock that runs many writers at once, call by call, in an order that a seed decides."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.world.calls import Pause, Refused, Reply

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from tests.world.calls import Call, Steps

FASTEST, SLOWEST = 0.010, 0.150
"""Seconds that a request takes on one way."""


@dataclass
class Clock:
    """Seconds since the world began; `after` plans, `run` lets it happen."""

    now: float = 0.0
    _plan: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _count: int = 0

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Plans `action`."""
        self._count += 1
        heapq.heappush(self._plan, (self.now + seconds, self._count, action))

    def planned(self) -> list[tuple[float, int, Callable[[], None]]]:
        """(when, a number, what) of all that is planned."""
        return list(self._plan)

    def run(self) -> None:
        """Until nothing is planned."""
        while self._plan:
            self.now, _, action = heapq.heappop(self._plan)
            action()


@dataclass
class Process:
    """Something that makes calls and can be killed; what it had sent still reaches the service."""

    alive: bool = True


@dataclass
class Run:
    """One write path being run by a process.

    Attributes:
        answer: does a call at the service, at the moment it arrives; raises Refused.
        ended: is told the outcome, unless the process was killed first.
    """

    clock: Clock
    chance: Random
    process: Process
    steps: Steps[object]
    answer: Callable[[Call], Reply]
    ended: Callable[[object, Refused | None], None]

    def start(self) -> None:
        """Takes the first step now."""
        self._go(lambda: next(self.steps))

    def _go(self, resume: Callable[[], Call | Pause]) -> None:
        if not self.process.alive:
            self.steps.close()
            return
        try:
            step = resume()
        except StopIteration as stop:
            self.ended(stop.value, None)
        except Refused as error:
            self.ended(None, error)
        else:
            self._take(step)

    def _take(self, step: Call | Pause) -> None:
        if isinstance(step, Pause):
            self.clock.after(
                step.seconds * self.chance.uniform(0.4, 1.6),
                lambda: self._go(lambda: self.steps.send(Reply())),
            )
        else:
            self.clock.after(self._way(), lambda: self._arrive(step))

    def _arrive(self, call: Call) -> None:
        try:
            reply = self.answer(call)
        except Refused as refused:
            error = refused
            self.clock.after(self._way(), lambda: self._go(lambda: self.steps.throw(error)))
        else:
            self.clock.after(self._way(), lambda: self._go(lambda: self.steps.send(reply)))

    def _way(self) -> float:
        return self.chance.uniform(FASTEST, SLOWEST)
