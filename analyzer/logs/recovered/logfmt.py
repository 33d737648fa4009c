"""Lines of logfmt (`time=.. level=info msg=".."`) as records: a program of its own logs what a deploy printed.

Go's slog, logrus and go-kit write it, each line of the deploy as the value of one field. A value with blanks is
quoted as Go quotes (`strconv.Quote`). Source: https://brandur.org/logfmt
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec
import polars as pl

from analyzer.logs.recovered.leaves import at_path
from analyzer.logs.recovered.records import Piece
from analyzer.prefixes.anchors import distinct_at_start

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from analyzer.logs.recovered.leaves import Path

_FIELD: Final = re.compile(
    r'(?P<name>[A-Za-z_@][\w.@-]{0,60}+)=(?:(?P<quoted>"(?:[^"\\]|\\.)*+")|(?P<bare>[^ "]*+))(?: +|$)'
)
_BYTE: Final = re.compile(r"\\x([0-9a-f]{2})")
_LEAST: Final = 2  # fields
_MOST: Final = 60
_SHARE: Final = 0.5  # of the lines
_TELLING: Final = 3


def are_logfmt(head: bytes) -> bool:
    """Whether most lines of `head` are of logfmt, and a field that they share holds lines of a deploy.

    SST's own log is of logfmt too. What its fields hold, but for an error, is no deploy's output.
    """
    lines = [line for line in head.decode(errors="replace").split("\n") if line.strip()]
    whole = lines[:-1] or lines  # the last one may be cut
    if not whole or _FIELD.match(whole[0]) is None:
        return False
    records = [fields for fields in map(fields_of, whole) if fields is not None]
    counts = Counter(name for fields in records for name in fields)
    shared = [name for name, count in counts.items() if count > _SHARE * len(whole)]
    texts = pl.Series([str(fields.get(name, "")) for name in shared for fields in records], dtype=pl.String)
    return distinct_at_start(texts) >= _TELLING


def fields_of(line: str) -> dict[str, object] | None:
    """The fields of a line of logfmt; None if it is none."""
    line = line.rstrip()
    fields: dict[str, object] = {}
    place = 0
    while place < len(line) and len(fields) < _MOST:
        match = _FIELD.match(line, place)
        if match is None:
            return None
        fields[match["name"]] = match["bare"] if match["quoted"] is None else _unquoted(match["quoted"])
        place = match.end()
    return fields if len(fields) >= _LEAST and place == len(line) else None


def pieces_of_logfmt(text: str, path: Path) -> Iterator[Piece]:
    """The texts at `path` of the lines; a line that is none of logfmt is its own text."""
    for number, line in enumerate(text.split("\n"), 1):
        fields = fields_of(line)
        if fields is None:
            if line.strip():
                yield Piece(number, line.rstrip("\r") + "\n")
            continue
        found = [Piece(number, leaf.text, leaf.at) for leaf in at_path(fields, path)]
        yield from found or [Piece(number, None)]


def records_of_logfmt(text: str) -> Iterable[object]:
    """The lines of logfmt as records."""
    return (fields for fields in map(fields_of, text.split("\n")) if fields is not None)


def _unquoted(quoted: str) -> str:
    try:
        return msgspec.json.decode(_BYTE.sub(r"\\u00\1", quoted), type=str)
    except ValueError:
        return quoted[1:-1]
