"""The bars of the steps beside the store's line, and the lanes in which they stand so that none hides another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.reports.page.items import Item
    from analyzer.reports.page.picture import Picture
    from analyzer.reports.page.rows import Row
    from analyzer.reports.page.steps import Step

_LANES: Final = 4


@dataclass(slots=True, eq=False)
class Bar:
    """The time of one step.

    Attributes:
        step: it.
        first: the row in which it begins.
        last: the row in which it ends.
        look: ok, bad (nothing came of it) or doubt.
        lane: 0 is nearest to the store.
        ladder: the rows between which the step held a copy that was old when it wrote it back.
        in_play: a write that is not in place touches it.
    """

    step: Step
    first: int
    last: int
    look: str = "ok"
    lane: int = 0
    ladder: tuple[int, int] | None = None
    in_play: bool = False


def bars(picture: Picture) -> list[Bar]:
    """A bar for each step that is joined to the trail, in its lane."""
    found: dict[int, Bar] = {}
    for number, row in enumerate(picture.rows):
        if row.step is None or not row.step.joined:
            continue
        bar = found.setdefault(row.step.number, Bar(row.step, number, number))
        bar.last = number
    for bar in found.values():
        _stretch(bar, picture)
    of_takers = {
        row.step.number: item
        for row in picture.rows
        if row.step is not None
        for item in row.anchors
        if item.taker
    }
    for bar in found.values():
        taken = of_takers.get(bar.step.number)
        bar.in_play = taken is not None or any(item.operation == bar.step.number for item in picture.items)
        if taken is not None and taken.cause == "lost_update":
            bar.ladder = _ladder(bar, picture.rows, taken)
    return _in_lanes(sorted(found.values(), key=lambda bar: (bar.first, bar.last)))


def _stretch(bar: Bar, picture: Picture) -> None:
    """Of a step that came to nothing the bar begins with the first row of its time, and its look says so."""
    own = [row for row in picture.rows[bar.first : bar.last + 1] if row.step is bar.step]
    came = any(row.mark == "step" for row in own)
    for row in own:
        if row.kind == "absent" or (row.mark == "refused" and not came):
            bar.look = "bad"
        elif row.kind == "unclear" and bar.look == "ok":
            bar.look = "doubt"
    if bar.look == "ok" or bar.step.begin is None:
        return
    earlier = [
        number
        for number, row in enumerate(picture.rows[: bar.first])
        if row.at is not None and row.at >= bar.step.begin and row.kind not in ("link", "idle")
    ]
    bar.first = min([*earlier, bar.first])


def _ladder(bar: Bar, rows: Sequence[Row], item: Item) -> tuple[int, int] | None:
    """From its last read before the write to that write."""
    write = next((n for n in range(bar.first, bar.last + 1) if item in rows[n].anchors), None)
    if write is None:
        return None
    reads = [n for n in range(bar.first, write) if rows[n].kind == "read" and rows[n].step is bar.step]
    return (reads[-1], write) if reads else None


def _in_lanes(found: list[Bar]) -> list[Bar]:
    """The bars, each in the first lane that is free; of too many only those in play."""
    placed = _place(found)
    if max((bar.lane for bar in placed), default=0) >= _LANES:
        placed = _place([bar for bar in found if bar.in_play])
    return [bar for bar in placed if bar.lane < _LANES]


def _place(found: Sequence[Bar]) -> list[Bar]:
    placed: list[Bar] = []
    for bar in found:
        taken = {other.lane for other in placed if _overlap(bar, other)}
        bar.lane = next(lane for lane in range(len(placed) + 1) if lane not in taken)
        placed.append(bar)
    return placed


def _overlap(one: Bar, other: Bar) -> bool:
    """Whether both ran at one time, or share a row. Whole seconds that merely touch are no overlap."""
    if one.first <= other.last and other.first <= one.last:
        return True
    a, b = one.step, other.step
    if a.begin is None or a.finish is None or b.begin is None or b.finish is None:
        return False
    return a.begin < b.finish and b.begin < a.finish
