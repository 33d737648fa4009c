"""A CSV export of a log: a first line of names, then rows, one of whose columns holds the text.

Without a line of names it is none: `09:12:33,123 INFO` would be a table of two columns. Sources: Grafana's export of
Loki (`Time,Line`), CloudWatch Logs Insights (`@timestamp,@message`).
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Final

from analyzer.logs.recovered.leaves import at_path
from analyzer.logs.recovered.records import Piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.logs.recovered.leaves import Path

_NAME: Final = r'"?[@\w][\w @.:()\[\]/-]{0,60}"?'
_HEAD: Final = re.compile(rf"{_NAME}(?:(?P<by>[,\t;]){_NAME}(?:(?P=by){_NAME}){{0,200}})?")
_TELLING: Final = re.compile(
    r"(?i)(?:[@\w .:/-]*[@_ .:/-])?"
    r"(?:message|msg|line|log|text|body|content|m|event|value|data|raw|payload|entry|time|timestamp|date|generated|timegenerated)"
    r"(?: ?[(\[].{0,20})?"
)
"""A column's name, or its last word: `_raw`, `log.message`, `timestamp [UTC]`."""
_ROWS: Final = 200  # that are looked at
_WIDTH: Final = 0.9  # of the rows have as many cells as there are names


def delimiter_of(head: str) -> str | None:
    """What parts the cells, where `head` begins as a table with a line of names; None if it does not."""
    names, _, rest = head.partition("\n")
    match = _HEAD.fullmatch(names.rstrip("\r"))
    if match is None or not rest.strip():
        return None
    by = match["by"] or ","
    cells = [name.strip('"') for name in names.strip().split(by)]
    if not any(_TELLING.fullmatch(cell) for cell in cells):
        return None
    if len(cells) == 1 and not rest.lstrip().startswith('"'):
        return None
    widths = []
    try:
        for row in csv.reader(io.StringIO(rest, newline=""), delimiter=by):
            if row:
                widths.append(len(row))
            if len(widths) >= _ROWS:
                break
    except csv.Error:
        return None
    whole = widths[:-1] or widths  # the last one may be cut
    fits = sum(width == len(cells) for width in whole)
    return by if fits and fits >= _WIDTH * len(whole) else None


def rows_of(text: str, by: str) -> Iterator[tuple[int, dict[str, object]]]:
    """The rows as records, each with the line on which it begins.

    Raises:
        csv.Error: a cell has more than 131,072 characters; the rows before have been given.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=by)
    names: list[str] = []
    line = 1
    for row in reader:
        if not names:
            names = [name.strip() for name in row]
        elif row:
            yield line, dict(zip(names, row, strict=False))
        line = reader.line_num + 1


def pieces_of_table(text: str, by: str, damage: list[str], path: Path) -> Iterator[Piece]:
    """The texts at `path` of the rows; `damage` gets what keeps the others from being read."""
    try:
        for line, row in rows_of(text, by):
            found = [Piece(line, leaf.text, leaf.at) for leaf in at_path(row, path)]
            yield from found or [Piece(line, None)]
    except csv.Error as error:
        damage.append(f"the table could not be read to its end: {error}")
