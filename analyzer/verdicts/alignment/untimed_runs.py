"""Where in the trail the script of a deploy without times fits.

Of a `Script`, out go its `Cluster`s: places in the trail where calls of one writer fit its steps. The dots are laid
over the calls: each pair of a step and a call allows an interval of beginnings, and those that most steps allow are
tried. Without dots each run of calls is tried.
Source: docs/facts/alignment.md#3-text-without-times
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from analyzer.verdicts.alignment.untimed_scripts import MARGIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from analyzer.verdicts.alignment.untimed_calls import Call, Calls, Successes
    from analyzer.verdicts.alignment.untimed_scripts import Script, Step

_SLACK: Final = 1.5  # seconds: dots and CloudTrail's times are whole ones
_LACKING: Final = 0.02  # of the dots: a slow machine prints fewer (`analyzer.logs.text.dots`)
_PAUSE: Final = 30  # seconds of a pause that ends a run
_PAUSE_WITHIN: Final = 60  # seconds of a pause within a deploy, as far as other writes of the run are sought
_MOST: Final = 400  # beginnings that are tried for one deploy and writer


@dataclass(slots=True)
class Cluster:
    """A place in the trail that a script may be of.

    Attributes:
        writer: its number in `Calls.writers`.
        low: the earliest moment at which the display may have begun, in seconds.
        high: the latest one.
        taken: the calls of each step, by operation.
        shown: the steps without a call that ran all the same: the writer read the list, or was refused.
        anchored: a call of it, be it refused, names a namespace of a step: a list is anybody's.
        extras: successes of the writer in its time that no step explains.
        others_lists: those of them that write nothing but lists.
        strange: creates of what was there before, and successes of what failed, by the log, without a refusal. That an
            update's call is the first shows nothing: most trails begin later than the stack.
        births: creates whose call is the first on the namespace, as far as the trail knows.
        points: how well it fits.
    """

    writer: int
    low: float
    high: float
    taken: dict[int, list[Call]] = field(default_factory=dict)
    shown: set[int] = field(default_factory=set)
    anchored: bool = False
    extras: int = 0
    others_lists: int = 0
    strange: int = 0
    births: int = 0
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
    def succeeded(self) -> bool:
        """Whether a call of it is known to have succeeded."""
        return any(call.ok for calls in self.taken.values() for call in calls)

    @property
    def events(self) -> frozenset[str]:
        """Its calls."""
        return frozenset(call.event for calls in self.taken.values() for call in calls)

    def matched(self, script: Script) -> int:
        """How many of the steps that may have made a call have one."""
        return sum(step.possible and step.operation in self.taken for step in script.steps)

    def missing(self, script: Script) -> int:
        """How many of the expected steps have none, and nothing shows that they ran: a dropped route reads its list."""
        shown = self.shown | self.taken.keys()
        return sum(step.expected and step.operation not in shown for step in script.steps)

    def explained(self, script: Script) -> int:
        """How many of the steps that may have made a call have one, or are shown to have run."""
        return self.matched(script) + len(self.shown)


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
    stores = _stores_of(script, calls)
    times = [
        (call.at, number)
        for number, step in enumerate(script.steps)
        for call in _offered(calls, writer, step)
        if step.namespace is not None or call.store in stores
    ]
    if script.ticks is None:
        own = {at for at, number in times if script.steps[number].namespace is not None}
        # A list is anybody's: a run of its calls may begin with another's.
        runs = dict.fromkeys(_runs(script, sorted({at for at, _ in times})))
        return [*(runs | dict.fromkeys(_runs(script, sorted(own)))), *_in_window(script)]
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
    if step.effect in {"put", "delete"}:
        return calls.lanes.get((writer, step.namespace, step.effect), ())
    both = [
        call for effect in ("put", "delete") for call in calls.lanes.get((writer, step.namespace, effect), ())
    ]
    return sorted(both, key=lambda call: call.at)


def _stores_of(script: Script, calls: Calls) -> set[str]:
    """The stores in which calls name a namespace of its components: there are the lists that it writes."""
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
    stores: set[str] = set()
    for step in sorted(script.steps, key=lambda step: not step.expected):
        if step.namespace is not None:
            inside = _inside(script, calls, cluster, step, (middle, until))
            _take(cluster, step, inside, claimed)
            stores |= {call.store for call in inside}
    cluster.anchored = bool(stores)
    stores = stores or _stores_of(script, calls)
    run = (cluster.start, cluster.end) if cluster.taken else None
    for step in sorted(script.steps, key=lambda step: not step.expected):
        if step.namespace is None:
            inside = [
                call
                for call in _inside(script, calls, cluster, step, (middle, until))
                if call.store in stores
            ]
            _take(cluster, step, _nearest(inside, run, dotted=script.ticks is not None), claimed)
    _take_purges(script, calls, cluster, (middle, until), claimed)
    if cluster.taken:
        _finish(cluster, script, calls, stores, middle)
    return cluster


def _inside(
    script: Script, calls: Calls, cluster: Cluster, step: Step, limits: tuple[float, float]
) -> Sequence[Call]:
    """The calls that the step may have made, if the display began at the first of `limits`, until the second."""
    offered = _offered(calls, cluster.writer, step)
    low, high = _limits(script, step, limits[0])
    begin = bisect_left(offered, low, key=lambda call: call.at)
    return offered[begin : bisect_right(offered, min(high, limits[1]), key=lambda call: call.at)]


def _nearest(inside: Sequence[Call], run: tuple[float, float] | None, *, dotted: bool) -> Sequence[Call]:
    """Those within `run` first: a list is anybody's, before it and after it. Without dots a pause ends the run."""
    if run is None:
        return inside

    def gap(call: Call) -> float:
        return max(run[0] - call.at, call.at - run[1], 0.0)

    return sorted((call for call in inside if dotted or gap(call) <= _PAUSE), key=gap)


