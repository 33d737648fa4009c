"""The strip: the whole time of a picture to scale, because its rows are not; with a numbered link at each item."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from analyzer.reports.page.moments import moment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import polars as pl

    from analyzer.reports.page.items import Item
    from analyzer.reports.page.picture import Picture

WIDTH: Final = 1000  # units of the drawing, stretched to what room there is
_TICKS: Final = 600
_APART: Final = timedelta(minutes=30)
_MOST: Final = 6
_LAST_SLOT: Final = 98


@dataclass(frozen=True, slots=True)
class Pin:
    """A numbered link: `slot` is its place in hundredths of the width, `narrow` that on a phone, by classes.

    `look` is bad or doubt.
    """

    number: int
    words: str
    slot: int
    narrow: int = 0
    look: str = "bad"


@dataclass(frozen=True, slots=True)
class Part:
    """One stretch of time: x from 0 to WIDTH.

    Attributes:
        blocks: of the steps: x, width, look.
        ticks: of the writes: x.
        pins: of the items.
        begin: when it begins.
        end: when it ends.
    """

    blocks: list[tuple[int, int, str]]
    ticks: list[int]
    pins: list[Pin]
    begin: str
    end: str


@dataclass(frozen=True, slots=True)
class Strip:
    """One part for each deploy that is far from the next."""

    parts: list[Part]


def strip(picture: Picture) -> Strip | None:
    """The strip of a picture; None where nothing in it has a time."""
    times = picture.drawn["at"].drop_nulls()
    if times.is_empty():
        return None
    stretches = _stretches(times.to_list(), picture)
    return Strip([_part(picture, times, low, high) for low, high in stretches[:_MOST]])


def _stretches(times: Sequence[datetime], picture: Picture) -> list[tuple[datetime, datetime]]:
    """Where the steps ran, with half a minute on each side; those far apart for themselves."""
    spans = sorted((begin, finish) for _, begin, finish in picture.spans.iter_rows())
    if not spans:
        return [(min(times), max(times))]
    merged = [spans[0]]
    for low, high in spans[1:]:
        if low - merged[-1][1] > _APART:
            merged.append((low, high))
        else:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
    return merged


def _part(picture: Picture, times: pl.Series, low: datetime, high: datetime) -> Part:
    inside = times.filter(times.is_between(low - _APART / 60, high + _APART / 60))
    ends = [low, high, *inside.to_list()]
    low, high = min(ends), max(ends)
    whole = max((high - low).total_seconds(), 1.0)

    def x(at: datetime) -> int:
        return round(20 + (WIDTH - 40) * min(max((at - low).total_seconds() / whole, 0), 1))

    blocks = []
    told = [*picture.items, *picture.left]
    looks = {item.operation: "doubt" for item in told if item.doubtful}
    looks |= {item.operation: "bad" for item in told if not item.doubtful}
    for operation, begin, finish in picture.spans.iter_rows():
        if begin <= high and finish >= low:
            blocks.append((x(begin), max(x(finish) - x(begin), 3), looks.get(operation, "ok")))
    ticks = [x(at) for at in inside]
    if len(ticks) > _TICKS:
        ticks = sorted({tick // 4 * 4 for tick in ticks})
    shown = [
        (item, when) for item in picture.items if item.number and (when := _when(item, low, high)) is not None
    ]
    wanted = [
        Pin(
            item.number,
            _words(item),
            round(x(when) / WIDTH * 50) * 2,
            look="doubt" if item.doubtful else "bad",
        )
        for item, when in shown
    ]
    pins = [
        replace(wide, narrow=narrow.slot)
        for wide, narrow in zip(_apart(wanted, 4, 2), _apart(wanted, 8, 4), strict=True)
    ]
    return Part(sorted(set(blocks)), sorted(set(ticks)), pins, moment(low, None), moment(high, low))


def _when(item: Item, low: datetime, high: datetime) -> datetime | None:
    """When it was taken away, or else when it shows; None where neither is in the stretch."""
    times = [at for at in (item.taken_at, item.at) if at is not None and low <= at <= high]
    return times[0] if times else None


def _words(item: Item) -> str:
    if item.verdict == "lost":
        return f"To where write {item.number} was taken away"
    return f"To {'missing write' if item.absent else 'write'} {item.number}"


def _apart(pins: Sequence[Pin], step: int, grid: int) -> list[Pin]:
    """No two pins nearer than `step`, all on `grid`: a later one moves to the right, those at the end to the left."""
    placed: list[Pin] = []
    for pin in sorted(pins, key=lambda pin: (pin.slot, pin.number)):
        slot = pin.slot // grid * grid
        placed.append(replace(pin, slot=max(slot, placed[-1].slot + step if placed else 0)))
    last = _LAST_SLOT // grid * grid
    over = max((placed[-1].slot - last) if placed else 0, 0)
    return [replace(pin, slot=max(pin.slot - over, 0)) for pin in placed]
