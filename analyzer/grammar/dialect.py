"""One regular expression for two engines: Python's `re` (Lark) and Rust's `regex` (polars).

A terminal may use only what both read alike. The rest is refused with its reason, so that a grammar cannot mean
two things. Source: the syntax pages of https://docs.rs/regex and https://docs.python.org/3/library/re.html.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_META = frozenset(r"\.+*?()|[]{}^$")
_TOKEN = re.compile(
    r"(?P<escape>\\.)"
    r"|(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])"
    r"|(?P<group>\(\?:|\(\?P?[<=!].?|\(\?|\()"
    r"|(?P<repeat>(?:[*+?]|\{[0-9,]*\})[+?]?)"
    r"|(?P<other>.)",
    re.DOTALL,
)
_SET_OPERATORS = ("&&", "--", "~~", "[")
_LETTERS = frozenset("nrtfv")


def to_rust(pattern: str) -> str:
    """`pattern` (Python syntax) as Rust takes it, with the same meaning.

    Raises:
        ValueError: the pattern uses something that the engines read differently; the message is the reason.
    """
    return "".join(_token(match) for match in _TOKEN.finditer(pattern))


def literal(text: str) -> str:
    """A pattern for exactly `text`."""
    return "".join("\\" + char if char in _META else char for char in text)


def _token(match: re.Match[str]) -> str:
    text = match.group()
    match match.lastgroup:
        case "escape":
            _refuse_escape(text)
            char = text[1]
            return text if char in _META or char in _LETTERS else char
        case "set":
            return _set(text)
        case "group":
            _refuse_group(text)
        case "repeat":
            _refuse_repeat(text)
    return text


def _refuse_escape(text: str) -> None:
    char = text[1]
    if char.isdigit():
        raise ValueError(f"back-reference {text}: the language would not be regular")
    if char.isalpha() and char not in _LETTERS:
        raise ValueError(f"{text} means different characters to Python and Rust: name them in a [class]")


def _refuse_group(text: str) -> None:
    if text == "(?:":
        return
    if text == "(":
        raise ValueError("capturing group: write (?:...); only terminals and rules are captures")
    if text.startswith("(?P"):
        raise ValueError("named group: only terminals and rules are captures")
    if text[:3] in ("(?=", "(?!", "(?<"):
        raise ValueError("look-around: the Rust engine has none")
    raise ValueError("inline flag or extension: write it out")


def _refuse_repeat(text: str) -> None:
    if text.endswith("+") and len(text) > 1:
        raise ValueError(f"possessive {text}: the Rust engine has none")
    if text.startswith("{,"):
        raise ValueError(f"{text} without a lower bound: Rust reads it as text")


def _set(text: str) -> str:
    inner = text[2:-1] if text.startswith("[^") else text[1:-1]
    for operator in _SET_OPERATORS:
        if operator in re.sub(r"\\.", "", inner):
            raise ValueError(f"`{operator}` inside a [class] is a set operation in Rust: escape it")
    for escape in _escapes(inner):
        _refuse_escape(escape)
    return text


def _escapes(text: str) -> Iterator[str]:
    return (match.group() for match in re.finditer(r"\\.", text, re.DOTALL))
