"""Aligns deploys whose logs have no times with the trail: by dots, order, `Duration:`, and what each run wrote.

In come WRITES, DEPLOYS and CALLS, out go the tables of an alignment for these deploys alone. Source:
docs/facts/alignment.md#3-text-without-times. The trail cannot tell an absent deploy from a present one: what rests
on this is never more than `low` or a leaning, so that `tied` is true for every one of them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.tables import ALIGNMENTS, conform
from analyzer.verdicts.alignment.tables import ALIGNED_WRITERS, OPERATION_TIMES, STATES
from analyzer.verdicts.alignment.untimed_calls import MOST_OF_ALL, NO_CALLS, Calls, calls_of
from analyzer.verdicts.alignment.untimed_notes import expected_of, note
from analyzer.verdicts.alignment.untimed_points import LEAD, Choice, choice
from analyzer.verdicts.alignment.untimed_runs import Cluster, clusters
from analyzer.verdicts.alignment.untimed_scripts import Script, scripts

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_BASIS: Final = "order"
_BY_WINDOW: Final = "clock"
_TICK_SLACK: Final = 2  # seconds: dots and calls are whole ones
_PAUSE: Final = 30  # seconds
_EPOCH: Final = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class Untimed:
    """Where the deploys without times lie; the columns are those of `Alignment`.

    Attributes:
        table: ALIGNMENTS: a row for each deploy without times that has writes, in the order of the deploys.
        times: OPERATION_TIMES: of the writes of those that are aligned.
        writers: ALIGNED_WRITERS of these.
        states: STATES of all of `table`.
    """

    table: pl.DataFrame
    times: pl.DataFrame
    writers: pl.DataFrame
    states: pl.DataFrame


def align_untimed(
    writes: pl.DataFrame,
    deploys: pl.DataFrame,
    calls: pl.DataFrame,
    claimed: Collection[str] = (),
    of: Mapping[str, int] | None = None,
) -> Untimed:
    """Aligns the deploys whose logs have no times; others have no rows in the result.

    Args:
        writes: WRITES.
        deploys: DEPLOYS.
        calls: CALLS.
        claimed: ids of calls that other deploys made for sure.
        of: the group of each deploy (`verdicts.groups`): what is looked at of the trail is limited for each.
    """
    found = scripts(writes, deploys)
    parts = [found]
    if of and 2 * calls.height > MOST_OF_ALL:
        by_group: dict[int, list[Script]] = {}
        for script in found:
            by_group.setdefault(of[script.deploy], []).append(script)
        parts = list(by_group.values())
    aligned = [_aligned(part, calls, claimed, writes) for part in parts or [[]]]
    return Untimed(
        pl.concat([one.table for one in aligned]),
        pl.concat([one.times for one in aligned]),
        pl.concat([one.writers for one in aligned]),
        pl.concat([one.states for one in aligned]),
    )


def _aligned(
    found: Sequence[Script], calls: pl.DataFrame, claimed: Collection[str], writes: pl.DataFrame
) -> Untimed:
    """The alignment of the scripts `found`, which look at the trail together."""
    namespaces = {step.namespace for script in found for step in script.steps if step.namespace}
    homes = {namespace for script in found for namespace in script.homes}
    material = calls_of(calls, namespaces, homes) if found else NO_CALLS
    taken = set(claimed)
    chosen = [
        choice(script, (one for one in clusters(script, material) if not one.events & taken), material)
        for script in found
    ]
    chosen = _contested(chosen)
    pairs = list(zip(found, chosen, strict=True))
    return Untimed(_table(pairs, material), _times(pairs, writes), _writers(pairs, material), _states(pairs))


def _contested(chosen: Sequence[Choice]) -> list[Choice]:
    """`chosen`, without those that take calls which another takes, unless they fit better by far."""
    takers: dict[str, list[int]] = {}
    for number, one in enumerate(chosen):
        if one.taken:
            for event in one.ranked[0].events:
                takers.setdefault(event, []).append(number)
    losers: set[int] = set()
    for numbers in takers.values():
        ordered = sorted(numbers, key=lambda number: -chosen[number].ranked[0].points)
        if len(ordered) > 1:
            lead = chosen[ordered[0]].ranked[0].points - chosen[ordered[1]].ranked[0].points
            losers.update(ordered[1:] if lead >= LEAD else ordered)
    return [
        Choice(one.ranked, taken=False, why="rivals") if number in losers else one
        for number, one in enumerate(chosen)
    ]


def _table(pairs: Sequence[tuple[Script, Choice]], calls: Calls) -> pl.DataFrame:
    machines = _machines([cluster for _, one in pairs for cluster in one.ranked], calls)
    rows = [_row(script, one, calls, machines) for script, one in pairs]
    return conform(pl.DataFrame(rows, ALIGNMENTS, orient="row"), ALIGNMENTS)


def _machines(clusters: Sequence[Cluster], calls: Calls) -> dict[int, tuple[str | None, str | None]]:
    """From where each of `clusters`, by its identity, was called, and by what program: its first call that says it."""
    rows = [
        (number, call.at, call.event)
        for number, cluster in enumerate(clusters)
        for taken in cluster.taken.values()
        for call in taken
    ]
    if not rows:
        return {}
    schema = {"cluster": pl.Int64(), "at": pl.Float64(), "event_id": pl.String()}
    first = (
        pl.DataFrame(rows, schema, orient="row")
        .join(calls.machines, on="event_id")
        .sort("cluster", "at", "event_id")
        .group_by("cluster")
        .agg(pl.col("source_ip", "user_agent").drop_nulls().first())
    )
    return {id(clusters[number]): (ip, agent) for number, ip, agent in first.iter_rows()}


_Machines = Mapping[int, tuple[str | None, str | None]]


def _row(script: Script, one: Choice, calls: Calls, machines: _Machines) -> dict[str, object]:
    best = one.ranked[0] if one.ranked else None
    matched = 0 if best is None else best.matched(script)
    expected = expected_of(script, best)
    others = one.ranked[1:] if one.taken else one.ranked
    return {
        "deploy": script.deploy,
        "state": _state(one),
        "offsets": [],
        "basis": _basis(script, one),
        "matched": matched,
        "of": expected,
        "misses": expected - matched,
        "extras": 0 if best is None else best.extras,
        "writers": [_writer(best, calls, machines)] if one.taken and best is not None else [],
        "rivals": [
            {
                "writer": _writer(rival, calls, machines),
                "offset": None,
                "at": _time(rival.start),
                "until": _time(rival.end),
                "matched": rival.matched(script),
            }
            for rival in others
        ],
        "at": _time(best.start) if one.taken and best is not None else None,
        "until": _time(best.end) if one.taken and best is not None else None,
        "note": note(script, one, calls),
    }


def _state(one: Choice) -> str:
    if one.taken:
        return "aligned"
    return "ambiguous" if one.ranked else "unaligned"


def _basis(script: Script, one: Choice) -> str | None:
    if not one.ranked:
        return None
    # Stamps of held-back output are upper bounds: they bring the run nearer, and do not show it.
    return _BY_WINDOW if one.by_window and not script.flushed else _BASIS


def _writer(cluster: Cluster, calls: Calls, machines: _Machines) -> dict[str, str | None]:
    who = calls.writers[cluster.writer]
    ip, agent = machines.get(id(cluster), (None, None))
    caller = who["caller"]
    principal, session = caller, None
    if caller is not None and ":assumed-role/" in caller and caller.count("/") > 1:
        principal, session = caller.rsplit("/", 1)
    return {
        "principal": principal,
        "session": session,
        "access_key": who["access_key"],
        "ip": ip,
        "user_agent": agent,
    }


def _times(pairs: Sequence[tuple[Script, Choice]], writes: pl.DataFrame) -> pl.DataFrame:
    """OPERATION_TIMES: by the dots, else the whole time in which the deploy can have run, given its calls."""
    rows: list[tuple[str, int, datetime, datetime, int]] = []
    for script, one in pairs:
        if not one.taken:
            continue
        best = one.ranked[0]
        for step in script.steps:
            if script.ticks is not None and step.start is not None and step.end is not None:
                begin = (best.low + best.high) / 2
                slack = math.ceil((best.high - best.low) / 2) + _TICK_SLACK
                low, high = begin + step.start, begin + step.end
            else:
                slack = math.ceil(max(0.0, script.span - (best.end - best.start)))
                # Where the log does not say how long it ran, calls beyond a pause are another run's.
                slack = slack if script.is_timed else min(slack, _PAUSE)
                low, high = best.start, best.end
            rows.append((script.deploy, step.operation, _time(low), _time(high), slack))
    schema = {
        "deploy": pl.String(),
        "operation": pl.Int64(),
        **{name: OPERATION_TIMES[name] for name in ("start", "end", "slack")},
    }
    times = pl.DataFrame(rows, schema, orient="row")
    mine = writes.select("deploy", "operation", write="id").join(
        times, on=["deploy", "operation"], maintain_order="left"
    )
    return conform(mine, OPERATION_TIMES)


def _writers(pairs: Sequence[tuple[Script, Choice]], calls: Calls) -> pl.DataFrame:
    rows = [
        (script.deploy, who["caller"], who["access_key"])
        for script, one in pairs
        if one.taken
        for who in [calls.writers[one.ranked[0].writer]]
    ]
    return conform(pl.DataFrame(rows, ALIGNED_WRITERS, orient="row"), ALIGNED_WRITERS)


def _states(pairs: Sequence[tuple[Script, Choice]]) -> pl.DataFrame:
    rows = [
        (script.deploy, _state(one), _basis(script, one), False, True, False, False) for script, one in pairs
    ]
    return conform(pl.DataFrame(rows, STATES, orient="row"), STATES)


def _time(seconds: float) -> datetime:
    return _EPOCH + timedelta(seconds=seconds)
