"""The JSON values that stand in a file: in an array, a line each, one after the other, or alone.

A file that is no valid JSON as a whole is read value by value, so that damage costs only the values that it hit.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import msgspec

from analyzer.sources.identify import UTF8_BOM

if TYPE_CHECKING:
    from collections.abc import Sequence

_LIST: Final = msgspec.json.Decoder(list[msgspec.Raw])
_VALUE: Final = msgspec.json.Decoder(msgspec.Raw)
_JSON: Final = json.JSONDecoder(strict=False)
_BETWEEN: Final = re.compile(r"[\s,\[\]]*")
_FIRST_KEY: Final = re.compile(r'\{\s*"([\w@.-]{1,60})"')
_DAMAGES: Final = 1_000  # spans of damage in one file, before it is given up


@dataclass(slots=True)
class Values:
    """The values of one file.

    Attributes:
        found: the bytes of each.
        damaged: spans of bytes that hold no value.
        problems: what was wrong, in words.
    """

    found: Sequence[bytes | msgspec.Raw]
    damaged: int = 0
    problems: list[str] = field(default_factory=list)


def values(data: bytes) -> Values:
    """The JSON values in `data`; those of an array, where it is one. Never raises."""
    data = data.removeprefix(UTF8_BOM).strip()
    try:
        if data.startswith(b"["):
            return Values(_LIST.decode(data))
        found = _VALUE.decode_lines(data)
    except (ValueError, RecursionError):
        return _one_by_one(data)
    has_lists = any(bytes(value).lstrip().startswith(b"[") for value in found)
    return _one_by_one(data) if has_lists else Values(found)


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


def _one_by_one(data: bytes) -> Values:
    """Each value that can be decoded.

    After damage, reading goes on where the next one seems to begin: with a line, or with the key of the first.
    """
    text = data.decode("latin-1")  # a character a byte: the scanner needs the positions alone
    at = _past(text, 0)
    key = _FIRST_KEY.match(text, at)
    begin = re.compile(rf'(?<=\n)\{{|\{{\s*"{re.escape(key[1])}"' if key else r"(?<=\n)\{")
    found: list[bytes] = []
    places: list[int] = []  # of the damaged ones
    while at < len(text) and len(places) < _DAMAGES:
        try:
            _, end = _JSON.raw_decode(text, at)
        except (ValueError, RecursionError):
            places.append(len(found) + len(places) + 1)
            following = begin.search(text, at + 1)
            at = following.start() if following else len(text)
            continue
        found.append(data[at:end])
        at = _past(text, end)
    if not places:
        return Values(found)
    shown = ", ".join(map(str, places[:5])) + (", ..." if places[5:] else "")
    given_up = [f"after {_DAMAGES} damaged places the rest was not read"] if at < len(text) else []
    return Values(
        found,
        len(places),
        [f"the JSON is damaged: {len(found)} value(s) were read, not these: {shown}", *given_up],
    )


def _past(text: str, at: int) -> int:
    """The place of the next value at or after `at`."""
    between = _BETWEEN.match(text, at)
    return between.end() if between else at
