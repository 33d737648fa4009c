"""What the report says of a deploy whose log has no times (docs/facts/alignment.md#5-what-the-report-says)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from analyzer.verdicts.alignment.untimed_calls import MOST_CALLS
from analyzer.verdicts.alignment.untimed_points import half_hours

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from analyzer.verdicts.alignment.untimed_calls import Calls
    from analyzer.verdicts.alignment.untimed_points import Choice
    from analyzer.verdicts.alignment.untimed_runs import Cluster
    from analyzer.verdicts.alignment.untimed_scripts import Script, Window

_MOST: Final = 5  # runs that are listed
_MARGIN: Final = 5  # seconds
_WHY: Final = {
    "window": "No run on its namespaces lies in the time in which it ran, as far as that is known.",
    "accounts": "Runs in several accounts match the log.",
    "partial": "No run in the trail matches enough of its operations: it may be another deploy's, or the deploy "
    "another account's.",
    "unclean": "The run that fits best made other writes too, or wrote what was there before.",
    "lists": "The run that fits best wrote nothing but lists of routes, which other stacks write too.",
    "unfinished": "The log calls none of its operations done: a run on its namespaces may be a later one.",
    "end": "The run that fits best ended at another time than the update object says: its clock may be off.",
}


def note(script: Script, chosen: Choice, calls: Calls) -> str:
    """The sentences for one deploy."""
    return " ".join([_source(script), *_window_not_used(script), *_result(script, chosen, calls)])


def _source(script: Script) -> str:
    if not script.flushed:
        return "No times in the log."
    said = "" if script.duration is None else f", and the log says that it ran {script.duration} s"
    return f"The output was held back: its lines carry the time of printing{said}."


def _window_not_used(script: Script) -> Iterable[str]:
    if script.too_short is not None:
        length = script.too_short.until - script.too_short.since
        yield (
            f"The window given is {length:.0f} s long, but the log says that it ran {script.duration} s: "
            "it is not used."
        )


def _result(script: Script, chosen: Choice, calls: Calls) -> Iterable[str]:
    ranked = chosen.ranked
    if chosen.why == "crowded":
        yield (
            f"Over {MOST_CALLS} calls are on a namespace of it, or on a list of its store: that is more than is looked "
            "at. Fewer hours of the trail would do."
        )
        return
    if not ranked:
        names = sorted({step.namespace for step in script.steps if step.namespace})
        if not names:
            yield "The log names no component, so that no call can be tied to it."
            return
        yield (
            f"No run of calls in the trail matches half of its operations (namespaces {', '.join(names[:_MOST])}): "
            "either none of its writes is in this trail, or the trail is of another account."
        )
        return
    if chosen.taken:
        one = _run(script, ranked[0], calls)
        others = len(ranked) - 1
        if others:
            yield f"Of {others + 1} runs in the trail on its namespaces this one fits best: {one}."
        else:
            yield f"The trail has one run on its namespaces: {one}."
        return
    yield from _doubt(script, chosen, calls)


def _doubt(script: Script, chosen: Choice, calls: Calls) -> Iterable[str]:
    listed = "; ".join(_named(script, cluster, calls) for cluster in chosen.ranked[:_MOST])
    more = len(chosen.ranked) - _MOST
    if more > 0:
        listed += f"; and {more} more"
    if chosen.why == "zone" and script.window is not None:
        yield from _zone(script.window, chosen.ranked)
    elif chosen.why in _WHY:
        yield _WHY[chosen.why]
    else:
        yield f"{len(chosen.ranked)} runs on its namespaces match it about as well; its update object would decide."
    yield f"If it is one of these, give its window: {listed}."


def _zone(window: Window, ranked: Iterable[Cluster]) -> Iterable[str]:
    for cluster in ranked:
        half = half_hours(cluster, window)
        if half:
            hours = f"{abs(half) / 2:g} h"
            where = "after" if half > 0 else "before"
            yield (
                f"The window given lies {hours} {where} a run on its namespaces: were its times of another zone? "
                "A time without a zone is read as UTC."
            )
            return


def _run(script: Script, cluster: Cluster, calls: Calls) -> str:
    expected = expected_of(script, cluster)
    matched = f"{cluster.matched(script)} of {expected} operations"
    who = _who(calls.writers[cluster.writer]["caller"])
    return f"{_day(cluster.start)} to {_clock(cluster.end)} by {who} ({matched}, low)"


def _named(script: Script, cluster: Cluster, calls: Calls) -> str:
    expected = expected_of(script, cluster)
    who = _who(calls.writers[cluster.writer]["caller"])
    since, until = window_of(script, cluster)
    return f"--since {_iso(since)} --until {_iso(until)} ({who}, {cluster.matched(script)} of {expected})"


def expected_of(script: Script, cluster: Cluster | None) -> int:
    """The operations that made calls: by the log, or as the run shows."""
    shown: Collection[int] = () if cluster is None else cluster.taken
    return sum(step.expected or (step.possible and step.operation in shown) for step in script.steps)


def window_of(script: Script, cluster: Cluster) -> tuple[float, float]:
    """The window to give for a run: not shorter than the log's `Duration:`, else it would be none."""
    since, until = cluster.start - _MARGIN, cluster.end + _MARGIN
    lacking = max(0.0, (script.duration or 0) - (until - since))
    return since - lacking, until


def _who(caller: str | None) -> str:
    """Role and session, or what the ARN ends in."""
    if caller is None:
        return "an unknown caller"
    resource = caller.split(":", 5)[-1]
    return resource.removeprefix("assumed-role/").removeprefix("user/")


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(seconds=seconds)


def _day(seconds: float) -> str:
    return f"{_moment(seconds):%Y-%m-%d %H:%M:%S}"


def _clock(seconds: float) -> str:
    return f"{_moment(seconds):%H:%M:%S}"


def _iso(seconds: float) -> str:
    return f"{_moment(seconds):%Y-%m-%dT%H:%M:%SZ}"
