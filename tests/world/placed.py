"""Which deploys an honest analyst can place in the trail, and which of their writes the records then prove.

A log's clock is a claim. What the analyst has is the calls: those whose keys are all keys of one operation fit it, at
the offset between the log's time and theirs (docs/facts/alignment.md#1-event-logs-the-estimator). The model knows the
true offset; whether the records suffice to find it is worked out here by the same evidence, in its most cautious form:

- An offset near zero is what most clocks have. It needs half of the operations, and little else.
- Every other run in reach whose calls fit makes any offset less certain, but for the runs whose own logs claim them.
- An offset away from zero needs operations whose own keys nobody else ever wrote: another run of the stack would have.
- A clock that steps within the deploy places nothing.

A drop is proven only where nobody's call could be the write: the tests of docs/facts/alignment.md#4-safe-drops.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from tests.world.calls import READS
from tests.world.resources import KV_KEYS, intents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tests.world.deploy import Deploy
    from tests.world.resources import Operation
    from tests.world.service import Done

NEAR, NO_DOUBT = 2.0, 3.5
"""Seconds that a right clock may differ by: for a drop, and for anything else."""
REACH = 3700
"""Seconds within which another run could be this one."""
NEAR_ZERO, AWAY = 9.8, -0.5
"""ln(prior / rival) of an offset near zero, and of one within the hour, where no other run lies in reach."""
PAUSE = 30.0
"""Seconds without a call that end a run."""
ENOUGH = 5.0
OWN_KEYS, BIRTH, MISS, EXTRA = 6.0, 2.5, 2.3, 1.9
AROUND, LATER = 2.0, 600.0
"""Seconds around an operation in which nobody may have tried, and in which its own writer may not have."""


@dataclass(frozen=True, slots=True)
class _Fit:
    """What the records show of a deploy at its true offset.

    Attributes:
        matched: its operations that a call matches, `of` those that meant to write.
        extras: write attempts of its writer, within its time, that no available log explains.
        own: of the matched ones that write keys (not routes), those of two or more keys that nobody else ever wrote.
        births: of those whose keys nobody else wrote, the creates less the updates.
        shared: those of which somebody else wrote a key.
    """

    matched: int
    of: int
    extras: int
    own: int
    births: int
    shared: int


class Placing:
    """The calls available, as evidence of when a deploy ran."""

    def __init__(self, calls: Sequence[Done], deploys: Sequence[Deploy]) -> None:
        self.attempts = [done for done in calls if done.call.api not in READS]
        self.reads = [done for done in calls if done.call.api == "GetKey"]
        self.known = {id(operation): deploy for deploy in deploys for operation in deploy.operations}
        self._deploys = deploys
        self._fits: dict[int, _Fit] = {}
        self._beside: dict[int, list[Done]] = {}
        self._claims: set[int] | None = None

    def placed(self, deploy: Deploy, within: float = NO_DOUBT) -> bool:
        """Whether the records place the deploy; the clock may be off by `within` seconds to count as right.

        Those that are placed by themselves claim their calls, and the others are judged again without them.
        """
        return self._alone(deploy, within, set()) or self._alone(deploy, within, self._claimed_operations())

    def _claimed_operations(self) -> set[int]:
        """The operations of the deploys that are placed by themselves."""
        if self._claims is None:
            surely = [each for each in self._deploys if self._alone(each, NO_DOUBT, set())]
            self._claims = {id(operation) for each in surely for operation in each.operations}
        return self._claims

    def _alone(self, deploy: Deploy, within: float, claimed: set[int]) -> bool:
        """Whether the records place the deploy, where the calls of the operations `claimed` are not its own."""
        if deploy.clock.steps:
            return False
        fit = self._fit(deploy)
        near = abs(deploy.clock.offset) <= within
        score = (NEAR_ZERO if near else AWAY) - MISS * (fit.of - fit.matched) - EXTRA * fit.extras
        score -= math.log(1 + self._runs_beside(deploy, claimed))
        score += OWN_KEYS * min(2, fit.own) + BIRTH * max(-2, min(2, fit.births))
        if near:
            enough = self._rivals(deploy) <= fit.matched
        else:
            enough = fit.matched > 1 and fit.own + max(0, fit.births) > 1 and not fit.shared
        return enough and fit.matched > 0 and 2 * fit.matched >= fit.of and score >= ENOUGH

    def calls_of_deploy(self, deploy: Deploy) -> int:
        """How many operations of the deploy have a write call available."""
        return sum(bool(self._calls_of(each)) for each in deploy.operations)

    def tied(self, deploy: Deploy) -> bool:
        """Whether another run's calls fit as many of the deploy's operations, so that only the clock decides.

        Where nobody else ever wrote the keys of one of its operations, these decide.
        """
        fit = self._fit(deploy)
        return not fit.own and self._rivals(deploy) >= fit.matched

    def _rivals(self, deploy: Deploy) -> int:
        """The most operations of the deploy that another run's calls fit."""
        runs: dict[object, set[int]] = {}
        for operation in deploy.operations:
            for done in self._foreign(operation, deploy):
                other = self.known.get(id(done.actor.operation))
                runs.setdefault(other or done.actor.caller, set()).add(id(operation))
        return max((len(each) for each in runs.values()), default=0)

    def _runs_beside(self, deploy: Deploy, claimed: set[int]) -> int:
        """How many runs of others in reach have calls that fit: one caller's calls, without a pause."""
        if id(deploy) not in self._beside:
            found = [done for each in deploy.operations for done in self._foreign(each, deploy)]
            own = {id(each) for each in deploy.operations}
            self._beside[id(deploy)] = [done for done in found if id(done.actor.operation) not in own]
        times: dict[str, set[float]] = {}
        for done in self._beside[id(deploy)]:
            if id(done.actor.operation) not in claimed:
                times.setdefault(done.actor.caller, set()).add(done.at)
        return sum(
            1 + sum(later - earlier > PAUSE for earlier, later in pairwise(sorted(of_one)))
            for of_one in times.values()
        )

    def nobody_else(
        self,
        deploy: Deploy,
        operation: Operation,
        names: Callable[[Done], bool],
        *,
        reads: bool = True,
        logs: bool = True,
    ) -> bool:
        """Whether no call available could be a write of the operation that no call made.

        Args:
            deploy: the operation's.
            operation: the one that made no call.
            names: whether a call names what it meant to write.
            reads: whether a read of it counts: text does not show which list was read.
            logs: whether the logs of the other deploys are available too, and claim their calls.
        """
        start, end = span(operation, deploy)
        if any(start - AROUND <= done.second <= end + AROUND for done in self.attempts if names(done)):
            return False
        unclaimed = [
            done
            for done in self.attempts
            if names(done)
            and not (logs and self._claimed(done))
            and done.actor.operation not in deploy.operations
        ]
        if not unclaimed:
            return True
        if self.tied(deploy):
            return False
        read = reads and self._own_read(deploy, operation, names)
        return read or (
            self._both_sides(deploy, operation)
            and not any(
                done.actor.caller == deploy.actor.caller and abs(done.at - start) <= LATER
                for done in unclaimed
            )
        )

    def _claimed(self, done: Done) -> bool:
        """Whether a deploy whose log is available made the call, and is placed."""
        other = self.known.get(id(done.actor.operation))
        return other is not None and self.placed(other, NEAR)

    def _own_read(self, deploy: Deploy, operation: Operation, names: Callable[[Done], bool]) -> bool:
        """Whether the operation read the key, and by the log's times no other operation of the deploy could have."""
        off = drift(deploy)
        mine = [done for done in self.reads if names(done) and done.actor.operation is operation]
        others = [
            span(each, deploy) for each in deploy.operations if each is not operation and each.kind != KV_KEYS
        ]
        return any(
            not any(start - 1 - off <= done.second <= end + 1 + off for start, end in others) for done in mine
        )

    def _both_sides(self, deploy: Deploy, operation: Operation) -> bool:
        """Whether operations with a call available end before it begins, and begin after it ends."""
        start, end = span(operation, deploy)
        spans = [span(each, deploy) for each in deploy.operations if self._calls_of(each)]
        return any(until < start for _, until in spans) and any(since > end for since, _ in spans)

    def edges(self, operation: Operation, deploy: Deploy) -> tuple[float, float]:
        """Between which of the trail's seconds the operation ran, and a second more at each end.

        The links of a chain must lie beyond. A clock that looks right is taken for right, as far as it drifts. How far
        another is off is known no better than the deploy's own calls bound it
        (docs/facts/alignment.md#1-event-logs-the-estimator).
        """
        start, end = span(operation, deploy)
        off = drift(deploy)
        if off or not deploy.clock.offset:
            return start - 1 - off, end + 1 + off
        begins, ends = _stamps(operation, deploy)
        stepped = (operation.began or 0) >= deploy.clock.step_at
        least, most = -math.inf, math.inf
        for each in deploy.operations:
            if ((each.began or 0) >= deploy.clock.step_at) == stepped:
                since, until = _stamps(each, deploy)
                for done in self._calls_of(each):
                    least, most = max(least, since - done.second - 1), min(most, until + 1 - done.second)
        if least > most or math.isinf(least):
            return start - 1, end + 1
        return begins - most - 1, ends + 1 - least + 1

    def _calls_of(self, operation: Operation) -> list[Done]:
        return [done for done in self.attempts if done.actor.operation is operation]

    def _fit(self, deploy: Deploy) -> _Fit:
        if id(deploy) not in self._fits:
            self._fits[id(deploy)] = self._worked_out(deploy)
        return self._fits[id(deploy)]

    def _worked_out(self, deploy: Deploy) -> _Fit:
        meant = [each for each in deploy.operations if each.reported != "unfinished" and intents(each)]
        matched = [each for each in meant if self._calls_of(each)]
        end = deploy.ended or deploy.killed_at or deploy.began
        extras = sum(
            deploy.began <= done.at <= end
            and done.actor.caller == deploy.actor.caller
            and id(done.actor.operation) not in self.known
            for done in self.attempts
        )
        own = births = shared = 0
        for operation in matched:
            if operation.kind != KV_KEYS:
                continue
            if any(True for _ in self._foreign(operation, deploy)):
                shared += 1
                continue
            own += len(_places(operation)) > 1
            births += 1 if operation.op == "create" else -1
        return _Fit(len(matched), len(meant), extras, own, births, shared)

    def _foreign(self, operation: Operation, deploy: Deploy) -> Iterable[Done]:
        """The attempts of others that name a key of the operation, near enough to be its own."""
        places = _places(operation)
        for done in self.attempts:
            if done.actor.operation is operation or abs(done.at - deploy.began) > REACH:
                continue
            if any((done.call.store, key) in places for key in done.call.keys):
                yield done


def span(operation: Operation, deploy: Deploy) -> tuple[int, int]:
    """The whole seconds in which the operation ran."""
    end = operation.ended or deploy.killed_at or operation.began or 0
    return int(operation.began or 0), int(end) + 1


def _stamps(operation: Operation, deploy: Deploy) -> tuple[int, int]:
    """The times of the operation that the log shows: whole seconds of its clock, cut off."""
    end = operation.ended or deploy.killed_at or operation.began or 0
    return math.floor(deploy.clock.shows(operation.began or 0)), math.floor(deploy.clock.shows(end))


def drift(deploy: Deploy) -> float:
    """Seconds by which the log's times are off and nothing shows it: a clock that is nearly right counts as right."""
    return abs(deploy.clock.offset) if abs(deploy.clock.offset) <= NO_DOUBT else 0.0


def _places(operation: Operation) -> set[tuple[str, str]]:
    return {(each.store, each.key) for each in intents(operation)}
