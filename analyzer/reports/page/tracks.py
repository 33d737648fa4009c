"""The shapes of each row: the store's line, the bars beside it, the marks on it and next to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analyzer.reports.page.lanes import Bar, bars
from analyzer.reports.page.rows import ON_THE_LINE
from analyzer.reports.page.shapes import (
    FLAG,
    FOOT,
    LINE,
    RADIUS,
    READ,
    RING,
    SIDE,
    SIDE_LANE,
    SIDE_LANES,
    across,
    circle,
    cross,
    diamond,
    lane_x,
    path,
    segment,
    square,
    text,
)

if TYPE_CHECKING:
    from analyzer.reports.page.picture import Picture
    from analyzer.reports.page.rows import Row
    from analyzer.reports.page.shapes import Shape

_OVER: Final = 12  # that a bar goes beyond the mark of its first and last row
_MOST_SIDES: Final = 3  # lines to one taker; of more the first stands for all


def draw(picture: Picture) -> None:
    """Fills in the shapes of the rows, and how many lanes a phone shows."""
    found = bars(picture)
    picture.lanes = 1 + max((bar.lane for bar in found if bar.in_play), default=0)
    for each in found:
        _bar(each, picture.rows)
    _store(picture)
    _sides(picture)
    lanes = {bar.step.number: bar for bar in found}
    for row in picture.rows:
        bar = lanes.get(row.step.number) if row.step is not None else None
        row.shapes += [
            across(f"joint doubt dots l{lanes[step].lane}", lane_x(lanes[step].lane), LINE - 8, row.y)
            for step in row.fits
            if step in lanes
        ]
        _mark(row, bar)


def _bar(bar: Bar, rows: list[Row]) -> None:
    x = lane_x(bar.lane)
    for number in range(bar.first, bar.last + 1):
        row = rows[number]
        own = row.step is bar.step
        over = RADIUS + 8 if row.mark in ("ring", "query") else _OVER
        top: int | str = 0 if number > bar.first or not own else row.y - _OVER
        foot: int | str = FOOT if number < bar.last else row.y + over
        row.shapes.append(segment(f"bar {bar.look} l{bar.lane}", x, top, foot))
    if bar.ladder is not None:
        first, last = bar.ladder
        for number in range(first, last + 1):
            top = rows[number].y if number == first else 0
            foot = rows[number].y if number == last else FOOT
            rows[number].shapes += [
                segment(f"rails l{bar.lane}", x, top, foot),
                segment(f"rungs l{bar.lane}", x, top, foot),
            ]


def _store(picture: Picture) -> None:
    """The store's line: whole, but dotted where a record is missing; never broken for anything else."""
    rows = picture.rows
    on_line = [n for n, row in enumerate(rows) if row.mark in ON_THE_LINE]
    unclear_before = any(row.kind == "unclear" for row in rows[: on_line[0] if on_line else 0])
    style = "dotted" if unclear_before else "none"
    if not on_line:
        style = picture.tail
    end = next((n for n, row in enumerate(rows) if row.kind == "tail"), None)
    listing = _listing_after(picture, on_line[-1] if on_line else -1)
    for number, row in enumerate(rows):
        if row.kind == "untimed":
            continue
        if number not in on_line:
            last = number in (end, listing) and (not on_line or number > on_line[-1])
            row.shapes += _piece(style, 0, row.y if last else FOOT)
            if last:
                row.shapes += (
                    [across("cap", LINE - 9, LINE + 9, row.y)] if style == "whole" and end == number else []
                )
                style = "none"
            continue
        row.shapes += _piece(style, 0, row.y)
        style = _below(picture, number, on_line, listing)
        row.shapes += _piece(style, row.y, FOOT)


def _below(picture: Picture, number: int, on_line: list[int], listing: int | None) -> str:
    later = [n for n in on_line if n > number]
    if later:
        return "whole" if picture.rows[later[0]].linked else "dotted"
    return picture.tail if picture.tail != "none" or listing is None else "whole"


