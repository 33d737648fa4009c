"""A page of text, laid out into a string: no terminal, no environment, no markup.

Of rich only the widths of characters are used: its console takes a twentieth of a second to load, and a tenth of a
millisecond for each line.
"""

from __future__ import annotations

import re
from itertools import zip_longest
from sys import maxsize
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len

from analyzer.commands.words import plain
from analyzer.reports.clean import clean, no_command

if TYPE_CHECKING:
    from collections.abc import Sequence

WHOLE: Final = "-v shows all, and --format json has all"
"""What is said of the rows of a list that are not shown."""

_COLUMNS = 80  # a narrower page has no room for columns
_BETWEEN = 2  # blanks between columns
_WORD = re.compile(r"\S+\s*|\s+")
_CODES: Final = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33"}
"""Of styles, as a terminal is told them (ECMA-48, SGR)."""


class Canvas:
    """Collects a text report. All text given to it may come from an input: it is cleaned, and never markup.

    Args:
        width: columns; longer lines are wrapped at blanks, never cut, and no word is broken.
        color: whether styles become ANSI sequences.
        unlimited: whether long lists are shown whole.
    """

    def __init__(self, *, width: int, color: bool, unlimited: bool = False) -> None:
        self.width = width
        self._unlimited = unlimited
        self._color = color
        self._lines: list[str] = []

    def text(self) -> str:
        """What was drawn, without blanks at the ends of lines; a job that prints it obeys no line of it."""
        return "".join(no_command(line.rstrip()) + "\n" for line in self._lines)

    def most(self, limit: int) -> int:
        """How many rows of a long list are shown: `limit`, or all."""
        return maxsize if self._unlimited else limit

    def line(self, text: str = "", style: str = "", *, indent: int = 0) -> None:
        """One paragraph, wrapped at blanks; a word that is longer than the line stays whole."""
        for line in wrapped(clean(text), self.width - indent):
            self._lines.append(" " * indent + self._styled(line, style))

    def place(self, text: str, *, indent: int) -> None:
        """Where something can be seen, on a line of its own that is never broken: a terminal opens it at a click."""
        self._lines.append(" " * indent + self._styled(clean(text), "dim"))

    def raw(self, text: str) -> None:
        """A command to copy: its own lines, neither wrapped nor indented nor cleaned.

        Raises:
            ValueError: it is none of `analyzer.commands` (a defect of this project).
        """
        self._lines.extend(plain(text).split("\n"))

    def table(self, headers: Sequence[str], rows: Sequence[Sequence[str]], *, whole: int = 0) -> None:
        """Columns under headers, or a block a row where the page is too narrow for columns of whole words.

        Args:
            headers: of the columns.
            rows: a text for each header.
            whole: the first columns, which hold short words and are not wrapped.
        """
        cells = [[clean(cell) for cell in row] for row in rows]
        widths = None if self.width < _COLUMNS else column_widths([headers, *cells], self.width, whole)
        if widths is None:
            self._stacked(headers, cells)
            return
        self._columns(headers, widths, "bold")
        for row in cells:
            self._columns(row, widths)

    def labelled(self, label: str, lines: Sequence[tuple[str, str]], *, indent: int, width: int) -> None:
        """A label, and beside it texts, each with the place where it can be seen on a line below it ("" for none)."""
        beside = indent + width + 1
        head = " " * indent + self._styled(label.ljust(width + 1), "bold")
        for text, place in lines:
            for line in wrapped(clean(text), self.width - beside):
                self._lines.append(head + line)
                head = " " * beside
            if place:
                self.place(place, indent=beside)

    def _stacked(self, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        width = max(map(len, headers), default=0)
        for number, row in enumerate(rows):
            if number:
                self.line()
            for header, cell in zip(headers, row, strict=True):
                self.labelled(header, [(cell, "")], indent=0, width=width)

    def _columns(self, cells: Sequence[str], widths: Sequence[int], style: str = "") -> None:
        """One row of a table: each cell wrapped to the width of its column."""
        wide = [wrapped(cell, width) for cell, width in zip(cells, widths, strict=True)]
        for pieces in zip_longest(*wide, fillvalue=""):
            padded = (
                self._styled(text, style) + " " * (width - cell_len(text))
                for text, width in zip(map(str.rstrip, pieces), widths, strict=True)
            )
            self._lines.append((" " * _BETWEEN).join(padded))

    def _styled(self, text: str, style: str) -> str:
        """`text` in a style: words of `_CODES` with blanks between them."""
        if not (self._color and style and text):
            return text
        return f"\x1b[{';'.join(_CODES[word] for word in style.split())}m{text}\x1b[0m"


def wrapped(text: str, width: int) -> list[str]:
    """The lines of a paragraph, broken at blanks alone; a word that is wider than the line has one of its own."""
    lines = [""]
    for word in _WORD.findall(text):
        if lines[-1].strip() and cell_len((lines[-1] + word).rstrip()) > width:
            lines.append("")
        lines[-1] += word
    return lines


def column_widths(rows: Sequence[Sequence[str]], width: int, whole: int) -> list[int] | None:
    """How wide each column is, so that all fit and no word is broken; None where that is impossible.

    Args:
        rows: the headers and all cells.
        width: of the page.
        whole: the first columns, whose cells are not wrapped.
    """
    columns = list(zip(*rows, strict=True))
    widths = [max(map(cell_len, column)) for column in columns]
    words = [
        max((cell_len(word) for cell in column for word in cell.split()), default=1) for column in columns
    ]
    least = [*widths[:whole], *words[whole:]]
    room = width - _BETWEEN * (len(columns) - 1)
    if sum(least) > room:
        return None
    while sum(widths) > room:
        widest = max(range(len(widths)), key=lambda number: widths[number] - least[number])
        widths[widest] -= 1
    return widths


def openable(place: str) -> str:
    """A path that ends at a blank, so that a terminal opens the file; behind it the id of the record."""
    path, mark, event = place.rpartition("#")
    return f"{path} #{event}" if mark else place
