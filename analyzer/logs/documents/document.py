"""A log that is one JSON document, perhaps with lines of other programs around it."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from analyzer.errors import InputError
from analyzer.logs.documents.rows import Row, tables
from analyzer.sources.identify import UTF8_BOM
from analyzer.sources.limits import DENSE, is_dense
from analyzer.sources.unpack import read_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import polars as pl

    from analyzer.sources.input_stats import InputStats
    from analyzer.sources.source import Source

_ROWS: Final = 20_000
_BEGIN: Final = re.compile(rb"^[^\S\n]*+[\[{]", re.MULTILINE)
_END: Final = re.compile(rb"[\]}][^\S\n]*+$", re.MULTILINE)
_Type = TypeVar("_Type")


@dataclass(frozen=True, slots=True)
class Document:
    """The bytes of a source, and where its JSON begins and ends."""

    data: bytes
    begin: int
    end: int

    @property
    def line(self) -> int:
        """The line on which the JSON begins."""
        return self.data.count(b"\n", 0, self.begin) + 1

    def lines_of(self, parts: Sequence[msgspec.Raw]) -> list[int]:
        """The line on which each of `parts` begins, which stand in the document in this order."""
        numbers = []
        place, line = self.begin, self.line
        for part in parts:
            there = self.data.find(bytes(part), place, self.end)
            line += self.data.count(b"\n", place, max(place, there))
            place = max(place, there)
            numbers.append(line)
        return numbers


def read_document(
    source: Source, stats: InputStats, kind: type[_Type], rows: Callable[[Document, _Type], Sequence[Row]]
) -> Iterator[pl.DataFrame]:
    """EVENTS of a log that is one JSON document: the tables of `document_rows`."""
    return tables(source.name, document_rows(source, stats, kind, rows))


def document_rows(
    source: Source, stats: InputStats, kind: type[_Type], rows: Callable[[Document, _Type], Sequence[Row]]
) -> Iterator[list[Row]]:
    """The rows of a log that is one JSON document; every line of it is recognised, other lines are noise.

    A document that is cut or of another shape gives unrecognised rows, and a problem.

    Args:
        source: the log.
        stats: its counts and problems are filled.
        kind: what the document is decoded to.
        rows: what it says.

    Raises:
        InputError: it holds so many values that to hold them would cost many times as much.
    """
    stats.bytes = source.size()
    data, problems = read_whole(source)
    stats.problems += problems
    document = _located(data.removeprefix(UTF8_BOM))
    if is_dense(data):
        stats.kind = "unusable"
        raise InputError(source.name, f"not read: {DENSE}")
    stats.lines = _lines(document.data)
    stats.recognised = stats.noise = stats.unrecognised = 0
    try:
        told = rows(document, msgspec.json.decode(_repaired(document, stats), type=kind))
    except (ValueError, RecursionError) as error:
        reason = f"the JSON is cut, damaged or of another shape ({error})"
        stats.problems.append(f"not read: {reason}")
        stats.undecodable = 1
        yield from _unread(document, stats, reason)
        return
    stats.recognised = _lines(document.data[: document.end]) - document.line + 1
    stats.noise = stats.lines - stats.recognised
    if told:
        yield [row._replace(seq=seq) for seq, row in enumerate(told)]


def _unread(document: Document, stats: InputStats, reason: str) -> Iterator[list[Row]]:
    """A row for each line that is not blank: none of them could be read."""
    lines = enumerate(io.BytesIO(document.data), 1)
    unread = (Row(number, "unrecognised", message=reason) for number, line in lines if line.strip())
    stats.noise = stats.lines
    while rows := list(islice(unread, _ROWS)):
        stats.unrecognised = (stats.unrecognised or 0) + len(rows)
        stats.noise = _lines(document.data) - stats.unrecognised
        yield rows


def _located(data: bytes) -> Document:
    """Where the JSON stands: from the first line that begins it to the last that ends it."""
    begin = _BEGIN.search(data)
    end = len(data)
    for match in _END.finditer(data):
        end = match.start() + 1
    return Document(data, begin.end() - 1 if begin else 0, end)


def _repaired(document: Document, stats: InputStats) -> bytes:
    """The JSON, with U+FFFD for what is not UTF-8."""
    data = document.data[document.begin : document.end]
    try:
        data.decode()
    except UnicodeDecodeError:
        stats.problems.append("invalid UTF-8, which was replaced")
        return data.decode("utf-8", "replace").encode()
    return data


def _lines(data: bytes) -> int:
    return data.count(b"\n") + (not data.endswith(b"\n") and bool(data))
