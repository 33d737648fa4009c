"""The calls in the trail that deploys without times may have made, and where each deploy's script fits them.

In come CALLS and the namespaces of the scripts, out go `Calls`; of a `Script`, out go its `Cluster`s: places in the
trail where calls of one writer fit its steps. The dots are laid over the calls: each pair of a step and a call allows
an interval of beginnings, and those that most steps allow are tried. Without dots each run of calls is tried.
Source: docs/facts/alignment.md#3-text-without-times
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.verdicts.alignment.untimed_scripts import MARGIN
from analyzer.verdicts.matching.inferred_store import ROUTES, namespace_of_key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from analyzer.verdicts.alignment.untimed_scripts import Script, Step

_SLACK: Final = 1.5  # seconds: dots and CloudTrail's times are whole ones
_LACKING: Final = 0.02  # of the dots: a slow machine prints fewer (`analyzer.logs.text.dots`)
_PAUSE: Final = 30  # seconds of a pause that ends a run
_PAUSE_WITHIN: Final = 60  # seconds of a pause within a deploy, as far as other writes of the run are sought
_MOST: Final = 400  # beginnings that are tried for one deploy and writer


@dataclass(frozen=True, slots=True)
class Call:
    """One write record: all its keys are of one namespace and one effect."""

    event: str
    at: float
    ok: bool
    store: str
    first: bool  # no earlier success is known on its namespace, in this store
    keys: frozenset[str]


Lane = tuple[int, str | None, str]
"""A writer, a namespace (None: a list of routes, whichever) and an effect."""


@dataclass(frozen=True, slots=True)
class Calls:
    """What the trail holds that deploys without times may have made.

    Attributes:
        lanes: the calls of each lane, by time.
        reads: when each writer read a list of routes.
        successes: when each writer wrote each of the stores, whatever it wrote, by time; one for each record.
        writers: WRITER-like rows: caller, access key, IP, user agent, account.
        homes: the stores of the namespaces whose lists are sought.
    """

    lanes: Mapping[Lane, Sequence[Call]]
    reads: Mapping[int, Sequence[float]]
    successes: Mapping[tuple[int, str], Sequence[tuple[float, str]]]
    writers: Sequence[Mapping[str, str | None]]
    homes: Mapping[str, Collection[str]]


@dataclass(slots=True)
class Cluster:
    """A place in the trail that a script may be of.

    Attributes:
        writer: its number in `Calls.writers`.
        low: the earliest moment at which the display may have begun, in seconds.
        high: the latest one.
        taken: the calls of each step, by operation.
        read: the steps without a call whose list the writer read.
        extras: successes of the writer in its time that no step explains.
        strange: creates of what was there before. That an update's call is the first shows nothing: most trails begin
            later than the stack.
        points: how well it fits.
    """

    writer: int
    low: float
    high: float
    taken: dict[int, list[Call]] = field(default_factory=dict)
    read: set[int] = field(default_factory=set)
    extras: int = 0
    strange: int = 0
    points: float = 0.0

    @property
    def start(self) -> float:
        """Its first call."""
        return min(call.at for calls in self.taken.values() for call in calls)

    @property
    def end(self) -> float:
        """Its last call."""
        return max(call.at for calls in self.taken.values() for call in calls)

    @property
    def events(self) -> frozenset[str]:
        """Its calls."""
        return frozenset(call.event for calls in self.taken.values() for call in calls)

    def matched(self, script: Script) -> int:
        """How many of the steps that may have made a call have one."""
        return sum(step.possible and step.operation in self.taken for step in script.steps)

    def missing(self, script: Script) -> int:
        """How many of the expected steps have none, nor have read the list that they write: a dropped route does so."""
        shown = self.read | self.taken.keys()
        return sum(step.expected and step.operation not in shown for step in script.steps)

    def explained(self, script: Script) -> int:
        """The steps that made a call, or that read the list they write."""
        return self.matched(script) + len(self.read)


def calls_of(calls: pl.DataFrame, namespaces: Collection[str], homes: Collection[str] = ()) -> Calls:
    """The calls on `namespaces`, in any store, those on lists of routes in these stores, and who made them.

    Args:
        calls: CALLS.
        namespaces: that the scripts write.
        homes: in whose stores there are lists that they write, though they do not write these.
    """
    writes = (
        calls.lazy()
        .filter((pl.col("api") == "UpdateKeys") & pl.col("key").is_not_null() & (pl.col("effect") != "read"))
        .with_columns(namespace=namespace_of_key(), ok=pl.col("ok").fill_null(value=True))
        .collect()
    )
    own = writes.filter(pl.col("namespace").is_in(list(namespaces)))
    home_stores = writes.filter(pl.col("namespace").is_in(list(homes))).select("namespace", "store").unique()
    stores = pl.concat([own["store"], home_stores["store"]]).unique().implode()
    of_stores = writes.filter(pl.col("store").is_in(stores))
    lists = of_stores.filter(pl.col("key").str.ends_with(ROUTES)).with_columns(
        namespace=pl.lit(None, pl.String)
    )
    who = ["caller", "access_key"]
    of_homes = lists.filter(pl.col("store").is_in(home_stores["store"].implode()))
    writers = (
        pl.concat([own, of_homes])
        .group_by(who, maintain_order=True)
        .agg(pl.col("source_ip", "user_agent", "account").drop_nulls().first())
        .with_row_index("writer")
    )
    known = writers.select(*who, "writer")
    reads = calls.filter(
        (pl.col("api") == "GetKey") & pl.col("key").str.ends_with(ROUTES) & pl.col("store").is_in(stores)
    ).join(known, on=who, nulls_equal=True)
    return Calls(
        _lanes(pl.concat([own, lists]).join(known, on=who, nulls_equal=True)),
        {writer: sorted(times) for writer, times in _times(reads).iter_rows()},
        _successes(of_stores.join(known, on=who, nulls_equal=True)),
        writers.drop("writer").to_dicts(),
        dict(home_stores.group_by("namespace").agg("store").iter_rows()),
    )


def _times(reads: pl.DataFrame) -> pl.DataFrame:
    return reads.group_by("writer").agg(pl.col("at").dt.epoch("us") / 1e6)


def _lanes(rows: pl.DataFrame) -> dict[Lane, list[Call]]:
    born = rows.filter("ok").group_by("store", "namespace").agg(born=pl.col("at").min())
    records = (
        rows.join(born, on=["store", "namespace"], how="left", nulls_equal=True)
        .group_by("writer", "namespace", "effect", "event_id", maintain_order=True)
        .agg(
            pl.col("at", "ok", "store").first(),
            first=(pl.col("at") <= pl.col("born")).fill_null(value=True).first(),
            keys=pl.col("key"),
        )
        .sort("at", maintain_order=True)
        .with_columns(pl.col("at").dt.epoch("us") / 1e6)
    )
    lanes: dict[Lane, list[Call]] = {}
    for writer, namespace, effect, event, at, ok, store, first, keys in records.iter_rows():
        lanes.setdefault((writer, namespace, effect), []).append(
            Call(event, at, ok, store, first, frozenset(keys))
        )
    return lanes


def _successes(rows: pl.DataFrame) -> dict[tuple[int, str], list[tuple[float, str]]]:
    records = (
        rows.filter("ok")
        .unique("event_id", maintain_order=True)
        .sort("at", maintain_order=True)
        .group_by("writer", "store", maintain_order=True)
        .agg(pl.col("at").dt.epoch("us") / 1e6, "event_id")
    )
    return {
        (writer, store): list(zip(times, events, strict=True))
        for writer, store, times, events in records.iter_rows()
    }


def clusters(script: Script, calls: Calls) -> list[Cluster]:
    """Where the script fits: of places that share calls only the one at which more steps and fewer others fit."""
    found: list[Cluster] = []
    for writer in range(len(calls.writers)):
        distinct: dict[frozenset[str], Cluster] = {}
        for low, high, until in _beginnings(script, calls, writer):
            cluster = _laid(script, calls, Cluster(writer, low, high), until)
            if cluster.taken:
                distinct.setdefault(cluster.events, cluster)
        taken: set[str] = set()
        for cluster in sorted(distinct.values(), key=lambda one: _rank(one, script)):
            if taken.isdisjoint(cluster.events):
                taken |= cluster.events
                found.append(cluster)
    return found


def _rank(cluster: Cluster, script: Script) -> tuple[float, float]:
    return cluster.missing(script) + 0.8 * cluster.extras, cluster.low


def _interval(script: Script, step: Step, at: float) -> tuple[float, float]:
    """When the display may have begun, if `step` made a call at `at`."""
    return at - _end(script, step) - _SLACK, at - (step.start or 0) + _SLACK


def _beginnings(script: Script, calls: Calls, writer: int) -> Iterable[tuple[float, float, float]]:
    """The intervals of beginnings that are tried, those that most steps allow first, and until when calls may come."""
    times = [
        (call.at, number)
        for number, step in enumerate(script.steps)
        if step.namespace is not None or script.homes
        for call in _offered(calls, writer, step)
        if not script.homes or call.store in _stores_of(script, calls)
    ]
    if script.ticks is None:
        return [*_runs(script, sorted(at for at, _ in times)), *_in_window(script)]
    ends: list[tuple[float, int, int]] = []
    for at, number in times:
        low, high = _interval(script, script.steps[number], at)
        ends += [(low, 0, number), (high, 1, number)]
    ends.sort()
    allowing = [0] * len(script.steps)
    steps = 0
    segments: list[tuple[int, float, float]] = []
    for place, (at, closes, number) in enumerate(ends[:-1]):
        allowing[number] += -1 if closes else 1
        steps += -(not allowing[number]) if closes else allowing[number] == 1
        if not closes:
            segments.append((steps, at, ends[place + 1][0]))
    segments.sort(key=lambda segment: -segment[0])
    return [(low, high, math.inf) for _, low, high in segments[:_MOST]]


def _offered(calls: Calls, writer: int, step: Step) -> Sequence[Call]:
    """The writer's calls that a step may have made, by time."""
    if step.effect != "remove":
        return calls.lanes.get((writer, step.namespace, step.effect), ())
    both = [
        call for effect in ("put", "delete") for call in calls.lanes.get((writer, step.namespace, effect), ())
    ]
    return sorted(both, key=lambda call: call.at)


