"""What an ideal analyst could know of a write from the evidence in hand: the log, and the records in the files.

It widens `Truth.right` by what the evidence alone would have to say, and tells whether `unverifiable` is a miss.
Values are hidden, reads have no place in the chain, and times are whole seconds.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from tests.world.calls import READS
from tests.world.gaps import lost_in_a_gap
from tests.world.hostile import exports
from tests.world.placed import NEAR, Placing
from tests.world.resources import intents, namespace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.world.deploy import Deploy
    from tests.world.hostile.listings import Listing
    from tests.world.resources import Operation
    from tests.world.service import Done
    from tests.world.trail import Condition, File
    from tests.world.truth import Truth

_NOT_SST = ("PutKey", "DeleteKey")
"""SST writes by UpdateKeys alone: such a call is never a deploy's."""
DRIFT = 4.0
"""Seconds by which a nearly right clock shifts an operation."""
HORIZON = 1800
"""Seconds that the files must reach past a window (docs/facts/cloudtrail.md#42-evidence-of-coverage-in-the-records)."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A truth, the verdicts that the evidence allows, and whether it suffices to tell."""

    truth: Truth
    right: frozenset[str]
    level: str
    """`proof`, `likely`, or nothing.

    Source: docs/architecture.md#6-verdicts, the `high` rule: a file that is lost at an end would not show.
    """
    swappable: bool
    """Another operation on the key ran at the same time, and its calls could be this one's."""
    doubtful: bool = False
    """The call that took it away is in hand, or plainly missing: who says `landed` must say that it is in doubt."""


