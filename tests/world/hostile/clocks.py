"""The clock of the machine that ran a deploy: it may be off, and it may step while the deploy runs.

CloudTrail's clock is the world's own. A log's stamps are what this clock shows; durations and the ticks of a spinner
come from a monotonic clock, and are right whatever it shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from tests.world.deploy import Deploy


@dataclass(frozen=True, slots=True)
class LogClock:
    """What a machine's clock shows: `offset` seconds more than the trail's, and `step` more from `step_at` on."""

    offset: float = 0.0
    step: float = 0.0
    step_at: float = float("inf")

    def shows(self, at: float) -> float:
        """What the clock shows at a moment of the world."""
        return at + self.offset + (self.step if at >= self.step_at else 0.0)

    @property
    def steps(self) -> bool:
        """Whether it steps."""
        return self.step_at != float("inf")

    @property
    def offsets(self) -> tuple[float, ...]:
        """The log's time minus the trail's: two values where the clock steps."""
        return (self.offset, self.offset + self.step) if self.steps else (self.offset,)


RIGHT = LogClock()
KINDS = ("right",) * 5 + ("drift",) * 3 + ("off",) * 3
SIZES = (4, 10, 30, 90, 300, 1200, 3000)
"""Seconds that a clock is off by: seconds, minutes and about an hour, alike often."""
STEPPING = 0.08
"""How many deploys have a clock that steps while they run."""


def set_clocks(deploys: Sequence[Deploy], chance: Random) -> None:
    """Gives each deploy the clock of its machine: one for all in half of the scenarios."""
    shared = chance.random() < 0.5
    clock = _drawn(chance)
    for deploy in deploys:
        mine = clock if shared else _drawn(chance)
        deploy.clock = _stepping(deploy, mine, chance) if chance.random() < STEPPING else mine


def set_an_hour_off(deploys: Sequence[Deploy], chance: Random, *, shared: bool) -> None:
    """Gives each deploy a clock that is off by up to an hour, or all of them one."""
    clock = LogClock(chance.uniform(-3600, 3600))
    for deploy in deploys:
        deploy.clock = clock if shared else LogClock(chance.uniform(-3600, 3600))


def _drawn(chance: Random) -> LogClock:
    sign = chance.choice((-1, 1))
    match chance.choice(KINDS):
        case "drift":
            return LogClock(sign * chance.uniform(0.5, 3))
        case "off":
            return LogClock(sign * chance.choice(SIZES) * chance.uniform(0.8, 1.2))
        case _:
            return RIGHT


def _stepping(deploy: Deploy, clock: LogClock, chance: Random) -> LogClock:
    """The clock is put right, or wrong, while the deploy runs."""
    end = deploy.ended or deploy.killed_at or deploy.began + 5
    step = -clock.offset if abs(clock.offset) > 2 else chance.choice((-1, 1)) * chance.uniform(3, 600)
    return LogClock(clock.offset, step, chance.uniform(deploy.began, end))