def _stores_of(script: Script, calls: Calls) -> set[str]:
    """The stores of the lists of a script that writes nothing else."""
    return {store for name in script.homes for store in calls.homes.get(name, ())}


def _runs(script: Script, times: Sequence[float]) -> list[tuple[float, float, float]]:
    """Without dots: the display began before the first call of a run, and ended after its last one.

    Where the log does not say how long it ran, a pause ends it.
    """
    starts = [at for place, at in enumerate(times) if not place or at - times[place - 1] > _PAUSE]
    found = []
    for start in starts[-_MOST:]:
        until = start
        for at in times[bisect_left(times, start) :]:
            if at - until > _PAUSE_WITHIN:
                break
            until = at
        found.append((start, start, math.inf if script.is_timed else until + _PAUSE))
    return found


def _in_window(script: Script) -> list[tuple[float, float, float]]:
    """Without dots: the window that is given for the deploy, whatever ran before and after it."""
    if script.window is None or math.isinf(script.window.since):
        return []
    began = script.window.since - MARGIN
    return [(began, began, script.window.until + MARGIN)]


def _laid(script: Script, calls: Calls, cluster: Cluster, until: float) -> Cluster:
    """`cluster` with the calls that fit each step if the display began between its `low` and `high`."""
    middle = (cluster.low + cluster.high) / 2
    claimed: set[str] = set()
    ordered = sorted(script.steps, key=lambda step: (step.namespace is None, not step.expected))
    stores = _stores_of(script, calls)
    for step in ordered:
        offered = _offered(calls, cluster.writer, step)
        if step.namespace is None:
            offered = [call for call in offered if call.store in stores]
        begin, end = _limits(script, step, middle)
        got = _taken(step, offered, (begin, min(end, until)), claimed)
        if got:
            cluster.taken[step.operation] = got
            claimed |= {call.event for call in got}
            stores |= {call.store for call in got}
    if cluster.taken:
        _finish(cluster, script, calls, stores, middle)
    return cluster


