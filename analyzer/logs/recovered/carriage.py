"""Lines that end in a carriage return alone, as old editors and some pastes write them.

A terminal would print each over the one before, and a log of one line would be left. So a text is taken for such a one
only where it has next to no other line end: a progress bar stands among whole lines.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from analyzer.logs.recovered.text import Text

_LINES: Final = 3  # with another end
_LEAST: Final = 5  # carriage returns


def parts(lines: pl.Series) -> bool:
    """Whether `lines` are few, with many lines in them."""
    return len(lines) <= _LINES and int(_ended(lines).str.count_matches("\r", literal=True).sum()) >= _LEAST


def lines_of(lines: pl.Series) -> pl.Series:
    """The lines that end in either way."""
    return _ended(lines).str.split("\r").explode()


def parted(text: Text) -> Text:
    """`text` with its lines as `lines_of` gives them: each has the number of the line that held it."""
    table = pl.DataFrame({"line": text.numbers, "text": _ended(text.lines).str.split("\r")})
    if text.times is not None:
        table = table.with_columns(at=text.times)
    table = table.explode("text")
    times = None if text.times is None else table["at"]
    return replace(text, lines=table["text"], numbers=table["line"], times=times)


def _ended(lines: pl.Series) -> pl.Series:
    return lines.str.strip_chars_end("\r")
