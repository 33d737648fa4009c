"""Puts parts of a page together so that it stays under a number of characters, and says what was left out.

A part leaves to those that follow what they need, up to half of the room that is left.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SENTENCE: Final = 80  # characters that `_more` needs, with its blank line


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a page.

    Attributes:
        what: its items, in the plural: `writes`.
        items: each is shown whole or not at all, the first ones first.
        opening: what stands before them.
        closing: what stands after them, also where some are left out.
        most: items that are shown at most.
    """

    what: str
    items: Sequence[str]
    opening: str = ""
    closing: str = ""
    most: int = 100


@dataclass(slots=True)
class Fitted:
    """The text of parts, and of which parts nothing is shown."""

    text: str = ""
    missing: list[str] = field(default_factory=list)


def fitted(parts: Iterable[Part], room: int) -> Fitted:
    """The parts that have items, one after the other, in at most `room` characters."""
    made = Fitted()
    waiting = [part for part in parts if part.items]
    while waiting:
        part = waiting.pop(0)
        left = room - len(made.text)
        text = _shown(part, left - min(left // 2, sum(map(_size, waiting))))
        if text is None:
            made.missing.append(_counted(len(part.items), part.what))
        else:
            made.text += text
    return made


def _size(part: Part) -> int:
    """The characters of the whole part."""
    items = sum(len(item) + 1 for item in part.items[: part.most])
    return len(part.opening) + items + len(part.closing) + _SENTENCE + len(part.what)


def _shown(part: Part, room: int) -> str | None:
    """The part in at most `room` characters; None where not one of its items fits."""
    room -= len(part.opening) + len(part.closing) + _SENTENCE + len(part.what)
    shown: list[str] = []
    for item in part.items[: part.most]:
        room -= len(item) + 1
        if room < 0:
            break
        shown.append(item)
    if not shown:
        return None
    left = len(part.items) - len(shown)
    return f"{part.opening}{chr(10).join(shown)}\n{_more(left, part.what) if left else ''}{part.closing}"


def _more(left: int, what: str) -> str:
    return f"\n… and {_counted(left, f'more {what}')}; the JSON report has all.\n"


def _counted(number: int, things: str) -> str:
    return f"{number} {things.removesuffix('s') if number == 1 else things}"
