"""The JSON values that stand in a file: in an array, a line each, one after the other, or alone.

A file that is no valid JSON as a whole is read value by value, so that damage costs only the values that it hit.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import msgspec

from analyzer.sources.limits import MIB, RESCANS, read_in_vain

if TYPE_CHECKING:
    from collections.abc import Sequence

_LIST: Final = msgspec.json.Decoder(list[msgspec.Raw])
_VALUE: Final = msgspec.json.Decoder(msgspec.Raw)
_JSON: Final = json.JSONDecoder(strict=False)
_BETWEEN: Final = re.compile(r"[\s,\[\]]*")
_COMMAS: Final = re.compile(r"[\s,]*")
_FIRST_KEY: Final = re.compile(r'(\[?)\{\s*"([\w@.-]{1,60})"')
_START: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*")
_HEAD: Final = 64  # bytes of a value that show what it is
_DAMAGES: Final = 1_000  # spans of damage in one file, before it is given up


@dataclass(slots=True)
class Values:
    """The values of one file.

    Attributes:
        found: the bytes of each.
        damaged: spans of bytes that hold no value.
        problems: what was wrong, in words.
    """

    raws: Sequence[bytes | msgspec.Raw]
    damaged: int = 0
    problems: list[str] = field(default_factory=list)


def values(data: bytes, within: str | None = None) -> Values:
    """The JSON values in `data`; those of an array, where it is one. Never raises.

    Of a damaged object the values of its list `within` are given instead, each that can be read.
    """
    start = _START.match(data)
    begin = start.end() if start else 0
    view = memoryview(data)[begin:]  # not a copy: a file of half a gigabyte is held once
    try:
        if data.startswith(b"[", begin):
            return Values(_LIST.decode(view))
        raws = _VALUE.decode_lines(view)
    except (ValueError, RecursionError):
        return _Scanner(data[begin:].rstrip(), within).values()
    has_lists = any(bytes(memoryview(value)[:_HEAD]).lstrip().startswith(b"[") for value in raws)
    return _Scanner(data[begin:].rstrip(), within).values() if has_lists else Values(raws)


def decoded(raw: bytes | msgspec.Raw) -> object:
    """What `raw` says; text that is no valid Unicode is replaced.

    Raises:
        ValueError: it is no JSON.
        RecursionError: it is nested too deeply.
    """
    try:
        return msgspec.json.decode(raw)
    except ValueError:
        return json.loads(bytes(raw).decode("utf-8", "replace"), strict=False)


def encoded(value: object) -> bytes:
    """`value` as JSON.

    Raises:
        ValueError: it cannot be.
        RecursionError: it is nested too deeply.
    """
    try:
        return msgspec.json.encode(value)
    except (ValueError, TypeError):  # half of a surrogate pair
        return json.dumps(value, ensure_ascii=False, default=str).encode("utf-8", "replace")


class _Scanner:
    """Reads value by value.

    After damage it continues where the next value seems to begin: with a line, or with the key of the one before.
    """

    def __init__(self, data: bytes, within: str | None) -> None:
        self._data = data
        self._text = data.decode("latin-1")  # a character a byte: positions alone are needed
        self._list = re.compile(rf'"{within}"\s*:\s*\[') if within else None
        self._found: list[bytes] = []
        self._places: list[int] = []  # of the damaged ones
        self._work = RESCANS * max(MIB, len(data))  # characters that may be read in vain
        self._list_end = len(data)  # from here on no list begins

    def values(self) -> Values:
        """Each value that can be decoded."""
        text = self._text
        begin = _begin(text, _past(_BETWEEN, text, 0))
        at = _past(_BETWEEN, text, 0)
        while at < len(text) and self._may_go_on():
            end = self._take(at)
            if end is not None:
                at = _past(_BETWEEN, text, end)
                continue
            inner = self._list.search(text, at, self._list_end) if self._list else None
            if inner is None:
                self._list_end = min(self._list_end, at)
            if inner:
                before = len(self._places)
                at = _next(begin, text, self._take_list(inner.end()))
                if len(self._places) == before:
                    self._damage()  # around the list
                continue
            self._damage()
            at = _next(begin, text, at)
        return Values(self._found, len(self._places), self._problems(at))

    def _take_list(self, at: int) -> int:
        """The values of a list that begins before `at`; gives the place where it ends."""
        text = self._text
        at = _past(_COMMAS, text, at)
        begin = _begin(text, at)
        while at < len(text) and text[at] != "]" and self._may_go_on():
            end = self._take(at)
            if end is None:
                self._damage()
            at = _next(begin, text, at) if end is None else _past(_COMMAS, text, end)
        return at

    def _take(self, at: int) -> int | None:
        """Keeps the value at `at` and gives the place where it ends; None if there is none."""
        try:
            _, end = _JSON.raw_decode(self._text, at)
        except (ValueError, RecursionError) as error:
            self._work -= read_in_vain(error, at, len(self._text))
            return None
        self._found.append(self._data[at:end])
        return end

    def _damage(self) -> None:
        self._places.append(len(self._found) + len(self._places) + 1)

    def _may_go_on(self) -> bool:
        return len(self._places) < _DAMAGES and self._work > 0

    def _problems(self, at: int) -> list[str]:
        if not self._places:
            return []
        numbers = ", ".join(map(str, self._places[:5])) + (", ..." if self._places[5:] else "")
        given_up = (
            [f"after {len(self._places)} damaged places the rest was not read"]
            if at < len(self._text)
            else []
        )
        return [
            f"the JSON is damaged: {len(self._found)} value(s) were read, not these: {numbers}",
            *given_up,
        ]


def _begin(text: str, at: int) -> re.Pattern[str]:
    """How a value like the one at `at` begins."""
    key = _FIRST_KEY.match(text, at)
    first = "" if not key else rf'|{re.escape(key[1])}\{{\s*"{re.escape(key[2])}"'
    return re.compile(r"(?<=\n)\{" + first)


def _next(begin: re.Pattern[str], text: str, at: int) -> int:
    following = begin.search(text, at + 1)
    return following.start() if following else len(text)


def _past(between: re.Pattern[str], text: str, at: int) -> int:
    """The place of the next value at or after `at`."""
    match = between.match(text, at)
    return match.end() if match else at
