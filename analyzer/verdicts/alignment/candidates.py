"""The offsets and writers that are looked at for one deploy: where most of its operations could have made a call."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from analyzer.verdicts.alignment.offsets import APART, Peak, apart, peaks
from analyzer.verdicts.alignment.pairs import NARROW, REACH

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from analyzer.verdicts.alignment.logs import Log

MOST = 8
"""Candidates that are looked at, beside those near the offset that is expected."""

NEAR = 3.5
"""Seconds from the offset that is expected within which a clock counts as right."""

_WIDE = 6.0
"""Seconds: at so many offsets many operations on one key fit in any order, and only one order serves them all."""

_TIGHT = 3.0
"""Seconds by which an operation's end may come after its last call, with the cut of both."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Offsets at which calls of `writers` explain operations; the first writer was voted for."""

    writers: tuple[int, ...]
    low: float
    high: float
    count: int
    fixed: bool = False  # a request id in the log names a call
    centre: float | None = None  # the offset that is expected, where it is one of these
    partners: Mapping[int, str] = field(default_factory=dict)  # writers whose calls count for one party alone

    @property
    def offset(self) -> float:
        """The offset at which it is looked at: the one that is expected, or the middle."""
        return (self.low + self.high) / 2 if self.centre is None else self.centre


def votes(log: Log, claimed: Collection[int] = ()) -> dict[int, list[Peak]]:
    """The peaks of each writer's calls, the best first.

    A refused call votes only for an operation that the log does not call a success; one whose outcome is unknown for
    none.
    """
    by_writer: dict[int, dict[int, list[tuple[float, float]]]] = {}
    for operation in log.operations:
        if operation.number not in log.voting:
            continue
        for pair in log.pairs.get(operation.number, ()):
            if (pair.ok or (pair.ok is False and not operation.succeeded)) and pair.attempt not in claimed:
                of_writer = by_writer.setdefault(pair.writer, {})
                of_writer.setdefault(operation.number, []).append((pair.low, pair.high))
    return {writer: peaks(list(intervals.values())) for writer, intervals in by_writer.items()}


def candidates(
    log: Log, voted: Mapping[int, Sequence[Peak]], callers: Sequence[str | None], expected: Iterable[float]
) -> list[Candidate]:
    """At most `MOST` candidates, and those of each writer near an offset that is expected.

    Args:
        log: the deploy.
        voted: the peaks of each writer.
        callers: who each writer is: another access key of the same principal and session is united with it where it
            matches other operations at the same offset.
        expected: zero, and the offset of the group.
    """
    named = _named(log, voted)
    if named is not None:
        return [named]
    best = sorted(
        ((writer, peak) for writer, found in voted.items() for peak in apart(found, MOST)),
        key=lambda one: (-one[1].count, abs(one[1].middle)),
    )
    chosen: dict[tuple[int, Peak], float | None] = dict.fromkeys(best[:MOST])
    for centre in expected:
        for writer, found in voted.items():
            chosen |= _near(log, writer, found, centre)
    wide = [(writer, peak) for writer, peak in chosen if peak.high - peak.low > _WIDE]
    chosen |= {(writer, _end(peak)): None for writer, peak in wide}
    made: list[Candidate] = []
    for (writer, peak), exact in chosen.items():
        offset = peak.middle if exact is None else exact
        united = (writer, *_of_one_principal(log, writer, offset, voted, callers))
        partners = _partners(log, united, offset)
        writers = (*united, *partners)
        same = (one for one in made if set(one.writers) == set(writers) and abs(one.offset - offset) < APART)
        if len(writers) == 1 or next(same, None) is None:
            made.append(Candidate(writers, peak.low, peak.high, peak.count, centre=exact, partners=partners))
    return made


def _near(
    log: Log, writer: int, found: Iterable[Peak], centre: float
) -> dict[tuple[int, Peak], float | None]:
    """The best peak near `centre`; and `centre` itself, where the peak leaves it out and a call fits there."""
    near = next((peak for peak in found if peak.low <= centre + NEAR and peak.high >= centre - NEAR), None)
    if near is None:
        return {}
    if near.low <= centre <= near.high:
        return {(writer, near): centre}
    there = sum(
        any(pair.writer == writer and pair.low <= centre <= pair.high for pair in log.near(one, centre))
        for one in log.operations
    )
    exact: dict[tuple[int, Peak], float | None] = {(writer, Peak(centre, centre, there)): centre}
    return {(writer, near): None} | (exact if there else {})


def _end(peak: Peak) -> Peak:
    """The last seconds of a wide peak: an operation ends when its last call is answered, whenever it began."""
    return Peak(peak.high - _TIGHT, peak.high, peak.count)