def _limits(script: Script, step: Step, middle: float) -> tuple[float, float]:
    """When the step may have made its calls, if the display began at `middle`."""
    if script.ticks is None:
        return middle, middle + script.span
    return middle + (step.start or 0) - _SLACK, middle + _end(script, step) + _SLACK


def _end(script: Script, step: Step) -> float:
    """The seconds from the beginning of the display to the end of a step, at most."""
    return (1 + _LACKING) * (script.span if step.end is None else step.end)


def _taken(step: Step, offered: Sequence[Call], limits: tuple[float, float], claimed: set[str]) -> list[Call]:
    """The calls of a step: of a list one success, of keys all batches, none of which names a key again."""
    low, high = limits
    begin = bisect_left(offered, low, key=lambda call: call.at)
    got: list[Call] = []
    for call in offered[begin : bisect_right(offered, high, key=lambda call: call.at)]:
        if call.event in claimed or not call.ok:
            continue
        if got and (step.namespace is None or any(call.keys & one.keys for one in got)):
            continue
        got.append(call)
    return got


def _finish(cluster: Cluster, script: Script, calls: Calls, stores: set[str], middle: float) -> None:
    """Adds what speaks against the cluster, and how narrow its beginning is."""
    first, last, own = cluster.start, cluster.end, cluster.events
    if script.ticks is None:
        span = (last - script.span, first + script.span)
    else:
        span = (middle - _SLACK, middle + script.ticks + _SLACK)
    unexplained: set[str] = set()
    for store in stores:
        unexplained |= _near(calls.successes.get((cluster.writer, store), ()), span, (first, last))
    cluster.extras = len(unexplained - own)
    for step in script.steps:
        got = cluster.taken.get(step.operation)
        if got and step.born:
            cluster.strange += not min(got, key=lambda call: call.at).first
        if not got and step.namespace is None and step.expected:
            low, high = _limits(script, step, middle)
            reads = calls.reads.get(cluster.writer, ())
            place = bisect_left(reads, low)
            if place < len(reads) and reads[place] <= high:
                cluster.read.add(step.operation)


def _near(
    successes: Sequence[tuple[float, str]],
    span: tuple[float, float],
    run: tuple[float, float],
) -> set[str]:
    """The successes within `span` that no pause parts from `run`."""
    begin = bisect_left(successes, (span[0], ""))
    inside = successes[begin : bisect_right(successes, (span[1], "\uffff"))]
    start, end = run
    later = [one for one in inside if one[0] > run[0]]
    earlier = [one for one in inside if one[0] <= run[0]]
    near: set[str] = set()
    for at, event in later:
        if at - end > _PAUSE_WITHIN:
            break
        end = max(end, at)
        near.add(event)
    for at, event in reversed(earlier):
        if start - at > _PAUSE_WITHIN:
            break
        start = at
        near.add(event)
    return near
