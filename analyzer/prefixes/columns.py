"""One column of a group of prefixes: the pattern that its values have in common.

A number always stands for any number, and a level for any level: a value that only lines with errors have must not make
them another program's. A word that never changes stays as it is: it may name one of several programs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from analyzer.prefixes.clocks import SHAPES
from analyzer.prefixes.tokens import BLANK, CLOCK, ONE_SYMBOL, ONE_WORD, SIGN, SYMBOL, Token

if TYPE_CHECKING:
    from collections.abc import Collection

LEVELS: Final = (
    *(
        "information",
        "emergency",
        "critical",
        "warning",
        "success",
        "verbose",
        "section",
        "command",
        "notice",
    ),
    *("severe", "stdout", "stderr", "debug", "error", "fatal", "panic", "trace", "alert", "group", "info"),
    *(
        "warn",
        "crit",
        "emerg",
        "fine",
        "dbug",
        "eror",
        "log",
        "out",
        "err",
        "dbg",
        "inf",
        "wrn",
        "ftl",
        "trc",
    ),
    *("vrb", "std"),
)
_LETTERS: Final = frozenset("TDIWEFVOPN")
_LEVEL: Final = re.compile(f"(?:{'|'.join(LEVELS)})", re.IGNORECASE)
ANY_LEVEL: Final = f"(?i:{'|'.join(LEVELS)})"
_NUMBER: Final = re.compile(r"[0-9]+")
_DECIMAL: Final = re.compile(r"[0-9]+(?:\.[0-9]+)*")
_MEASURE: Final = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?([A-Za-zµ%]{1,3}))+")
_UNIT: Final = re.compile(r"[A-Za-zµ%]{1,3}")
_TIMES: Final = ("ms", "us", "µs", "ns", "sec", "min", "s", "m", "h", "d")
_FILE: Final = re.compile(r".+\.[A-Za-z]{1,4}")


class Column(NamedTuple):
    """A column: its Rust pattern, one that other programs' values match too, and what is known of it."""

    pattern: str
    generic: str
    is_level: bool = False
    varies: bool = False
    names: bool = False


def escaped(text: str) -> str:
    """`text` as a Rust pattern: no character of a log means anything in it."""
    return re.sub(r"[^0-9A-Za-z]", lambda sign: f"\\x{{{ord(sign[0]):x}}}", text)


def column(values: Collection[Token], following: str) -> Column:
    """The column of `values`; `following` is the text of the token behind it."""
    kind = next(iter(values)).kind
    texts = {value.text for value in values}
    varies = len(texts) > 1
    if kind == CLOCK:
        shapes = sorted({SHAPES[value.name] for value in values}, key=len, reverse=True)
        return Column(*2 * (f"(?:{'|'.join(shapes)})",), varies=True)
    if kind == SIGN:
        sign = escaped(texts.pop())
        return Column(sign, sign)
    if kind == SYMBOL:
        return Column(*2 * (_symbol(texts),), varies=varies)
    if kind == BLANK:
        return Column(r"[ \t]+", r"[ \t]+")
    return _word(texts, following)


def _symbol(texts: set[str]) -> str:
    """One of `texts`, or any signs like them, but not the sign with which a form begins that stands right behind."""
    seen = "|".join(map(escaped, sorted(texts, key=lambda text: (-len(text), text))))
    return f"(?:{seen}|{ONE_SYMBOL})"


def is_level(text: str) -> bool:
    """Whether `text` says how grave a line is, or which stream it came from."""
    return text in _LETTERS or _LEVEL.fullmatch(text) is not None


def _word(texts: set[str], following: str) -> Column:
    varies = len(texts) > 1
    if pattern := _level(texts):
        return Column(pattern, pattern, is_level=True, varies=varies)
    if pattern := _amount(texts):
        return Column(pattern, pattern, varies=varies)
    if varies or (following == ":" and all(map(_FILE.fullmatch, texts))):
        return Column(ONE_WORD, ONE_WORD, varies=varies)
    return Column(escaped(texts.pop()), ONE_WORD, names=True)


def _level(texts: set[str]) -> str | None:
    if all(text in _LETTERS for text in texts):
        return "[A-Z]"
    return ANY_LEVEL if all(map(is_level, texts)) else None


def _amount(texts: set[str]) -> str | None:
    """The pattern of numbers, of versions, or of numbers with a unit; a unit is no greedy word."""
    if all(map(_NUMBER.fullmatch, texts)):
        return "[0-9]+"
    if all(map(_DECIMAL.fullmatch, texts)):
        return r"[0-9]+(?:\.[0-9]+)*"
    if not all(map(_MEASURE.fullmatch, texts)):
        return None
    units = {unit for text in texts for unit in _UNIT.findall(text)}
    units |= set(_TIMES) if units & set(_TIMES) else set()
    named = "|".join(map(escaped, sorted(units, key=lambda unit: (-len(unit), unit))))
    return rf"(?:[0-9]+(?:\.[0-9]+)?(?:{named}))+"
