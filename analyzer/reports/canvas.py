"""A page of text that rich lays out into a string: no terminal, no environment, no markup."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from analyzer.commands.words import plain
from analyzer.reports.clean import clean, no_command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType


class Canvas:
    """Collects a text report. All text given to it may come from an input: it is cleaned, and never markup.

    Args:
        width: columns; longer lines are folded, never cut.
        color: whether styles become ANSI sequences.
    """

    def __init__(self, *, width: int, color: bool) -> None:
        self.width = width
        self._file = StringIO()
        self._console = Console(
            file=self._file,
            width=width,
            force_terminal=color,
            color_system="standard" if color else None,
            no_color=not color,
            force_jupyter=False,
            force_interactive=False,
            legacy_windows=False,
            emoji=False,
            markup=False,
            highlight=False,
            _environ={},
        )

    def text(self) -> str:
        """What was drawn, without blanks at the ends of lines; a job that prints it obeys no line of it."""
        lines = self._file.getvalue().split("\n")
        return "\n".join(no_command(line.rstrip()) for line in lines)

    def line(self, text: str = "", style: str = "", *, indent: int = 0) -> None:
        """One paragraph, folded at the width."""
        self._draw(Padding(Text(clean(text), style=style, overflow="fold"), (0, 0, 0, indent)))

    def place(self, text: str, *, indent: int) -> None:
        """Where something can be seen, on a line of its own that is never broken: a terminal opens it at a click."""
        line = Text(" " * indent + clean(text), style="dim")
        self._console.print(line, soft_wrap=True, crop=False, overflow="ignore")

    def raw(self, text: str) -> None:
        """A command to copy: its own lines, neither folded nor indented nor cleaned.

        Raises:
            ValueError: it is none of `analyzer.commands` (a defect of this project).
        """
        self._file.write(plain(text) + "\n")

    def table(self, headers: Sequence[str], rows: Sequence[Sequence[str]], *, whole: int = 0) -> None:
        """Columns under headers. Cells fold, but not in the first `whole` columns, which hold short words."""
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        for number, header in enumerate(headers):
            longest = max(len(cells[number]) for cells in [headers, *rows])
            table.add_column(Text(header), overflow="fold", width=longest if number < whole else None)
        for row in rows:
            table.add_row(*(Text(clean(cell), overflow="fold") for cell in row))
        self._draw(table)

    def labelled(self, label: str, lines: Sequence[tuple[str, str]], *, indent: int, width: int) -> None:
        """A label, and beside it texts, each with the place where it can be seen on a line below it ("" for none)."""
        for number, (text, place) in enumerate(lines):
            grid = Table.grid(padding=(0, 1, 0, 0))
            grid.add_column(width=width, style="bold")
            grid.add_column(overflow="fold")
            grid.add_row(Text(label if number == 0 else ""), Text(clean(text), overflow="fold"))
            self._draw(Padding(grid, (0, 0, 0, indent)))
            if place:
                self.place(place, indent=indent + width + 1)

    def _draw(self, renderable: RenderableType) -> None:
        self._console.print(renderable)


def openable(place: str) -> str:
    """A path that ends at a blank, so that a terminal opens the file; behind it the id of the record."""
    path, mark, event = place.rpartition("#")
    return f"{path} #{event}" if mark else place
