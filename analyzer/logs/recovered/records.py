"""The JSON values that a log consists of, each with the lines of the source on which its texts stand.

One value a line is read line by line, and a line that is none is given as it is. All else is one document, or several
one after the other.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from analyzer.logs.recovered.leaves import WITHIN, at_path, leaves
from analyzer.sources.limits import is_dense

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from analyzer.logs.recovered.leaves import Path

_BEFORE: Final = 80  # bytes that a program may print before a value
_RECORD: Final = re.compile(rb'[^{"\n]{0,80}\{\s*"(?:[^"\\\n]|\\.){1,200}"\s*:')
_DOCUMENT: Final = re.compile(rb'[^{\["\n]{0,80}(?:\{\s*"|\[\s*[\[{"])')
_BEGIN: Final = re.compile(r"[{\[]")
_STRING: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"(?P<name>\s*+:)?', re.DOTALL)
_MOST: Final = 0.5
_IN_VAIN: Final = 8  # brackets of a document that begin no value


class Piece(NamedTuple):
    """A text of the source: the line of the source on which it stands, and its time.

    A text that goes on in the next record has no line end at its end. `text` is None for a record without the text
    that is sought.
    """

    number: int
    text: str | None
    at: int | None = None


def are_lines(head: bytes) -> bool:
    """Whether most lines of `head` are JSON records, perhaps behind a short text."""
    lines = [line for line in head.split(b"\n") if line.strip()]
    whole = lines[:-1] or lines  # the last one may be cut
    found = sum(_is_record(line) for line in whole)
    return found > 0 and found > _MOST * len(whole)


def is_document(head: bytes) -> bool:
    """Whether `head` begins as a JSON object or list, perhaps behind a short text."""
    return _DOCUMENT.match(head.lstrip()) is not None


def _is_record(line: bytes) -> bool:
    return _RECORD.match(line) is not None and line.rstrip().endswith(b"}")


def value_of(line: bytes) -> object:
    """The object that a line holds, perhaps behind a short text; None if there is none."""
    begin = line.find(b"{", 0, _BEFORE)
    if begin < 0 or is_dense(line):
        return None
    try:
        value: object = msgspec.json.decode(line[begin:])
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def pieces_of_lines(lines: Iterable[bytes], path: Path) -> Iterator[Piece]:
    """The texts at `path` of the records, one a line; a line that is no record is its own text."""
    for number, line in enumerate(lines, 1):
        value = value_of(line)
        if value is None:
            yield Piece(number, line.rstrip(b"\r\n").decode(errors="replace") + "\n")
            continue
        found = [Piece(number, leaf.text, leaf.at) for leaf in at_path(value, path)]
        yield from found or [Piece(number, None)]


def values_of(data: bytes) -> Iterator[tuple[int, int, object]]:
    """The values of a document: where the text of each begins and ends, and it; none where it would cost too much."""
    if is_dense(data):
        return
    text = data.decode(errors="replace")
    decoder = json.JSONDecoder(strict=False)
    begin, in_vain = _BEGIN.search(text), 0
    while begin and in_vain < _IN_VAIN:
        try:
            value, end = decoder.raw_decode(text, begin.start())
        except (ValueError, RecursionError):
            in_vain, end = in_vain + 1, begin.end()
        else:
            yield begin.start(), end, value
        begin = _BEGIN.search(text, end)


def pieces_of_document(data: bytes, path: Path) -> Iterator[Piece]:
    """The texts at `path` of a document, each with the line on which it stands."""
    text = data.decode(errors="replace")
    ends = [match.start() for match in re.finditer("\n", text)]
    last = 0
    for begin, end, value in values_of(data):
        yield from _between(text, last, begin, ends)
        last = end
        outer = path[: path.index(WITHIN)] if WITHIN in path else path
        places = [match.start() for match in _STRING.finditer(text, begin, end) if not match["name"]]
        texts = [leaf for leaf in leaves(value) if WITHIN not in leaf.path]
        if len(places) != len(texts):  # a name that is there twice
            places = [begin] * len(texts)
        mine = [place for place, leaf in zip(places, texts, strict=True) if leaf.path == outer]
        found = list(at_path(value, path))
        if len(found) != len(mine):
            mine = [begin] * len(found)
        for place, leaf in zip(mine, found, strict=True):
            yield Piece(bisect_right(ends, place) + 1, leaf.text, leaf.at)
    yield from _between(text, last, len(text), ends)


def _between(text: str, begin: int, end: int, ends: Sequence[int]) -> Iterator[Piece]:
    """The lines of what stands between values: a program's own text, or a value that is cut."""
    if text[begin:end].strip(" \t\r\n,"):
        number = bisect_right(ends, begin - 1) + 1
        for place, line in enumerate(text[begin:end].split("\n")):
            yield Piece(number + place, line.strip("\r") + "\n")
