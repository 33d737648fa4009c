"""The chart by month of the deploy, as shapes, and the same numbers as a table.

A bar is the deploys that lost a write: those still open solid at the foot, those perhaps put right above with a dashed
edge, the healed ones hollow on top. Newer months had less time to be healed, so below each month stands the share that
was healed within 7 days, which is fair, or a dash while these are not over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl

from analyzer.audit.reports.page.section import Cell, Head, Section
from analyzer.audit.reports.page.words import UNKNOWN, number, share

if TYPE_CHECKING:
    from collections.abc import Sequence

_DRAWN: Final = 60  # months
_PAPER: Final = 18  # of these that fit on paper
_TABLED: Final = 240
_GAP: Final = 12  # months without a deploy that are drawn; a longer time is cut
_FEW: Final = 20  # judged deploys under which a share says nothing
_LEFT: Final = 118
_COLUMN: Final = 52
_BAR: Final = 34
_TOP: Final = 22
_PLOT: Final = 160
_LINE: Final = 20  # pixels between lines of text
_ROWS: Final = ("month", "deploys", "in doubt", "still open", "healed in 7 days")
_NAMES: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_STEPS: Final = (1, 2, 5)
_LINES: Final = 4  # of the grid, at most
_WEEK: Final = timedelta(days=7)
_YEARS: Final = (1, 9999)


class Shape(NamedTuple):
    """An element of SVG: `look` is its class, `geometry` its attributes, `text` what it says."""

    tag: str
    look: str
    geometry: tuple[tuple[str, float], ...]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """The picture, what is said about it, and its numbers.

    Attributes:
        left: pixels of the axis, which stays in sight where the rest is scrolled.
        width: pixels of the rest.
        height: pixels.
        axis: shapes of the axis, and what the lines below are.
        shapes: of the rest, in the order of drawing.
        words: sentences above it.
        long: it is too wide for paper, which has the table.
        maybe: some bars have a part with a dashed edge.
        table: the same numbers.
    """

    left: int
    width: int
    height: int
    axis: Sequence[Shape]
    shapes: Sequence[Shape]
    words: Sequence[str]
    long: bool
    maybe: bool
    table: Section


def chart(trend: pl.DataFrame, now: datetime | None) -> Chart:
    """The chart of the months of TREND.

    Args:
        trend: TREND.
        now: until when it is known what became of a write; None: nobody knows.
    """
    known = trend.filter(pl.col("by") == "month").sort("name", nulls_last=True)
    months: list[dict[str, Any]] = [
        row for row in known.iter_rows(named=True) if _count(row["name"]) is not None
    ]
    filled = _filled(months)
    drawn = filled[-_DRAWN:]
    per_100 = _uneven(months)
    axis, shapes = _grid(drawn, per_100=per_100)
    for place, month in enumerate(drawn):
        shapes += _month(month, place, _most(drawn, per_100=per_100), now, per_100=per_100)
    return Chart(
        left=_LEFT,
        width=_COLUMN * len(drawn) + 8,
        height=_TOP + _PLOT + _LINE * len(_ROWS) + 8,
        axis=axis,
        shapes=shapes,
        words=_words(months, len(filled) - len(drawn), per_100=per_100)
        if months
        else ["No deploy has a time."],
        long=len(drawn) > _PAPER,
        maybe=any(month["maybe"] for month in drawn),
        table=_table(list(known.iter_rows(named=True)), now),
    )


def _count(name: str | None) -> int | None:
    """The month `2025-03` as a number, one more for the next; None for what is no month."""
    year, _, month = (name or "").partition("-")
    if not (year.isascii() and year.isdigit() and month.isascii() and month.isdigit()):
        return None
    inside = _YEARS[0] <= int(year) <= _YEARS[1] and 1 <= int(month) <= len(_NAMES)
    return int(year) * len(_NAMES) + int(month) - 1 if inside else None


def _filled(months: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """`months` with those between them that had no deploy; a long time without one is one column."""
    found: list[dict[str, Any]] = []
    before: int | None = None
    for month in months:
        at = _count(month["name"]) or 0
        between = range(before + 1, at) if before is not None else range(0)
        names = [f"{n // 12:04}-{n % 12 + 1:02}" for n in between] if len(between) <= _GAP else [""]
        found += [dict.fromkeys(month, 0) | {"name": name, "week_share": None} for name in names]
        found.append(month)
        before = at
    return found


def _uneven(months: list[dict[str, Any]]) -> bool:
    """Whether the deploys per month differ over twofold, so that counts would mislead; months of few do not count."""
    deploys = [month["deploys"] for month in months if month["judged"] >= _FEW]
    return bool(deploys) and max(deploys) > 2 * min(deploys)


def _value(month: dict[str, Any], part: str, *, per_100: bool) -> float:
    """What is drawn of a month; of few deploys no share."""
    count = float(month[part])
    if not per_100:
        return count
    return 100 * count / month["judged"] if month["judged"] >= _FEW else 0.0


def _most(drawn: list[dict[str, Any]], *, per_100: bool) -> float:
    """What the height of the chart stands for."""
    most = max((_value(month, "lost", per_100=per_100) for month in drawn), default=0.0)
    step = _step(most)
    return max(-(-most // step) * step, step)


def _step(most: float) -> float:
    """Between two lines of the grid: 1, 2 or 5 of some power of ten."""
    power = 0.1 if most < 1 else 1.0
    while True:
        for step in _STEPS:
            if most <= _LINES * step * power:
                return step * power
        power *= 10


def _grid(drawn: list[dict[str, Any]], *, per_100: bool) -> tuple[list[Shape], list[Shape]]:
    """The axis with its numbers and the names of the lines below; and the lines of the grid."""
    most = _most(drawn, per_100=per_100)
    step = _step(max((_value(month, "lost", per_100=per_100) for month in drawn), default=0.0))
    axis, shapes = [], []
    for line in range(round(most / step) + 1):
        y = round(_TOP + _PLOT * (1 - line * step / most), 1)
        look = "grid" if line else "foot"
        shapes.append(Shape("line", look, (("x1", 0), ("x2", _COLUMN * len(drawn)), ("y1", y), ("y2", y))))
        label = f"{line * step:g}" if line else "0"
        axis.append(Shape("text", "axis end", (("x", _LEFT - 8), ("y", y + 4)), label))
    for row, name in enumerate(_ROWS):
        axis.append(Shape("text", "axis end", (("x", _LEFT - 8), ("y", _below(row))), name))
    return axis, shapes


def _below(row: int) -> int:
    return _TOP + _PLOT + _LINE * (row + 1)


def _month(
    month: dict[str, Any], place: int, most: float, now: datetime | None, *, per_100: bool
) -> list[Shape]:
    """A column: its bar, the number on top, and the lines below."""
    left = place * _COLUMN + (_COLUMN - _BAR) // 2
    middle = left + _BAR // 2
    if not month["name"]:
        return [Shape("text", "said", (("x", middle), ("y", _below(0))), "…")]
    shapes: list[Shape] = []
    y = float(_TOP + _PLOT)
    for part, look in (("open", "open"), ("maybe", "maybe"), ("healed", "healed")):
        value = _value(month, part, per_100=per_100)
        if value > 0:
            height = max(value / most * _PLOT, 2.0)
            y -= height
            inset = 0 if look == "open" else 1  # an edge lies half outside
            geometry = (("x", left + inset), ("y", round(y + inset, 1)), ("width", _BAR - 2 * inset))
            shapes.append(Shape("rect", look, (*geometry, ("height", round(max(height - 2 * inset, 1), 1)))))
    if month["lost"]:
        shapes.append(
            Shape("text", "said", (("x", middle), ("y", round(y - 6, 1))), _on_top(month, per_100=per_100))
        )
    year, _, number_of = month["name"].partition("-")
    name = _NAMES[int(number_of) - 1]
    texts = (
        f"{name} {year[2:]}" if place == 0 or number_of == "01" else name,
        number(month["deploys"]),
        number(month["doubt"]),
        number(month["open"]),
        week(month, now),
    )
    for row, text in enumerate(texts):
        shapes.append(
            Shape("text", "said" if row else "said name", (("x", middle), ("y", _below(row))), text)
        )
    return shapes


def _on_top(month: dict[str, Any], *, per_100: bool) -> str:
    if not per_100:
        return number(month["lost"])
    if month["judged"] < _FEW:
        return f"{month['lost']} of {month['judged']}"
    return share(_value(month, "lost", per_100=True))


def week(month: dict[str, Any], now: datetime | None) -> str:
    """The share healed within 7 days; an en dash while the 7 days of its last deploys are not over."""
    at = _count(month["name"])
    if month["week_share"] is None or at is None or now is None or at + 1 >= (_YEARS[1] * 12 + 11):
        return UNKNOWN
    end = datetime((at + 1) // 12, (at + 1) % 12 + 1, 1, tzinfo=UTC)
    return f"{100 * month['week_share']:.0f} %" if end + _WEEK <= now else UNKNOWN


def _words(months: list[dict[str, Any]], left: int, *, per_100: bool) -> list[str]:
    told = []
    if per_100:
        told.append(
            "The deploys per month differ over twofold, so the bars are per 100 deploys that could be judged."
        )
        if any(0 < month["judged"] < _FEW for month in months):
            told.append(f"A month with fewer than {_FEW} of them has no bar, only its numbers.")
    told.append("Newer months have had less time to be healed: compare the last line, healed within 7 days.")
    if left > 0:
        told.append(f"{left} older months are in the table alone.")
    return told


def _table(months: list[dict[str, Any]], now: datetime | None) -> Section:
    lines = [
        [
            Cell(month["name"] or "not known", look="kept"),
            *(Cell(number(month[name]), look=look) for name, look in _TABLE),
            Cell(UNKNOWN if month["in_1000"] is None else share(month["in_1000"] / 10), look="number"),
            Cell(week(month, now), look="number"),
        ]
        for month in reversed(months[-_TABLED:])
    ]
    heads = [
        Head("Month"),
        Head("Deploys", "number"),
        Head("Judged", "number wide"),
        Head("In doubt", "number wide"),
        Head("With a loss", "number"),
        Head("Open", "number"),
        Head("Perhaps put right", "number wide"),
        Head("Healed", "number wide"),
        Head("In 100", "number"),
        Head("Healed in 7 days", "number"),
    ]
    after = [f"{len(months) - _TABLED} older months are left out."] if len(months) > _TABLED else []
    return Section("by-month", "The same as a table", [], heads, lines, after, folded=True)


_TABLE: Final = (
    ("deploys", "number"),
    ("judged", "number wide"),
    ("doubt", "number wide"),
    ("lost", "number"),
    ("open", "number"),
    ("maybe", "number wide"),
    ("healed", "number wide"),
)
