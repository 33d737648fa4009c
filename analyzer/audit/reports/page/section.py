"""A section of the index: sentences, a table whose cells are texts, links or bars, and sentences below."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH: Final = 200
"""Pixels of the longest bar."""


class Head(NamedTuple):
    """A column: its name, and its looks: `number` (right-aligned), `wide` (not on a phone), `bar` (no name seen)."""

    text: str
    look: str = ""


class Cell(NamedTuple):
    """A text; `link` is one of our pages, `look` one of: number, wide, bad, doubt, strong."""

    text: str
    link: str = ""
    look: str = ""


class Piece(NamedTuple):
    """A part of a bar in pixels; `look` is open (solid), maybe (dashed edge), healed (hollow), plain."""

    x: float
    width: float
    look: str


class Bar(NamedTuple):
    """A bar, and the interval that its end may lie in."""

    pieces: tuple[Piece, ...]
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """What the template shows under one heading.

    Attributes:
        name: of its place on the page.
        title: its heading.
        words: sentences above the table.
        heads: the columns.
        lines: the rows; empty: there is no table.
        after: sentences below.
        folded: it is closed until somebody opens it.
        half: it may stand beside the next one.
    """

    name: str
    title: str
    words: Sequence[str] = ()
    heads: Sequence[Head] = ()
    lines: Sequence[Sequence[Cell | Bar]] = ()
    after: Sequence[str] = field(default=())
    folded: bool = False
    half: bool = False


def bar(parts: Sequence[tuple[float, str]], most: float) -> Bar:
    """A bar of several parts; one of `most` has the whole width, and a part that is there is always seen.

    Args:
        parts: how much, and its look, from the left.
        most: the largest sum of the bars that are compared.
    """
    pieces: list[Piece] = []
    x = 0.0
    for value, look in parts:
        if value <= 0 or most <= 0:
            continue
        width = round(max(value / most * WIDTH, 3), 1)
        pieces.append(Piece(round(x, 1), width, look))
        x += width
    return Bar(tuple(pieces))


def cut(
    lines: Sequence[Sequence[Cell | Bar]], limit: int, what: str
) -> tuple[list[Sequence[Cell | Bar]], list[str]]:
    """The first `limit` lines, and a sentence on how many are left out."""
    left = len(lines) - limit
    return list(lines[:limit]), [
        f"{left:,} more {what} are not shown; the catalogue has all."
    ] if left > 0 else []