def _take(cluster: Cluster, step: Step, inside: Sequence[Call], claimed: set[str]) -> None:
    """Gives the step its calls of those `inside`; else a refused one shows that it ran."""
    got = _taken(step, inside, claimed)
    refused = any(call.ok is False for call in inside)
    if got:
        cluster.taken[step.operation] = got
        claimed |= {call.event for call in got}
        cluster.strange += not step.possible and not refused
    elif refused and step.expected:
        cluster.shown.add(step.operation)


def _take_purges(
    script: Script, calls: Calls, cluster: Cluster, limits: tuple[float, float], claimed: set[str]
) -> None:
    """An update deletes the keys that it no longer has, in calls of their own."""
    for step in script.steps:
        if step.operation in cluster.taken and step.namespace and step.effect == "put" and not step.born:
            purges = _inside(script, calls, cluster, replace(step, effect="delete"), limits)
            got = [call for call in purges if call.event not in claimed and call.ok]
            cluster.taken[step.operation] += got
            claimed |= {call.event for call in got}


def _limits(script: Script, step: Step, middle: float) -> tuple[float, float]:
    """When the step may have made its calls, if the display began at `middle`."""
    if script.ticks is None:
        return middle, middle + script.span
    return middle + (step.start or 0) - _SLACK, middle + _end(script, step) + _SLACK


def _end(script: Script, step: Step) -> float:
    """The seconds from the beginning of the display to the end of a step, at most."""
    return (1 + _LACKING) * (script.span if step.end is None else step.end)


def _taken(step: Step, inside: Sequence[Call], claimed: set[str]) -> list[Call]:
    """The calls of a step: of a list one success, of keys all batches, none of which names a key again."""
    got: list[Call] = []
    # What its record does not say to have succeeded may have, where no success is known.
    for call in sorted(inside, key=lambda call: not call.ok):
        if call.event in claimed or call.ok is False:
            continue
        if got and (step.namespace is None or any(call.keys & one.keys for one in got)):
            continue
        got.append(call)
    return got


def _finish(cluster: Cluster, script: Script, calls: Calls, stores: set[str], middle: float) -> None:
    """Adds what speaks against the cluster, and which steps its reads show."""
    first, last, own = cluster.start, cluster.end, cluster.events
    if script.ticks is None:
        span = (last - script.span, first + script.span)
    else:
        span = (middle - _SLACK, middle + script.ticks + _SLACK)
    for store in stores:
        successes = calls.successes.get((cluster.writer, store))
        near = {} if successes is None else _near(successes, span, (first, last))
        cluster.extras += len(near.keys() - own)
        cluster.others_lists += sum(lists for event, lists in near.items() if event not in own)
    for step in script.steps:
        got = cluster.taken.get(step.operation)
        if got and step.born:
            first_ever = min(got, key=lambda call: call.at).first
            cluster.births += first_ever
            cluster.strange += not first_ever
    cluster.shown |= _read(script, calls, cluster, stores, middle)


def _read(script: Script, calls: Calls, cluster: Cluster, stores: set[str], middle: float) -> set[int]:
    """The steps without a call of which the writer read the list: one read for each step on a list."""
    reads = sorted(at for store in stores for at in calls.reads.get((cluster.writer, store), ()))
    lists = [step for step in script.steps if step.namespace is None]
    used = sum(step.operation in cluster.taken for step in lists)
    shown: set[int] = set()
    for step in lists:
        if step.expected and step.operation not in cluster.taken:
            low, high = _limits(script, step, middle)
            if bisect_right(reads, high) - bisect_left(reads, low) > used + len(shown):
                shown.add(step.operation)
    return shown


def _near(successes: Successes, span: tuple[float, float], run: tuple[float, float]) -> dict[str, bool]:
    """The successes within `span` that no pause parts from `run`, and whether each wrote nothing but lists."""
    begin = successes.at.search_sorted(span[0], side="left")
    end = successes.at.search_sorted(span[1], side="right")
    columns = (successes.at, successes.events, successes.lists)
    inside = list(zip(*(column[begin:end].to_list() for column in columns), strict=True))
    start, last = run
    near: dict[str, bool] = {}
    for at, event, lists in inside:
        if at > start:
            if at - last > _PAUSE_WITHIN:
                break
            last = max(last, at)
            near[event] = lists
    for at, event, lists in reversed(inside):
        if at <= run[0]:
            if start - at > _PAUSE_WITHIN:
                break
            start = at
            near[event] = lists
    return near
