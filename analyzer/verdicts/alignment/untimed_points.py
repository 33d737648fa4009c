"""How well each place in the trail fits a script without times, and which place is taken, if any.

In come a `Script` and its `Cluster`s, out goes a `Choice`. Points and thresholds are those of
docs/facts/alignment.md#3-text-without-times: the trail cannot tell an absent deploy from a present one, so that a
cluster is only taken where it explains nearly everything, and leads.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from analyzer.verdicts.alignment.untimed_scripts import MARGIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from analyzer.verdicts.alignment.untimed_runs import Calls, Cluster
    from analyzer.verdicts.alignment.untimed_scripts import Script, Window

LEAD: Final = 4.0
"""The points by which the best place must lead."""

_LEAD_BY_ORDER: Final = (
    6.0  # without dots: two dropped writes of the right run outweigh less (measured, see the tests)
)

_MISS, _EXTRA, _STRANGE, _INVERTED = 2.3, 1.9, 3.0, 1.0
_MOST_STRANGE: Final = 2
_MOST_INVERTED: Final = 10
_FAR, _AFTER = 4.0, 6.0  # of an end that is elsewhere; before the run ended
_NEAR_END: Final = 5  # seconds
_OUTSIDE, _BESIDE = 6.0, 2.0
_BESIDE_WINDOW: Final = 120  # seconds by which a window may be guessed too late or too early
_MOMENT, _APART = 12, 5  # seconds by which delays of two runs differ; of operations at one moment
_HALF_HOUR: Final = 1800
_FARTHEST: Final = 28  # half hours: no zone is farther than 14 h from UTC


@dataclass(frozen=True, slots=True)
class Choice:
    """Which place is a script's.

    Attributes:
        ranked: the clusters, best first.
        taken: whether the first one is the deploy's.
        why: why none is: `none` (there is none), `partial`, `unclean`, `rivals`, `accounts`, `window`, `zone`,
            `end` (it ended at another time than the update object says).
        by_window: the window decided: there are others, or it confirms the only one.
    """

    ranked: Sequence[Cluster]
    taken: bool
    why: str | None = None
    by_window: bool = False


def choice(script: Script, found: Iterable[Cluster], calls: Calls) -> Choice:
    """Which of the clusters `found` is the script's."""
    ranked = sorted(found, key=lambda cluster: (-_points(script, cluster), cluster.low))
    for cluster in ranked:
        cluster.points = _points(script, cluster)
    ranked = [one for one in ranked if one.explained(script) >= max(1, one.missing(script))]
    if not ranked:
        return Choice(ranked, taken=False, why="none")
    if len({calls.writers[one.writer]["account"] for one in ranked}) > 1:
        return Choice(ranked, taken=False, why="accounts")
    window = script.window
    if window is not None and not any(_gap(one, window) <= _BESIDE_WINDOW for one in ranked):
        zone = window.given and any(half_hours(one, window) for one in ranked)
        return Choice(ranked, taken=False, why="zone" if zone else "window")
    best, why = ranked[0], None
    ends_so = script.end is not None and _by_end(script, best) == 0
    lead = LEAD if script.ticks is not None or ends_so else _LEAD_BY_ORDER
    alone = window is not None and _is_alone(best, ranked, window)
    if not alone and best.explained(script) < 3 * best.missing(script):
        why = "partial"
    elif not alone and (best.extras or best.strange):
        why = "unclean"
    elif script.end_is_sure and _by_end(script, best) < 0:
        why = "end"
    elif any(best.points - one.points < lead for one in _rivals(ranked, window if alone else None)):
        why = "rivals"
    elif window is not None and window.given and _is_elsewhere(script, ranked, window):
        why = "zone"
    return Choice(ranked, taken=why is None, why=why, by_window=window is not None)


def _is_alone(best: Cluster, ranked: Sequence[Cluster], window: Window) -> bool:
    """Whether the best place is the only one within the window: then it need not explain nearly everything."""
    return [one for one in ranked if not _gap(one, window)] == [best]


def _rivals(ranked: Sequence[Cluster], window: Window | None) -> Sequence[Cluster]:
    """The places that the best one must lead: all others, or those near the window which it alone is in."""
    others = ranked[1:]
    return others if window is None else [one for one in others if _gap(one, window) <= _BESIDE_WINDOW]


def _is_elsewhere(script: Script, ranked: Sequence[Cluster], window: Window) -> bool:
    """Whether another place explains more, and the window is as far from it as a local time is from UTC."""
    best = ranked[0]
    return any(
        half_hours(one, window) and one.missing(script) < best.missing(script) and not one.extras
        for one in ranked[1:]
    )


def _points(script: Script, cluster: Cluster) -> float:
    points = -_MISS * cluster.missing(script) - _EXTRA * cluster.extras
    points -= _STRANGE * min(cluster.strange, _MOST_STRANGE)
    points -= _INVERTED * min(_inverted(script, cluster), _MOST_INVERTED)
    points += _moments(script, cluster)
    return points + _by_end(script, cluster) + _by_window(script, cluster)


def _inverted(script: Script, cluster: Cluster) -> int:
    """Pairs of steps that end in the other order than their last calls."""
    lasts = [
        max(call.at for call in cluster.taken[step.operation])
        for step in script.steps
        if step.operation in cluster.taken
    ]
    few = lasts[:60]
    return sum(early > late + 1 for place, early in enumerate(few) for late in few[place + 1 :])


def _moments(script: Script, cluster: Cluster) -> float:
    """Steps at several moments: another run's delays differ, so that they would not all fit."""
    if script.ticks is None:
        return 0.0
    timed = sorted(
        (step.start, step.end)
        for step in script.steps
        if step.operation in cluster.taken and step.start is not None and step.end is not None
    )
    points, last, first = 0.0, -math.inf, True
    for start, end in timed:
        if start - last > _APART:
            points += 0.0 if first else math.log(_MOMENT / (end - start + 2))
            last, first = start, False
    return points


def _by_end(script: Script, cluster: Cluster) -> float:
    """Whether the run ended when an update object, or the file's time, says that the deploy did."""
    if script.end is None:
        return 0.0
    if cluster.end > script.end + _NEAR_END:
        return -_AFTER
    if script.ticks is None:
        return 0.0 if cluster.start >= script.end - script.span - _NEAR_END else -_FAR
    early, late = (begin + script.ticks - _NEAR_END for begin in (cluster.low, cluster.high))
    return 0.0 if early <= script.end <= late + 2 * _NEAR_END else -_FAR


def _gap(cluster: Cluster, window: Window, shift: float = 0) -> float:
    """Seconds between the run, moved by `shift`, and the window; 0 where it lies within."""
    before = window.since - MARGIN - (cluster.start + shift)
    after = cluster.end + shift - window.until - MARGIN
    return max(0.0, before, after)


def _by_window(script: Script, cluster: Cluster) -> float:
    if script.window is None:
        return 0.0
    gap = _gap(cluster, script.window)
    if not gap:
        return 0.0
    return -_BESIDE if gap <= _BESIDE_WINDOW else -_OUTSIDE


def half_hours(cluster: Cluster, window: Window) -> int:
    """How many half hours later than the run the window lies, where it lies so exactly; else 0."""
    if math.isinf(window.since) or math.isinf(window.until):
        return 0
    for half in sorted(range(-_FARTHEST, _FARTHEST + 1), key=abs):
        if half and _gap(cluster, window, half * _HALF_HOUR) <= MARGIN + MARGIN:
            return half
    return 0