def _listing_after(picture: Picture, last: int) -> int | None:
    """The row of a listing below the last change that bears its ETag: nothing was written in between."""
    if last < 0:
        return None
    call = picture.rows[last].call
    return next(
        (
            number
            for number, row in enumerate(picture.rows)
            if number > last and row.kind == "listing" and call is not None and row.event == call.after
        ),
        None,
    )


def _piece(style: str, top: int | str, foot: int | str) -> list[Shape]:
    return [] if style == "none" else [segment("store" if style == "whole" else "store gap", LINE, top, foot)]


def _sides(picture: Picture) -> None:
    """From where a write landed to where it was taken away: beside the store's line, with a cross at its end.

    A line that begins where another one ends, or runs beside it, stands further to the right.
    """
    places = {
        row.event: number for number, row in enumerate(picture.rows) if row.event and row.kind == "write"
    }
    by_taker: dict[int, set[int]] = {}
    for item in picture.items:
        if item.taker in places and item.event in places:
            by_taker.setdefault(places[item.taker], set()).add(places[item.event])
    lanes: list[int] = []
    for taker, starts in sorted(by_taker.items()):
        first = min(starts)
        lane = next((n for n, end in enumerate(lanes) if end < first), len(lanes))
        lanes[lane : lane + 1] = [taker]
        x = SIDE + SIDE_LANE * min(lane, SIDE_LANES - 1)
        for start in sorted(starts if len(starts) <= _MOST_SIDES else {first}):
            _side(picture.rows, start, taker, x)
        row = picture.rows[taker]
        row.shapes += [across("side", LINE + 12, x, row.y), cross("taken", x, row.y, 7)]


def _side(rows: list[Row], start: int, end: int, x: int) -> None:
    for number in range(start, end + 1):
        row = rows[number]
        if number == start:
            row.shapes.append(across("side", LINE + 9, x, row.y))
        row.shapes.append(
            segment("side", x, row.y if number == start else 0, row.y if number == end else FOOT)
        )


def _mark(row: Row, bar: Bar | None) -> None:
    if bar is not None and row.mark:
        row.shapes += _joint(row, bar)
    y = row.y
    match row.mark:
        case "step":
            row.shapes.append(circle("mark ok", LINE, y, 9))
        case "other":
            row.shapes.append(square("mark other", LINE, y, 16))
        case "pill":
            row.shapes.append(
                path("pill", f"M{LINE - 14} {y - 12}h28a12 12 0 0 1 0 24h-28a12 12 0 0 1 0 -24Z")
            )
            row.shapes.append(text("pill-number", LINE, y + 5))
        case "read":
            row.shapes.append(diamond("read", READ, y, 6))
        case "ring":
            row.shapes.append(circle("hole", RING, y, RADIUS))
        case "query":
            row.shapes += [circle("query", RING, y, RADIUS), text("query-sign", RING, y + 7)]
        case "refused" | "retried":
            look = "refused" if row.mark == "refused" else "retried"
            row.shapes += [square(look, RING, y, 20), cross(f"{look}-cross", RING, y, 5)]
        case "flag":
            row.shapes.append(path("flag", f"M{FLAG} {y + 10}v-20h14l-4 5l4 5h-14"))


def _joint(row: Row, bar: Bar) -> list[Shape]:
    """The line from the step's bar to its mark: dotted to a read, dashed to what did not come."""
    x = lane_x(bar.lane)
    look, end = {
        "step": ("joint", LINE),
        "read": ("joint dots", READ - 6),
        "ring": ("joint bad dashes", RING - RADIUS),
        "query": ("joint doubt dots", RING - RADIUS),
        "refused": ("joint bad", RING - 10),
        "retried": ("joint grey", RING - 10),
    }.get(row.mark, ("", 0))
    return [across(f"{look} l{bar.lane}", x, end, row.y)] if look else []
