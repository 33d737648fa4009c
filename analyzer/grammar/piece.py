"""Pieces of a line pattern and how they join: what compiling a rule is made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

from analyzer.grammar.dialect import literal

_MOST_HEADS = 16


@dataclass(frozen=True, slots=True)
class Piece:
    """A regular language as a Rust pattern, with what is known of it.

    Attributes:
        pattern: the pattern; safe to be put in a row with others.
        groups: its captures, in order.
        required: the captures that take part in every match.
        heads: texts of which every member starts with one (the empty text: nothing is known).
        whole: the heads are all members, so what follows can lengthen them.
        empty: it has the empty text as a member.
    """

    pattern: str
    groups: tuple[str, ...] = ()
    required: frozenset[str] = frozenset()
    heads: tuple[str, ...] = ("",)
    whole: bool = False
    empty: bool = False


NOTHING = Piece("", whole=True, empty=True)


def text(value: str) -> Piece:
    """Exactly `value`."""
    return Piece(literal(value), heads=(value,), whole=True)


def sequence(pieces: list[Piece]) -> Piece:
    """All of `pieces`, one after the other."""
    result = NOTHING
    for piece in pieces:
        heads, whole = _lengthen(result, piece)
        result = Piece(
            result.pattern + piece.pattern,
            result.groups + piece.groups,
            result.required | piece.required,
            heads,
            whole,
            result.empty and piece.empty,
        )
    return result


def choice(pieces: list[Piece]) -> Piece:
    """The first of `pieces` that lets the whole match."""
    if len(pieces) == 1:
        return pieces[0]
    heads = tuple(dict.fromkeys(head for piece in pieces for head in piece.heads))
    return Piece(
        "(?:" + "|".join(piece.pattern for piece in pieces) + ")",
        tuple(dict.fromkeys(group for piece in pieces for group in piece.groups)),
        frozenset.intersection(*(piece.required for piece in pieces)),
        heads if len(heads) <= _MOST_HEADS else ("",),
        len(heads) <= _MOST_HEADS and all(piece.whole for piece in pieces),
        any(piece.empty for piece in pieces),
    )


def optional(piece: Piece) -> Piece:
    """`piece`, or nothing where it does not fit."""
    return replace(
        piece,
        pattern=f"(?:{piece.pattern})?",
        required=frozenset(),
        heads=("",),
        whole=False,
        empty=True,
    )


def repeat(piece: Piece, least: int, most: int | None) -> Piece:
    """`piece` as few times as the rest of the line allows, from `least` to `most`."""
    bounds = f"{{{least},{'' if most is None else most}}}"
    return Piece(
        f"(?:{piece.pattern}){bounds}?",
        heads=piece.heads if least else ("",),
        empty=piece.empty or least == 0,
    )


def capture(name: str, piece: Piece) -> Piece:
    """`piece` as the one capture `name`."""
    return replace(
        piece,
        pattern=f"(?P<{name}>{piece.pattern})",
        groups=(name,),
        required=frozenset((name,)),
    )


def _lengthen(left: Piece, right: Piece) -> tuple[tuple[str, ...], bool]:
    if not left.whole:
        return left.heads, False
    if len(left.heads) * len(right.heads) > _MOST_HEADS:
        return left.heads, False
    return tuple(a + b for a, b in product(left.heads, right.heads)), right.whole