class Evidence:
    """The calls in hand, and the chains that they form."""

    def __init__(
        self,
        files: Sequence[File],
        deploys: Sequence[Deploy],
        condition: Condition,
        listings: Sequence[Listing] = (),
    ) -> None:
        self.calls = sorted(
            {done.number: done for file in files for done in file.calls}.values(), key=_number
        )
        self.export = condition.export
        self._events = {done.event_id: done for done in self.calls}
        self.legible = [done for done in self.calls if done.number not in self.export.keyless]
        self.numbers = {done.number for done in self.legible}
        self.reach = max((file.delivered for file in files), default=0.0) if self.export.own_files else 0.0
        self.listings = [listing for listing in listings if listing.named]
        self.since = max(min((file.delivered for file in files), default=0.0), condition.logged_since)
        self.until = condition.logged_until
        self.deploys = deploys
        self.placing = Placing(self.legible, deploys)
        stores = {done.call.store for done in self.calls} if self.export.kind != exports.NO_ANSWERS else ()
        cut = self.export.keyless if self.export.kind == exports.CUT else frozenset()
        self.runs = {store: _runs(self.calls, store, cut) for store in stores}

    def judged(self, truth: Truth) -> Judged:
        """What can be known of a truth."""
        swappable = self._swappable(truth)
        level, also = self._by_fate(truth)
        level = self._as_exported(truth, level) if self._in_time(truth) else ""
        taken = truth.taken is not None and truth.taken.number in self.numbers
        doubtful = taken and truth.fate == "lost" and truth.why == "lost_update"
        runs = self.runs.get(truth.intent.store, [])
        doubtful |= truth.fate == "lost" and lost_in_a_gap(truth, runs, self.deploys, self.numbers)
        certain = truth.fate == "dropped" and truth.intent.operation.lost_outputs
        provable = level if certain or not swappable else ""
        return Judged(truth, truth.right | also, provable, swappable, doubtful)

    def _as_exported(self, truth: Truth, level: str) -> str:
        """What is left of a proof, where the records have lost something.

        Without an identity nobody is known to be the writer. A call whose keys cannot be read may be any write of its
        store. Without error columns a refused call is one of unknown outcome, and so is every read. Without answers
        nothing shows that a write succeeded, and there is no chain, so nothing orders what lies within a second.
        """
        kind, fate = self.export.kind, truth.fate
        if fate == "dropped" and truth.intent.operation.lost_outputs:
            return level
        if kind == exports.NO_ANSWERS and truth.landed is not None:
            return ""  # a write without its answer and without an error is one of unknown outcome
        if kind == exports.NO_IDENTITY:
            return "likely" if level and fate == "landed" else ""
        if fate != "landed" and any(
            done.number in self.export.keyless and done.call.store == truth.intent.store
            for done in self.calls
        ):
            return ""
        if kind in (exports.NO_ERRORS, exports.NO_ANSWERS) and truth.why == "lost_update":
            return ""
        admitted = truth.intent.operation.reported == "failed"
        return "" if kind == exports.NO_ERRORS and fate == "errored" and not admitted else level

    def by_event(self, event_id: str | None) -> Done | None:
        """The call whose record, or a copy of it, has this event ID."""
        return self._events.get((event_id or "").removeprefix("copy-"))

    def others_write_routes(self, deploy: Deploy) -> bool:
        """Whether somebody else wrote a list of routes, in any store, while the deploy ran."""
        end = deploy.ended or deploy.killed_at or deploy.began
        return any(
            deploy.began - 2 <= done.at <= end + 4 and done.actor.operation not in deploy.operations
            for done in self.legible
            if done.writes and any(key.endswith(":routes") for key in done.call.keys)
        )

    def others_write(self, deploy: Deploy, prefix: str, since: float, until: float) -> bool:
        """Whether somebody else tried, by SST's API, to write a key that begins so, in a time that a person gave."""
        return any(
            since - 6 <= done.at <= until + 6 and done.actor.operation not in deploy.operations
            for done in self.legible
            if done.call.api == "UpdateKeys" and any(key.startswith(prefix) for key in done.call.keys)
        )

    def named_in(self, namespace: str) -> set[str]:
        """The stores in which a call available names a key of the namespace."""
        return {
            done.call.store
            for done in self.legible
            if any(key.startswith(f"{namespace}:") for key in _keys(done))
        }

    def one_run(self, deploy: Deploy) -> bool:
        """Whether every operation of the deploy has a call available, and its namespaces have nobody else's."""
        spaces = {namespace(deploy.app, deploy.stage, each.component) for each in deploy.operations}
        mine = [
            done
            for done in self.legible
            if done.call.api not in READS and any(key[:4] in spaces for key in done.call.keys)
        ]
        made = {id(done.actor.operation) for done in self.legible if done.call.api not in READS}
        wrote = [each for each in deploy.operations if intents(each)]
        return all(done.actor.operation in deploy.operations for done in mine) and all(
            id(each) in made for each in wrote
        )

    def brackets(self, store: str, start: float, end: float) -> bool:
        """Whether an unbroken chain in hand begins before `start` and ends after `end`.

        A listing made after `end` that shows the last ETag of the chain closes it: nothing was written in between.
        """
        closed = {each.etag for each in self.listings if each.store == store and each.at > end + 1}
        return any(
            run[0].second < start
            and (run[-1].second > end or (run[-1].reply and run[-1].reply.etag in closed))
            for run in self.runs.get(store, [])
        )

    def _by_fate(self, truth: Truth) -> tuple[str, frozenset[str]]:
        match truth.fate:
            case "landed" | "restored":
                return self._landed(truth)
            case "lost":
                return self._lost(truth)
            case "dropped":
                return self._dropped(truth), frozenset()
            case "errored":
                return self._errored(truth)
            case "unfinished":
                return self._covered(truth), frozenset({"unverifiable"})
            case _:
                return "", frozenset()

    def _in_time(self, truth: Truth) -> bool:
        """Whether the log's times, or the deploy's other calls, tell when the operation ran by the trail's clock.

        A drop needs more than the rest, and outputs that were never set need nothing (S1): the log itself shows them.
        """
        if truth.fate == "dropped":
            return truth.intent.operation.lost_outputs or self.placing.placed(truth.deploy, NEAR)
        return self.placing.placed(truth.deploy)

    def _dropped(self, truth: Truth) -> str:
        """Whether absence can be shown: nothing else could be the write, and it cannot have had nothing to do."""
        intent, operation = truth.intent, truth.intent.operation
        if self._maybe_moot(truth):
            return ""
        alone = operation.lost_outputs or self.placing.nobody_else(
            truth.deploy,
            operation,
            lambda done: done.call.store == intent.store and intent.key in _keys(done),
        )
        return self._covered(truth) if alone else ""

    def _landed(self, truth: Truth) -> tuple[str, frozenset[str]]:
        if truth.landed is not None and truth.landed.number in self.numbers:
            if self.undone_unseen(truth):
                return "", frozenset({"lost"})
            return "proof" if truth.fate == "landed" else "", frozenset()
        reported = truth.intent.operation.reported
        also = {"unfinished": {"unfinished"}, "failed": {"errored"}}.get(reported, set())
        return "", frozenset({"unverifiable", *also})

    def undone_unseen(self, truth: Truth) -> bool:
        """Whether a deploy of which no log is available meant to undo it: so it looks like a loss.

        So it does where a deploy made it again before it was lost, of which no log or no call shows that.
        """
        call = truth.renewal
        by = call.actor.operation if call else None
        if call is None or by is None:
            return False
        known = self.placing.known.get(id(by))
        if known is None or not truth.again:
            return known is None
        return call.number not in self.numbers or not self.placing.placed(known)

    def _lost(self, truth: Truth) -> tuple[str, frozenset[str]]:
        landed, taken = truth.landed, truth.taken
        if landed is None or taken is None or landed.number not in self.numbers:
            return "", self._landed(truth)[1] | {"landed"}
        seen = taken.number in self.numbers and self._in_order(landed, taken)
        if seen and truth.why == "lost_update":
            seen = self._reads_before(truth, landed, taken)
        return "proof" if seen and truth.why != "overwritten" else "", frozenset() if seen else frozenset(
            {"landed"}
        )

    def _errored(self, truth: Truth) -> tuple[str, frozenset[str]]:
        operation = truth.intent.operation
        if operation.reported == "failed":
            return self._covered(truth), frozenset({"unverifiable"})
        failed = any(done.number in self.numbers for done in truth.attempts)
        return self._covered(truth) if failed else "", frozenset()

    def _in_order(self, first: Done, second: Done) -> bool:
        """Whether the chain or the clock shows that `first` came before `second`."""
        if first.second < second.second:
            return True
        return any(first in run and second in run for run in self.runs.get(first.call.store, []))

    def _reads_before(self, truth: Truth, landed: Done, taken: Done) -> bool:
        """Whether the reads in hand show that the writer had read the list before it changed.

        Reads have no place in the chain: where it has a gap, a file is missing, and a later read may have been in it.
        """
        if len(self.runs.get(truth.intent.store, [])) > 1:
            return False
        own = [
            done
            for done in self.calls
            if truth.intent.key in _keys(done)
            and done.call.store == truth.intent.store
            and done.actor.caller == taken.actor.caller
            and done.second <= taken.second
        ]
        reads = [done.second for done in own if done.call.api == "GetKey"]
        wrote = sum(done.writes and done.second >= min(reads, default=0) for done in own)
        # Of fewer reads than writes one is missing from hand, and nothing tells whose.
        return len(reads) >= wrote and bool(reads) and max(reads) < landed.second

    def _covered(self, truth: Truth) -> str:
        """Whether absence can be shown: by an unbroken chain around the window (P1), or by the `high` rule.

        The files speak for what was delivered since the first of them, so for what happened since then; and a change
        of the trail's selectors is itself recorded.
        """
        runs = self.runs.get(truth.intent.store, [])
        start, end = _window(truth.intent.operation, truth.deploy)
        if self.brackets(truth.intent.store, *self.placing.edges(truth.intent.operation, truth.deploy)):
            return "proof"
        deploy_end = truth.deploy.ended or truth.deploy.killed_at or end
        seen = any(truth.deploy.began <= done.at <= deploy_end for run in runs for done in run)
        reached = self.since <= start and end <= self.until and self.reach >= end + HORIZON
        return "likely" if seen and len(runs) == 1 and reached else ""

    def _maybe_moot(self, truth: Truth) -> bool:
        """Whether the operation may have found the list as it wanted it, and had nothing to do.

        So it is with a key to delete that no call in hand had put: a delete lists what is there. So it is with a list
        unless a read that failed is in hand, or one that found no key where an entry was to be appended.
        """
        operation = truth.intent.operation
        if truth.intent.action == "delete":
            return not self._was_put(truth)
        if truth.intent.action not in ("append", "remove") or operation.lost_outputs:
            return False
        start, end = _window(truth.intent.operation, truth.deploy)
        reads = [
            done
            for done in self.calls
            if done.call.api == "GetKey"
            and done.call.store == truth.intent.store
            and (done.call.key or "").startswith(truth.intent.key)
            and done.actor.caller == truth.deploy.actor.caller
            and start <= done.at <= end
        ]
        if self.export.kind == exports.NO_ERRORS:
            return True  # whether a read failed is not known
        absent = "append" if truth.intent.action == "append" else ""
        return not any(
            done.error is not None and (done.error.status != 404 or absent) for done in reads
        ) or any(done.error is None for done in reads)

    def _was_put(self, truth: Truth) -> bool:
        """Whether the last call on the key before the operation put it, and an unbroken chain goes on from there."""
        start, end = _window(truth.intent.operation, truth.deploy)
        for run in self.runs.get(truth.intent.store, []):
            before = [done for done in run if truth.intent.key in done.call.keys and done.second < start]
            if before and run[-1].second > end:
                return truth.intent.key not in before[-1].call.deletes
        return False

    def _swappable(self, truth: Truth) -> bool:
        """Whether a call of another operation on the key fits this one's window, or this one's fits another's."""
        at, mine = (truth.intent.store, truth.intent.key), truth.intent.operation
        rivals = [(each, deploy) for each, deploy in self._writers.get(at, ()) if each is not mine]
        for done in self._calls_on.get(at, ()):
            if done.actor.operation is not mine and _inside(done, mine, truth.deploy):
                return True
            if done.actor.operation is mine and any(_inside(done, *rival) for rival in rivals):
                return True
        return False

    @cached_property
    def _calls_on(self) -> dict[tuple[str, str], list[Done]]:
        """The calls on each key of each store, by SST's own API."""
        found = defaultdict(list)
        for done in self.calls:
            if done.call.api not in _NOT_SST:
                for key in done.call.keys:
                    found[done.call.store, key].append(done)
        return found

    @cached_property
    def _writers(self) -> dict[tuple[str, str], list[tuple[Operation, Deploy]]]:
        """The operations that mean to write each key of each store."""
        found = defaultdict(list)
        for deploy in self.deploys:
            for operation in deploy.operations:
                for at in {(each.store, each.key) for each in intents(operation)}:
                    found[at].append((operation, deploy))
        return found


