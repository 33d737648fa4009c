"""Sentences for the page: plain text with pieces in it that are shown as code, as a chip, as a link or strongly."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_PLACE = re.compile(r"\{(\w+)\}")


class Piece(NamedTuple):
    """A piece of a sentence: `kind` is text, code, chip, strong or link; `target` is where a link leads."""

    kind: str
    text: str
    target: str = ""


Sentence = tuple[Piece, ...]


def code(text: object) -> Piece:
    """A key, an entry or another name that a program gave."""
    return Piece("code", str(text))


def chip(text: object) -> Piece:
    """An ETag that the reader is to compare with another one."""
    return Piece("chip", str(text))


def strong(text: object) -> Piece:
    """Words that carry the sentence."""
    return Piece("strong", str(text))


def link(text: str, target: str) -> Piece:
    """A place on this page."""
    return Piece("link", text, target)


def say(template: str, **named: Piece | str | Sequence[Piece]) -> Sentence:
    """`template` with each `{name}` replaced: what is put in is data, and is never searched again."""
    pieces: list[Piece] = []
    end = 0
    for found in _PLACE.finditer(template):
        pieces.append(Piece("text", template[end : found.start()]))
        value = named[found[1]]
        if isinstance(value, Piece):
            pieces.append(value)
        elif isinstance(value, str):
            pieces.append(Piece("text", value))
        else:
            pieces.extend(value)
        end = found.end()
    pieces.append(Piece("text", template[end:]))
    return tuple(piece for piece in pieces if piece.text)


def stated(text: str) -> Sentence:
    """A clause of another part as a sentence: with a capital and a full stop."""
    return (Piece("text", f"{text[:1].upper()}{text[1:]}".removesuffix(".") + "."),)


def names(texts: Sequence[str], count: int, what: str) -> Sentence:
    """`a`, `a and b`, `a, b and c`; over three of them `12 keys`."""
    if count > len(texts) or len(texts) > 3:  # noqa: PLR2004 - more would not be read
        return (Piece("text", f"{count} {what}"),)
    shown: list[Piece] = []
    for number, text in enumerate(texts):
        if number:
            shown.append(Piece("text", " and " if number == len(texts) - 1 else ", "))
        shown.append(code(text))
    return tuple(shown)
