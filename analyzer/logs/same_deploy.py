"""Which logs are of one deploy. Two deploys that are taken for one hide what the second lost: in doubt they stay two.

| the same deploy | by |
|---|---|
| any two logs | SST's update id, or the last digits of it that a permalink has |
| copies of a log, some of them cut | the same steps at the same times; without times, the same lines and seconds |
| a text with times, and an exacter log with times | the same key-value operations, at the same time |
| two logs of which one has no times | the same key-value operations, and neither has another log to go with |

At the same time is what one machine and one deploy explain (`timing`): a line is stamped when it is shown, so never
before its event, and never much later but where output was held back, which is no longer than the deploy.

Nothing but an update id joins logs that `clusters` says contradict each other. An id may be that of a folder: it joins
neither logs of two stacks, nor of two days, nor one that shows operations which the exacter one lacks (that one may be
cut). Where a log could go with several, or with one at a time that is near but not the same, it stays a deploy of its
own, and a problem of its input says so.

A log of the context (of another deploy than was asked for) is one deploy with another log only by its id, or as a copy
of an event log: the next deploy of a stage mostly does the same operations.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from analyzer.logs.timing import ZONES, is_near, is_shifted, may_follow, reach

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from analyzer.logs.clusters import Cluster, Clusters, Log

_BY: Final = ((1, "signature"), (2, "doings"))  # ranks, of Pulumi's text and of SST's terminal output
_ALONE: Final = "judged as a deploy of its own"
_JOINED: Final = "read as a log of the same deploy as"
_ONLY: Final = "it did the same, and no other log here did; no time shows it"
_DURATIONS: Final = 3  # different ones, in tenths of seconds, that two runs do not share by chance
_A_DAY: Final = timedelta(hours=15)  # more than two zones are apart
_NAMED: Final = 3  # logs that a problem names

Pair = tuple["Log", "Log"]


@dataclass(frozen=True, slots=True)
class Notes:
    """What the report says of logs, by their ids.

    Attributes:
        alone: of those that stay deploys of their own, why that is in doubt.
        joined: of those that were joined by their operations alone, with what.
    """

    alone: dict[str, str] = field(default_factory=dict)
    joined: dict[str, str] = field(default_factory=dict)


def join_by_id(pairs: Iterable[Pair], clusters: Clusters, notes: Notes) -> None:
    """Joins logs with one update id.

    Args:
        pairs: two logs each, the one that was given first as the second.
        clusters: what is joined so far.
        notes: what is said of those that are not joined.
    """
    for log, other in pairs:
        why = _not_of_one_update(log, other)
        if why is None:
            clusters.join(log, other)
        else:
            notes.alone[log.id] = f"{_ALONE}: it has the update id of {other.source}, but {why}"


def _not_of_one_update(log: Log, other: Log) -> str | None:
    """Why two logs are not one deploy, whatever their names say."""
    if log.stack and other.stack and log.stack != other.stack:
        return "is of another stack"
    if log.times and other.times and log.start and other.start and abs(log.start - other.start) > _A_DAY:
        return "not its time"
    exact, less = (log, other) if log.rank < other.rank else (other, log)
    name = "doings" if less.rank > 1 else "signature"
    if set(less.text(name).splitlines()) - set(exact.text(name).splitlines()):
        return "not its operations: one of the two may be cut"
    return None


def join_copies(logs: Iterable[Log], clusters: Clusters, notes: Notes) -> list[Log]:
    """Joins logs with the same steps; gives the first of each."""
    firsts: dict[tuple[str, ...], list[Log]] = {}
    for log in logs:
        steps = log.text("stamped") or log.text("placed")
        if not steps or not (log.asked or log.form == "exact"):
            continue
        alike = firsts.setdefault((log.form, log.stack, steps), [])
        whole = next((other for other in alike if clusters.may_join(log, other)), None)
        if whole and (log.text("stamped") or _is_one_run(log, whole)):
            clusters.join(log, whole)
            continue
        if whole:
            notes.alone[log.id] = (
                f"{_ALONE}: it has the lines of {whole.source}, and no times that show it is a copy"
            )
        alike.append(log)
    return [log for alike in firsts.values() for log in alike]


def _is_one_run(log: Log, other: Log) -> bool:
    """Whether equal lines without times are of one run: the next deploy mostly prints the same, in other seconds."""
    ids = log.names("requests") & other.names("requests")
    return bool(ids) or log.durations >= _DURATIONS


def join_parts(pairs: Iterable[Pair], clusters: Clusters) -> None:
    """Joins logs of which the first is a part of the second, with the same times."""
    for part, whole in pairs:
        if f"\n{part.text('stamped')}\n" in f"\n{whole.text('stamped')}\n":
            clusters.join_if_possible(part, whole)


def join_empty(logs: Iterable[Log], clusters: Clusters) -> None:
    """Joins event logs without a step to the one log of their stack that begins and could go on as they do."""
    began: dict[tuple[str, datetime], list[Log]] = {}
    for log in logs:
        if log.form == "exact" and log.start:
            began.setdefault((log.stack, log.start), []).append(log)
    for alike in began.values():
        empty = [log for log in alike if not log.events]
        whole = {id(clusters.of(log)): log for log in alike if log.events} or {0: alike[0]}
        if len(whole) == 1:
            for log in empty:
                clusters.join_if_possible(log, *whole.values())


def join_bare(logs: Sequence[Log], clusters: Clusters, notes: Notes) -> None:
    """Joins a text without times to the only text of the same form and steps that has them."""
    groups: dict[tuple[str, ...], list[Log]] = {}
    for log in logs:
        if log.asked and log.form == "text" and log.text("bare"):
            groups.setdefault((log.kind, log.stack, log.text("bare")), []).append(log)
    for alike in groups.values():
        timed = [log for log in alike if log.times]
        untimed = [log for log in alike if not log.times]
        _join_only(_untimed_pairs(untimed, timed, clusters), clusters, notes)


def join_by_operations(logs: Sequence[Log], clusters: Clusters, notes: Notes) -> None:
    """Joins logs that did the same: Pulumi's text to event logs, then SST's terminal output to both."""
    for rank, did in _BY:
        groups: dict[tuple[str, str], list[Log]] = {}
        for log in logs:
            if log.asked and log.rank <= rank and log.stack and log.text(did):
                groups.setdefault((log.stack, log.text(did)), []).append(log)
        for alike in groups.values():
            lows = [log for log in alike if log.rank == rank]
            highs = [log for log in alike if log.rank < rank]
            if lows and highs:
                _join_only(_timed_pairs(lows, highs, clusters, notes), clusters, notes)
                free = _free(_alone(lows, highs, clusters), highs, rank, clusters, notes)
                _join_only(_untimed_pairs(*free, clusters), clusters, notes)


def _alone(lows: Sequence[Log], highs: Sequence[Log], clusters: Clusters) -> list[Log]:
    taken = {id(clusters.of(high)) for high in highs}
    return [low for low in lows if id(clusters.of(low)) not in taken]


def _free(
    lows: Sequence[Log], highs: Sequence[Log], rank: int, clusters: Clusters, notes: Notes
) -> tuple[Sequence[Log], Sequence[Log]]:
    """The logs, and those of the exacter ones that have no log like theirs yet."""
    taken = [(high, low) for high in highs for low in clusters.of(high).logs if low.rank == rank]
    for low in lows if len(taken) == 1 else ():
        notes.alone[low.id] = _rivals(taken[0][0], [taken[0][1]])
    with_one = {high.id for high, _ in taken}
    return lows, [high for high in highs if high.id not in with_one]


def _timed_pairs(lows: Sequence[Log], highs: Sequence[Log], clusters: Clusters, notes: Notes) -> list[Pair]:
    """Those at the same time; what is near, but not at the same time, is noted in `notes`."""
    begun = sorted((log.start, log.id, log) for log in highs if log.times and log.start)
    longest = max((reach(log) for *_, log in begun), default=timedelta())
    pairs = []
    for low in _alone(lows, highs, clusters):
        if not low.times:
            continue
        close = [high for high in _within(begun, low, longest, reach(low)) if clusters.may_join(low, high)]
        fitting = [(low, high) for high in close if is_near(low, high)]
        pairs += fitting
        if close and not fitting:
            notes.alone[low.id] = _apart(close)
        elif not close:
            shifted = [high for high in _within(begun, low, ZONES, ZONES) if is_shifted(low, high)]
            if shifted:
                notes.alone[low.id] = (
                    f"{_apart(shifted)}; it is the same deploy if its stamps are of another zone"
                )
    return pairs


def _within(
    begun: Sequence[tuple[datetime, str, Log]], low: Log, before: timedelta, after: timedelta
) -> list[Log]:
    """The logs that begin near the times of `low`."""
    if low.start is None:
        return []
    first = bisect_left(begun, low.start - before, key=itemgetter(0))
    last = bisect_right(begun, (low.end or low.start) + after, key=itemgetter(0))
    return [log for *_, log in begun[first:last]]


def _untimed_pairs(lows: Sequence[Log], highs: Sequence[Log], clusters: Clusters) -> list[Pair]:
    """Those of which at least one has no times, and nothing speaks against them; no more of each than are named."""
    of_highs = {id(clusters.of(high)): clusters.of(high) for high in highs}.values()
    without_id = [cluster for cluster in of_highs if not cluster.ids]
    pairs = []
    for low in {id(clusters.of(low)): clusters.of(low) for low in lows}.values():
        candidates = without_id if low.ids else of_highs  # those with its id are found before
        fitting = (high for high in candidates if high is not low and _may_go(low, high))
        pairs += [(low.logs[0], high.logs[0]) for high in islice(fitting, _NAMED + 1)]
    return pairs


def _may_go(low: Cluster, high: Cluster) -> bool:
    timed = low.timed or high.timed
    if timed is None:
        return not low.contradicts(high)
    if low.timed and high.timed:
        return False
    untimed = (high if low.timed else low).logs[0]
    return may_follow(untimed, timed) and not low.contradicts(high)


def _join_only(pairs: Sequence[Pair], clusters: Clusters, notes: Notes) -> None:
    """Joins the logs of which each has the other alone to go with; the others are in doubt."""
    with_lows: dict[int, dict[int, Log]] = {}
    with_highs: dict[int, dict[int, Log]] = {}
    for low, high in pairs:
        with_lows.setdefault(id(clusters.of(low)), {})[id(clusters.of(high))] = high
        with_highs.setdefault(id(clusters.of(high)), {})[id(clusters.of(low))] = low
    sure = []
    for low, high in pairs:
        its, rivals = with_lows[id(clusters.of(low))], with_highs[id(clusters.of(high))]
        if len(its) == len(rivals) == 1:
            sure.append((low, high))
        elif len(its) > 1:
            notes.alone[low.id] = _several([*its.values()])
        else:
            notes.alone[low.id] = _rivals(
                high, [log for place, log in rivals.items() if place != id(clusters.of(low))]
            )
    for low, high in sure:
        clusters.join(low, high)
        if not (low.times and high.times):
            untimed, other = (high, low) if low.times else (low, high)
            notes.joined[untimed.id] = f"{_JOINED} {other.source}: {_ONLY}"


def _several(logs: Sequence[Log]) -> str:
    return f"{_ALONE}: {_named(logs)} did the same, and nothing shows with which of them it belongs"


def _rivals(high: Log, logs: Sequence[Log]) -> str:
    which = "nothing shows which of them is of that deploy"
    return f"{_ALONE}: it did the same as {high.source}, but so did {_named(logs)}, and {which}"


def _apart(logs: Sequence[Log]) -> str:
    return f"{_ALONE}: it did the same as {_named(logs)}, but not at the same time"


def _named(logs: Sequence[Log]) -> str:
    names = [log.source for log in logs[:_NAMED]]
    return " and ".join(names) if len(logs) <= _NAMED else f"{', '.join(names)} and more logs"
