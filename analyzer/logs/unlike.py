"""What the lines of a log look like of which nothing was understood, and what to do: one sentence.

`LOOKS` is the one place for such descriptions. Each takes the first lines of the log and says what they are, or None
where they are not that; the first that says something counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.logs.text.clean import plain
from analyzer.prefixes.anchors import OPENER, ROW, anchors

if TYPE_CHECKING:
    from analyzer.sources.source import Source

Look = Callable[[Sequence[str]], str | None]
"""What lines look like and what to do, as the end of a sentence; None: they do not look so."""

_BYTES: Final = 1 << 18  # of the log that are looked at
_LINES: Final = 2_000
_MOST: Final = 0.5
_FEW: Final = 2  # anchors: a text may quote them
# What SST's terminal and Pulumi print, wherever it begins in a line.
_INSIDE: Final = re.compile(
    r"\|  (?:Created|Updated|Deleted|Imported|Refreshed|Error) +\S|SST \S{1,40} +ready!|[✓✕]  [A-Z]"
    r"|[+~<>=-] {1,3}\w[\w-]{0,40}:[\w./-]{1,99}:\w{1,99} \S|(?:Updating|Destroying|Refreshing) \([^)]{1,99}\)"
)
UNDERSTOOD: Final = "no line of it was understood"
"""How the sentence begins; what reading it found, or else `how_it_looks`, is its end."""


def how_it_looks(source: Source) -> str:
    """Why nothing of a log was understood, by its first lines.

    Raises:
        InputError: the source cannot be opened.
    """
    lines = _first_lines(source)
    return next(filter(None, (look(lines) for look in LOOKS)), _OTHER)


def hides_more(source: Source, understood: int) -> bool:
    """Whether more different headers and rows stand behind something in the lines than lines were understood.

    Raises:
        InputError: the source cannot be opened.
    """
    lines = plain(pl.Series(_first_lines(source), dtype=pl.String), b"\x1b<{%\t")
    found = anchors(lines).filter(pl.col("kind").is_in([OPENER, ROW]))
    if (found["start"] == 0).any():
        return False
    return found["text"].n_unique() > max(understood, _FEW)


def _first_lines(source: Source) -> list[str]:
    with source.open() as stream:
        data = stream.read(_BYTES)
    lines = (line.decode("utf-8", "replace").rstrip() for line in data.split(b"\n", _LINES)[:_LINES])
    return list(islice(filter(None, lines), _LINES))


def _json_lines(lines: Sequence[str]) -> str | None:
    """Lines of JSON that hold the text of a deploy in some field."""
    if sum(line.startswith("{") for line in lines) <= _MOST * len(lines):
        return None
    return "they are JSON lines; give the log again as the text that stands in one of their fields"


def _prefixed(lines: Sequence[str]) -> str | None:
    """Lines of a deploy behind something else."""
    within = (match.start() for line in lines if (match := _INSIDE.search(line)) and match.start())
    if next(within, None) is None:
        return None
    return (
        "something stands before the lines of SST or Pulumi that is not known as a prefix; take it off, and give the "
        "log again"
    )


_OTHER: Final = (
    "they are not as SST and Pulumi print them; give the log as the tool wrote it, such as .sst/log or the raw log of "
    "the CI job"
)
LOOKS: Final[tuple[Look, ...]] = (_json_lines, _prefixed)