def overlap(one: Truth, other: Truth) -> bool:
    """Whether two writes' windows touch, so that their calls could be mistaken for each other."""
    first, second = (_window(each.intent.operation, each.deploy) for each in (one, other))
    return first[0] <= second[1] and second[0] <= first[1]


def _inside(done: Done, operation: Operation, deploy: Deploy) -> bool:
    """Whether the call fits the operation, as the log's clock has it, if that is nearly right."""
    start, end = _window(operation, deploy)
    off = min(abs(deploy.clock.offset), DRIFT)
    return start - off <= done.at <= end + off


def _window(operation: Operation, deploy: Deploy) -> tuple[float, float]:
    """When the operation ran, as the log's whole seconds give it, and a second more at each end."""
    end = operation.ended or deploy.killed_at or operation.began or 0
    return int(operation.began or 0) - 1, int(end) + 2


def _keys(done: Done) -> tuple[str, ...]:
    return (*done.call.keys, *([done.call.key] if done.call.key else []))


def _number(done: Done) -> int:
    return done.number


def _runs(calls: Sequence[Done], store: str, cut: frozenset[int]) -> list[list[Done]]:
    """The successful writes of a store, linked by ETag; a new run at every gap, and at those whose ETag is cut off."""
    runs: list[list[Done]] = []
    for done in calls:
        if done.call.store != store or done.call.api in READS or done.error is not None:
            continue
        last = runs[-1][-1].reply if runs else None
        if last is not None and last.etag == done.call.if_match and done.number not in cut:
            runs[-1].append(done)
        else:
            runs.append([done])
    return runs
