"""The shapes of the picture: lines and marks with their geometry as attributes and their look as a class.

All x are pixels of a column of 170; y are pixels from the top of a row, or `100%` for its foot.
"""

from __future__ import annotations

from typing import Final, NamedTuple

LINE: Final = 124  # x of the store's line
READ: Final = 108  # of reads, beside it
RING: Final = 94  # of what did not come, left of it and not touching it
SIDE: Final = 148  # of the line from where a write landed to where it was taken away
SIDE_LANE: Final = 10  # between two such lines
SIDE_LANES: Final = 2
FLAG: Final = 130
_BAR: Final = 66  # of the first lane
_LANE: Final = 18  # between two lanes
FOOT: Final = "100%"
RADIUS: Final = 16


class Shape(NamedTuple):
    """One element of SVG: its tag, its class, its attributes."""

    tag: str
    look: str
    geometry: tuple[tuple[str, str], ...]


def lane_x(lane: int) -> int:
    """Where the bars of a lane stand: 0 is nearest to the store."""
    return _BAR - _LANE * lane


def segment(look: str, x: int, y1: int | str, y2: int | str) -> Shape:
    """A line that goes down."""
    return Shape("line", look, (("x1", str(x)), ("x2", str(x)), ("y1", str(y1)), ("y2", str(y2))))


def across(look: str, x1: int, x2: int, y: int) -> Shape:
    """A line to the right."""
    return Shape("line", look, (("x1", str(x1)), ("x2", str(x2)), ("y1", str(y)), ("y2", str(y))))


def circle(look: str, x: int, y: int, radius: int) -> Shape:
    """A circle around x and y."""
    return Shape("circle", look, (("cx", str(x)), ("cy", str(y)), ("r", str(radius))))


def square(look: str, x: int, y: int, side: int) -> Shape:
    """A square around x and y."""
    half = side // 2
    return Shape(
        "rect",
        look,
        (("x", str(x - half)), ("y", str(y - half)), ("width", str(side)), ("height", str(side))),
    )


def path(look: str, steps: str) -> Shape:
    """Any other form."""
    return Shape("path", look, (("d", steps),))


def diamond(look: str, x: int, y: int, half: int) -> Shape:
    """A square that stands on its corner."""
    return path(look, f"M{x} {y - half}L{x + half} {y}L{x} {y + half}L{x - half} {y}Z")


def cross(look: str, x: int, y: int, half: int) -> Shape:
    """An x."""
    return path(
        look, f"M{x - half} {y - half}L{x + half} {y + half}M{x + half} {y - half}L{x - half} {y + half}"
    )


def text(look: str, x: int, y: int) -> Shape:
    """The place of a text, which the template fills in."""
    return Shape("text", look, (("x", str(x)), ("y", str(y))))