def _partners(log: Log, writers: Sequence[int], offset: float) -> dict[int, str]:
    """The writer of the other party's calls at `offset`: SST and Pulumi's providers may have credentials of their own.

    Only where `writers` made no call of that party, and one writer alone fits the most of its operations, at least
    half of them.
    """
    parties = {one.party for one in log.operations}
    if len(parties) == 1:
        return {}
    fitting: dict[str, dict[int, int]] = {party: {} for party in parties}
    for one in log.operations:
        for writer in {pair.writer for pair in log.near(one, offset) if pair.ok}:
            fitting[one.party][writer] = fitting[one.party].get(writer, 0) + 1
    if not any(fitting[party].keys() & set(writers) for party in parties):
        return {}
    found: dict[int, str] = {}
    for party in sorted(parties):
        counts = fitting[party]
        most = max(counts.values(), default=0)
        leaders = [writer for writer, count in counts.items() if count == most]
        expected = sum(one.expected for one in log.operations if one.party == party)
        if not counts.keys() & set(writers) and len(leaders) == 1 and 2 * most >= expected:
            found[leaders[0]] = party
    return found


def _named(log: Log, voted: Mapping[int, Sequence[Peak]]) -> Candidate | None:
    """The writer of the calls that the log names, at the offset at which most of them fit, and most operations too.

    None where the log names none, or only by operations that end before they begin: the clock was set meanwhile.
    """
    names = [writer for writer, low, high in log.named if low <= high]
    if not names:
        return None
    writer = max(names, key=names.count)
    fixed = peaks([[(low, high)] for one, low, high in log.named if one == writer and low <= high])[0]
    for peak in voted.get(writer, ()):
        if peak.low <= fixed.high and peak.high >= fixed.low:
            fixed = Peak(max(peak.low, fixed.low), min(peak.high, fixed.high), peak.count)
            break
    return Candidate((writer,), fixed.low, fixed.high, fixed.count, fixed=True)


def _of_one_principal(
    log: Log, writer: int, offset: float, voted: Iterable[int], callers: Sequence[str | None]
) -> list[int]:
    """Other access keys of the writer's principal and session that match operations at `offset` which it does not.

    A call that does not say who made it may be anybody's, and so the writer's.

    Keys are renewed once within a deploy: the new one's calls follow the old one's, and neither has calls outside of
    it, as that of another run has. One operation alone may be another run's as well.
    """
    caller = callers[writer]
    if caller is not None:
        nobody = [other for other in voted if callers[other] is None and _fills(log, writer, other, offset)]
        if nobody:
            return nobody
    low, high = log.start - offset - 1, log.end - offset + 1
    inside = {other for other, times in log.moments.items() if low <= times[0] and times[-1] <= high}
    if caller is None or writer not in inside:
        return []
    others = {other for other in voted if other != writer and callers[other] == caller} & inside
    if not others:
        return []
    own: list[list[float]] = []
    theirs: dict[int, list[list[float]]] = {}
    for pairs in log.pairs.values():
        there = [pair for pair in pairs if pair.ok is not None and pair.low <= offset <= pair.high]
        mine = [pair.at for pair in there if pair.writer == writer]
        if mine:
            own.append(mine)
        for other in others if not mine else ():
            times = [pair.at for pair in there if pair.writer == other]
            if times:
                theirs.setdefault(other, []).append(times)
    return sorted(other for other, times in theirs.items() if _follows(own, times))


def _fills(log: Log, writer: int, other: int, offset: float) -> bool:
    """Whether calls that do not say who made them fit operations for which the writer has none."""
    for one in log.operations:
        writers = {pair.writer for pair in log.near(one, offset) if pair.ok}
        if other in writers and writer not in writers:
            return True
    return False


def _follows(own: Sequence[Sequence[float]], theirs: Sequence[Sequence[float]]) -> bool:
    """Whether the calls on several operations come after all of `own`, on several as well, or before."""
    if min(len(own), len(theirs)) <= 1:
        return False
    mine, times = ([at for of_one in calls for at in of_one] for calls in (own, theirs))
    return min(times) >= max(mine) or max(times) <= min(mine)


def runs(log: Log, claimed: Collection[int] = (), pause: float = 30.0) -> float:
    """How many runs there are in reach whose calls fit: one writer's calls, without a pause.

    Where only a part of the reach was looked at, as many for each second of the rest.

    Args:
        log: the deploy.
        claimed: calls of other deploys: a run of which the log is available is not this one's.
        pause: seconds that end a run.
    """
    moments = log.moments if not claimed else log.moments_without(claimed)
    count = sum(
        1 + sum(later - earlier > pause for earlier, later in pairwise(times)) for times in moments.values()
    )
    scale = REACH / NARROW if log.narrow else 1.0
    return max(count, 1) * scale
