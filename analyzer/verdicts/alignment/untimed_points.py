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

    from analyzer.verdicts.alignment.untimed_calls import Calls
    from analyzer.verdicts.alignment.untimed_runs import Cluster
    from analyzer.verdicts.alignment.untimed_scripts import Script, Window

LEAD: Final = 4.0
"""The points by which the best place must lead."""

_LEAD_BY_ORDER: Final = (
    6.0  # without dots: two dropped writes of the right run outweigh less (measured, see the tests)
)

_MISS, _EXTRA, _STRANGE, _INVERTED = 2.3, 1.9, 3.0, 1.0
_MANY: Final = 3  # steps that are explained for each that is not
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
        why: why none is: `none` (there is none), `crowded` (there are too many calls to look at), `unfinished` (the log
            calls nothing done), `partial`, `unclean`, `lists` (it wrote nothing but lists), `rivals`, `accounts`,
            `window`, `zone`, `end` (it ended at another time than the update object says).
        by_window: the window decided: there are others, or it confirms the only one.
    """

    ranked: Sequence[Cluster]
    taken: bool
    why: str | None = None
    by_window: bool = False


def choice(script: Script, found: Iterable[Cluster], calls: Calls) -> Choice:
    """Which of the clusters `found` is the script's."""
    if _is_crowded(script, calls):
        return Choice([], taken=False, why="crowded")
    places = [one for one in found if one.explained(script) >= max(1, one.missing(script))]
    for one in places:
        one.points = _points(script, one)
    ranked = sorted(places, key=lambda one: (not one.succeeded, not one.anchored, -one.points, one.low))
    ranked = [one for one in ranked if one is ranked[0] or _is_rival(one, ranked[0], script, calls)]
    if not ranked:
        return Choice(ranked, taken=False, why="none")
    why = _nowhere(script, ranked, calls) or _anothers(script, ranked[0], calls) or _doubt(script, ranked)
    return Choice(ranked, taken=why is None, why=why, by_window=script.window is not None)


def _is_crowded(script: Script, calls: Calls) -> bool:
    """Whether calls that it may have made are among those that were too many to look at."""
    stores = {store for name in script.homes for store in calls.homes.get(name, ())}
    lists = any(step.namespace is None for step in script.steps)
    return bool(script.written & calls.crowded or (lists and stores & calls.crowded))


def _is_rival(one: Cluster, best: Cluster, script: Script, calls: Calls) -> bool:
    """Whether the deploy may lie at `one` as well.

    Calls of which none is known to have succeeded are no run, where one is known. A list is anybody's: its calls are a
    run of the stack only if the same role made them, and no more than one call on a namespace is lacking.
    """
    if best.succeeded and not one.succeeded:
        return False
    if one.anchored or not best.anchored:
        return True
    return one.missing(script) <= 1 and _role(one, calls) == _role(best, calls)


def _role(cluster: Cluster, calls: Calls) -> str:
    """Who made the calls, whatever the account: a stack is deployed by one role."""
    return (calls.writers[cluster.writer]["caller"] or "").split(":", 5)[-1]


def _anothers(script: Script, best: Cluster, calls: Calls) -> str | None:
    """Whether best is a run of lists alone, and another writer called on the deploy's own namespaces meanwhile.

    Whoever did that, be it in vain, is rather the deploy's writer than one who wrote a list, which is anybody's.
    """
    if best.anchored:
        return None
    low, high = best.start - script.span, best.end + script.span
    others = (
        lane
        for (writer, namespace, _), lane in calls.lanes.items()
        if writer != best.writer and namespace in script.written
    )
    return "lists" if any(low <= call.at <= high for lane in others for call in lane) else None


def _nowhere(script: Script, ranked: Sequence[Cluster], calls: Calls) -> str | None:
    """Why none of the places can be the deploy's, as far as account and window tell."""
    if len({calls.writers[one.writer]["account"] for one in ranked}) > 1:
        return "accounts"
    window = script.window
    if window is None or any(_gap(one, window) <= _BESIDE_WINDOW for one in ranked):
        return None
    return "zone" if window.given and any(half_hours(one, window) for one in ranked) else "window"


def _doubt(script: Script, ranked: Sequence[Cluster]) -> str | None:
    """Why the best place is not taken; None if it is."""
    best, window = ranked[0], script.window
    ends_so = script.end is not None and _by_end(script, best) == 0
    lead = LEAD if script.ticks is not None or ends_so else _LEAD_BY_ORDER
    alone = window is not None and _is_alone(best, ranked, window)
    why = None if alone else _own_doubt(script, ranked)
    if why is None and script.end_is_sure and _by_end(script, best) < 0:
        why = "end"
    if why is None and any(
        best.points - one.points < lead for one in _rivals(ranked, window if alone else None)
    ):
        why = "rivals"
    if why is None and window is not None and window.given and _is_elsewhere(script, ranked, window):
        why = "zone"
    return why


def _own_doubt(script: Script, ranked: Sequence[Cluster]) -> str | None:
    """What speaks against the best place, whatever the others are."""
    best = ranked[0]
    if script.window is None and not any(step.expected for step in script.steps):
        return "unfinished"
    if best.explained(script) < max(1, _MANY * best.missing(script)):
        return "partial"
    if not _is_clean(best, ranked, script):
        return "unclean"
    return "lists" if script.window is None and not best.anchored else None


def _is_clean(best: Cluster, ranked: Sequence[Cluster], script: Script) -> bool:
    """Whether nothing shows that the run is another's.

    Other writes of its writer may be of another stack that the same role deploys at that moment. Where the run is the
    only one and explains all, they show nothing if they are of lists, which stacks share, or if something tells the run
    from others of its stack: a component is created once, and a file's time is that of one run.
    """
    if best.strange or not best.extras:
        return not best.strange
    told = best.births > 0 or (script.end is not None and not _by_end(script, best))
    lone = len(ranked) == 1 and not best.missing(script)
    return lone and (told or best.extras == best.others_lists)


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
