"""The text of a prefix as tokens: clocks, words, blanks, symbols and signs."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from analyzer.prefixes.clocks import clock_at

CLOCK, WORD, BLANK, SYMBOL, SIGN = "clock", "word", "blank", "symbol", "sign"

_LETTERS: Final = r"0-9A-Za-z\u00aa-\u1fff\u3040-\ud7ff"
ONE_WORD: Final = (
    r"[0-9A-Za-z\x{aa}-\x{1fff}\x{3040}-\x{d7ff}]+(?:[-./@_]+[0-9A-Za-z\x{aa}-\x{1fff}\x{3040}-\x{d7ff}]+)*"
)
"""A Rust pattern of a word: letters and digits, and what may stand within a name."""
ONE_SYMBOL: Final = (
    r"[^\x00-\x{a9}\x{aa}-\x{1fff}\x{3040}-\x{d7ff}"
    r"\x{2713}\x{2714}\x{2715}\x{279c}\x{2197}\x{2502}\x{251c}\x{2514}]+"
)
"""A Rust pattern of signs like emoji, without those with which SST's lines begin (`✓✔✕➜↗`) and a tree's branches."""

_WORD: Final = re.compile(rf"[{_LETTERS}]+(?:[-./@_]+[{_LETTERS}]+)*")
_WITHIN: Final = re.compile("[-./@_]+")
_BLANK: Final = re.compile(r"[ \t]+")
_SYMBOL: Final = re.compile(rf"[^\x00-\xa9{_LETTERS}]+")
_MOST: Final = 80
"""Tokens of a prefix; a text of more is none."""


class Token(NamedTuple):
    """A piece of a prefix: its kind and its text; of a clock the name of its shape too."""

    kind: str
    text: str
    name: str = ""


def tokens_of(prefix: str) -> tuple[Token, ...] | None:
    """The tokens of `prefix`; None if there are too many for a prefix."""
    tokens: list[Token] = []
    at = 0
    while at < len(prefix):
        if len(tokens) == _MOST:
            return None
        token = _token(prefix, at)
        tokens.append(token)
        at += len(token.text)
    return tuple(tokens)


def _token(text: str, at: int) -> Token:
    if clock := clock_at(text, at):
        return Token(CLOCK, text[at : clock[1]], clock[0])
    for kind, pattern in ((WORD, _WORD), (BLANK, _BLANK), (SYMBOL, _SYMBOL)):
        if match := pattern.match(text, at):
            return Token(kind, _unclocked(text, match) if kind == WORD else match[0])
    return Token(SIGN, text[at])


def _unclocked(text: str, word: re.Match[str]) -> str:
    """A word up to a clock that is glued to it: `12/09:41:07`."""
    for sign in _WITHIN.finditer(word[0]):
        clock = clock_at(text, word.start() + sign.end())
        if clock and clock[1] > word.end():
            return word[0][: sign.start()]
    return word[0]


def signature(tokens: tuple[Token, ...]) -> tuple[str, ...]:
    """The kinds of `tokens`, signs as they are, without the blanks before a word that stands at the right."""
    kinds = tuple(token.text if token.kind == SIGN else token.kind for token in tokens)
    return kinds[1:] if kinds[:2] in ((BLANK, WORD), (BLANK, CLOCK)) else kinds
