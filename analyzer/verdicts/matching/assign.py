"""Assigns calls to writes, one to one: a maximum bipartite matching, in the order of time.

In come `Claims`. Out goes ASSIGNMENTS: pairs of a write and a call. Calls and writes that have only each other are
assigned at once. The others are matched in three steps: greedy (earliest deadline first, with a queue of the open
writes of each lane), augmented to a maximum (`maximum`), and last an exchange in favour of calls that fit exactly. The
time of each step, and of each round of the second, grows with the calls and the writes, not with their pairs.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from analyzer.tables import conform
from analyzer.verdicts.matching.answer_lost import was_refused
from analyzer.verdicts.matching.claims import Claims, alone
from analyzer.verdicts.matching.maximum import NONE, maximum
from analyzer.verdicts.matching.tables import ASSIGNMENTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_PHASES: Final = 4
_SECOND: Final = 1_000_000
_UNKNOWN: Final = -(2**63)
"""Stands for a time that the log does not say."""


class _Due(NamedTuple):
    """A write that needs a call. Its order is that in which writes get their calls: the earliest end first."""

    end: int
    start: int
    write: str


class _Zone(NamedTuple):
    """A zone of a write on a lane, and the rows of the lane in it."""

    lane: int
    low: int
    high: int
    first: int
    past: int
    due: _Due


class _Call(NamedTuple):
    call: int
    at: int
    lanes: Sequence[int]


@dataclass(frozen=True, slots=True)
class _Contest:
    """The claims that are left after all pairs of a write and a call that have only each other.

    Attributes:
        zones: by phase and write.
        extras: by phase and call, the writes whose logs name it.
        calls: in order.
        rows: the call of each row.
    """

    zones: Mapping[int, Mapping[str, Sequence[_Zone]]]
    extras: Mapping[int, Mapping[int, Sequence[_Due]]]
    calls: Sequence[_Call]
    rows: Sequence[int]


@dataclass(slots=True)
class _Phase:
    """The calls of one phase: those that can be assigned, and those that are."""

    zones: Mapping[str, Sequence[_Zone]]
    extras: Mapping[int, Sequence[_Due]]
    calls: Sequence[_Call]
    owner: dict[int, _Due] = field(default_factory=dict)
    holds: dict[str, int] = field(default_factory=dict)


def assignments(claims: Claims) -> pl.DataFrame:
    """ASSIGNMENTS: the successful calls that are assigned.

    A write whose failed call the log names by its request id gets none, but for a success of which that call was the
    retry (`answer_lost`).
    """
    refused = claims.request_pairs.filter(was_refused()).select("write").unique()
    answered = claims.request_pairs.filter("ok").join(refused, on="write", how="semi")
    extras = claims.extras.filter("ok").join(refused, on="write", how="anti")
    left = claims.only(
        claims.zones.filter("ok").join(refused, on="write", how="anti"), pl.concat([extras, answered])
    )
    sure = alone(left)
    phases = pl.concat([left.zones.select("write", "phase"), left.extras.select("write", "phase")])
    contested = _contested(left, sure)
    rows = [
        (write, call, number) for number, phase in _phases(contested) for write, call in phase.holds.items()
    ]
    return pl.concat(
        [
            conform(sure.join(phases, on="write", maintain_order="left"), ASSIGNMENTS),
            pl.DataFrame(rows, ASSIGNMENTS, orient="row"),
        ]
    )


def _phases(contest: _Contest) -> Iterator[tuple[int, _Phase]]:
    """Each phase, with all calls assigned that it can assign. No call is assigned twice."""
    owned: set[int] = set()
    done: set[str] = set()
    for number in range(_PHASES):
        zones = {write: of for write, of in contest.zones.get(number, {}).items() if write not in done}
        extras = {
            call: [due for due in dues if due.write not in done]
            for call, dues in contest.extras.get(number, {}).items()
            if call not in owned
        }
        if not zones and not extras:
            continue
        phase = _Phase(zones, extras, [call for call in contest.calls if call.call not in owned])
        _greedy(phase)
        _augmented(phase, contest)
        _prefer_exact(phase)
        owned |= phase.owner.keys()
        done |= phase.holds.keys()
        yield number, phase


def _greedy(phase: _Phase) -> None:
    """Each call, in order, to the open write that ends first."""
    spans = [(zone.lane, zone.low, zone.high, zone.due) for zones in phase.zones.values() for zone in zones]
    for call, due in _earliest(phase, phase.calls, spans, phase.extras):
        phase.owner[call.call] = due
        phase.holds[due.write] = call.call


def _earliest(
    phase: _Phase,
    calls: Iterable[_Call],
    spans: Iterable[tuple[int, int, int, _Due]],
    extras: Mapping[int, Sequence[_Due]],
) -> Iterator[tuple[_Call, _Due]]:
    """Of each call the write without a call that ends first, where any of `spans` (lane, low, high) holds it."""
    waiting: dict[int, list[tuple[int, int, _Due]]] = {}
    for lane, low, high, due in spans:
        waiting.setdefault(lane, []).append((-low, high, due))
    for queue in waiting.values():
        queue.sort()
    open_now: dict[int, list[tuple[_Due, int]]] = {lane: [] for lane in waiting}
    for call in calls:
        candidates = [due for due in extras.get(call.call, ()) if due.write not in phase.holds]
        for lane in call.lanes:
            if lane not in waiting:
                continue
            later, ready = waiting[lane], open_now[lane]
            while later and -later[-1][0] <= call.at:
                _, ends, begun = later.pop()
                heapq.heappush(ready, (begun, ends))
            while ready and (ready[0][1] < call.at or ready[0][0].write in phase.holds):
                heapq.heappop(ready)
            if ready:
                candidates.append(ready[0][0])
        if candidates:
            yield call, min(candidates)


def _augmented(phase: _Phase, contest: _Contest) -> None:
    """Makes the matching a maximum: calls are handed on as long as that gives one more write its call.

    Greedy assignment is best for plain intervals of time. Calls that a principal shuts out leave no such intervals.
    """
    dues = {zone.due.write: zone.due for zones in phase.zones.values() for zone in zones}
    named: dict[str, list[int]] = {}
    for call, by_log in phase.extras.items():
        for due in by_log:
            dues[due.write] = due
            named.setdefault(due.write, []).append(call)
    if len(phase.holds) == min(len(dues), len(phase.calls)):
        return
    usable = {call.call for call in phase.calls}
    rows = [call for call in contest.rows if call in usable]
    upto = list(accumulate((call in usable for call in contest.rows), initial=0))
    places = {call: len(rows) + number for number, call in enumerate(phase.extras)}
    rows.extend(places)
    writes = [due.write for due in sorted(dues.values())]
    ranges = [
        [(upto[zone.first], upto[zone.past]) for zone in phase.zones.get(write, ())]
        + [(places[call], places[call] + 1) for call in named.get(write, ())]
        for write in writes
    ]
    holds = maximum(ranges, rows, [phase.holds.get(write, NONE) for write in writes])
    phase.holds.update((write, call) for write, call in zip(writes, holds, strict=True) if call != NONE)
    phase.owner.update((call, dues[write]) for write, call in phase.holds.items())


def _prefer_exact(phase: _Phase) -> None:
    """Reassigns each call that is a second away from its write to a write without a call that it fits exactly.

    The number of writes with a call stays the same.
    """
    loose = [
        call for call in phase.calls if call.call in phase.owner and not _exact(call, phase.owner[call.call])
    ]
    if not loose:
        return
    spans = [
        (zone.lane, max(zone.low, _second(zone.due.start)), min(zone.high, zone.due.end), zone.due)
        for write, zones in phase.zones.items()
        if write not in phase.holds
        for zone in zones
    ]
    extras = {
        call.call: [due for due in phase.extras.get(call.call, ()) if _exact(call, due)] for call in loose
    }
    better: dict[str, tuple[_Call, _Due]] = {}
    for call, due in _earliest(phase, loose, spans, extras):
        better.setdefault(due.write, (call, due))
    for call, due in better.values():
        del phase.holds[phase.owner[call.call].write]
        phase.owner[call.call] = due
        phase.holds[due.write] = call.call


def _exact(call: _Call, due: _Due) -> bool:
    return _second(due.start) <= call.at <= due.end


def _second(time: int) -> int:
    return time // _SECOND * _SECOND


def _contested(claims: Claims, sure: pl.DataFrame) -> _Contest:
    """The claims of all writes but those of `sure`, and their calls."""
    zones = claims.zones.join(sure, on="write", how="anti")
    extras = claims.extras.join(sure, on="write", how="anti")
    if zones.is_empty() and extras.is_empty():
        return _Contest({}, {}, [], [])
    rows = claims.lane_calls.with_row_index("row").join(zones.select("lane").unique(), on="lane", how="semi")
    moved = (
        rows.group_by("lane")
        .agg(pl.col("row").min())
        .join(rows.with_row_index("moved_row").group_by("lane").agg(pl.col("moved_row").min()), on="lane")
    )
    shift = moved.select("lane", shift=pl.col("moved_row").cast(pl.Int64) - pl.col("row"))
    lanes_of = rows.group_by("call").agg("lane")
    calls_in_doubt = pl.concat([lanes_of.select("call"), extras.select("call")]).unique()
    calls = (
        claims.calls.join(calls_in_doubt, on="call", how="semi")
        .join(lanes_of, on="call", how="left")
        .sort("at", "run", "position", "call")
    )
    return _Contest(
        _zones_of(zones.join(shift, on="lane")),
        _extras_of(extras),
        [
            _Call(call, at, lanes or ())
            for call, at, lanes in calls.select("call", pl.col("at").to_physical(), "lane").iter_rows()
        ],
        rows["call"].to_list(),
    )


def _zones_of(zones: pl.DataFrame) -> dict[int, dict[str, list[_Zone]]]:
    columns = zones.select(
        "phase",
        "lane",
        pl.col("low", "high").to_physical(),
        pl.col("first", "past") + pl.col("shift"),
        pl.col("end", "start").to_physical(),
        "write",
    )
    by_phase: dict[int, dict[str, list[_Zone]]] = {}
    for phase, lane, low, high, first, past, *due in columns.iter_rows():
        by_phase.setdefault(phase, {}).setdefault(due[2], []).append(
            _Zone(lane, low, high, first, past, _Due(*due))
        )
    return by_phase


def _extras_of(extras: pl.DataFrame) -> dict[int, dict[int, list[_Due]]]:
    times = pl.col("end", "start").to_physical().fill_null(_UNKNOWN)
    by_phase: dict[int, dict[int, list[_Due]]] = {}
    for phase, call, *due in extras.select("phase", "call", times, "write").iter_rows():
        by_phase.setdefault(phase, {}).setdefault(call, []).append(_Due(*due))
    return by_phase
