"""Pieces of a line pattern and how they join: what compiling a rule is made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

from analyzer.grammar.dialect import literal

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_HEADS = 16


@dataclass(frozen=True, slots=True)
class Piece:
    """A regular language as a Rust pattern, with what is known of it.

    Attributes:
        pattern: the pattern; safe to be put in a row with others.
        groups: its captures, in order.
        required: the captures that take part in every match.
        heads: texts of which every member starts with one, but for those that `members` covers.
        members: members that are known whole, so that what follows can lengthen them.
        empty: it has the empty text as a member.
    """

    pattern: str
    groups: tuple[str, ...] = ()
    required: frozenset[str] = frozenset()
    heads: tuple[str, ...] = ("",)
    members: tuple[str, ...] = ()
    empty: bool = False

    @property
    def prefixes(self) -> tuple[str, ...]:
        """Texts of which every member starts with one; ("",) where nothing is known."""
        literals = _distinct(self.heads, self.members)
        return tuple(
            text for text in literals if not any(text.startswith(head) for head in literals if head != text)
        )


NOTHING = Piece("", heads=(), members=("",), empty=True)


def text(value: str) -> Piece:
    """Exactly `value`."""
    return Piece(literal(value), heads=(), members=(value,))


def sequence(pieces: list[Piece]) -> Piece:
    """All of `pieces`, one after the other."""
    result = NOTHING
    for piece in pieces:
        heads, members = _lengthen(result, piece)
        result = Piece(
            result.pattern + piece.pattern,
            result.groups + piece.groups,
            result.required | piece.required,
            heads,
            members,
            result.empty and piece.empty,
        )
    return result


def choice(pieces: list[Piece]) -> Piece:
    """The first of `pieces` that lets the whole match."""
    if len(pieces) == 1:
        return pieces[0]
    return Piece(
        "(?:" + "|".join(piece.pattern for piece in pieces) + ")",
        tuple(dict.fromkeys(group for piece in pieces for group in piece.groups)),
        frozenset.intersection(*(piece.required for piece in pieces)),
        *_bounded(
            _distinct(*(piece.heads for piece in pieces)), _distinct(*(piece.members for piece in pieces))
        ),
        any(piece.empty for piece in pieces),
    )


def optional(piece: Piece) -> Piece:
    """`piece`, or nothing where it does not fit."""
    return replace(
        piece,
        pattern=f"(?:{piece.pattern})?",
        required=frozenset(),
        members=_distinct(piece.members, ("",)),
        empty=True,
    )


def repeat(piece: Piece, least: int, most: int | None) -> Piece:
    """`piece` as few times as the rest of the line allows, from `least` to `most`."""
    bounds = f"{{{least},{'' if most is None else most}}}"
    return Piece(
        f"(?:{piece.pattern}){bounds}?",
        heads=_distinct(piece.heads, piece.members),
        members=() if least else ("",),
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


def _lengthen(left: Piece, right: Piece) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The heads and members of `left` with `right` behind it."""
    longer = (a + b for a, b in product(left.members, right.heads))
    return _bounded(
        _distinct(left.heads, longer), _distinct(a + b for a, b in product(left.members, right.members))
    )


def _bounded(heads: tuple[str, ...], members: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """No more than a few: else nothing is known."""
    return (heads, members) if len(heads) + len(members) <= _MOST_HEADS else (("",), ())


def _distinct(*texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for some in texts for text in some))
