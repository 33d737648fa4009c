"""What pastes and exports do to a log: each takes its text and gives it damaged."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

SIGNS = {"→": "->", "➜": "=>", "✕": "x", "✓": "v"}


def each(change: Callable[[str], str]) -> Callable[[str], str]:
    """The same change of every line."""
    return lambda text: "\n".join(change(line) for line in text.split("\n"))


def coloured(begin: str, end: str) -> Callable[[str], str]:
    """Codes of colours around every line and around its first word."""
    return each(
        lambda line: begin + re.sub("[A-Za-z]+", lambda word: begin + word[0] + end, line, count=1) + end
    )


def misread(page: str) -> Callable[[str], str]:
    """Every run of letters that are no ASCII, as UTF-8 that is read in `page`; what `page` lacks stays a control."""

    def again(run: re.Match[str]) -> str:
        return "".join(_letter(byte, page) for byte in run[0].encode())

    return lambda text: re.sub(r"[^\x00-\x7f]+", again, text)


def _letter(byte: int, page: str) -> str:
    try:
        return bytes([byte]).decode(page)
    except UnicodeDecodeError:
        return chr(byte)


def replaced(signs: dict[str, str]) -> Callable[[str], str]:
    """Signs replaced by others."""
    return lambda text: "".join(signs.get(sign, sign) for sign in text)


def wrapped_at(width: int) -> Callable[[str], str]:
    """Every line cut at `width`."""
    return each(lambda line: "\n".join(line[n : n + width] for n in range(0, len(line), width)) or line)


def linked(text: str) -> str:
    """Numbers as links, as a copy of GitHub's page of a job has them."""
    return re.sub(
        r"(?<=\()([0-9])", r"[\1](https://github.com/acme/shop/actions/runs/1/job/2#step:9:\1)", text
    )


WHOLE: dict[str, Callable[[str], str]] = {
    "no-break blanks": replaced({" ": "\xa0"}),
    "no-break blanks, some": lambda text: text.replace("  ", "\xa0 "),
    "narrow blanks": replaced({" ": "\u202f"}),
    "zero width": each(lambda line: "\u200b" + line),
    "caret": coloured("^[[90m", "^[[0m"),
    "escape as text": coloured("\\x1b[90m", "\\x1b[0m"),
    "escape in octal": coloured("\\033[1;31m", "\\033[0m"),
    "escape lost": coloured("[90m", "[39m"),
    "escape became U+FFFD": coloured("\ufffd[90m", "\ufffd[0m"),
    "entities": html.escape,
    "entities twice": lambda text: html.escape(html.escape(text)),
}
"""Damage that loses nothing: all of the log comes back, whatever its language (a log without the sign is whole)."""

OF_SIGNS: dict[str, Callable[[str], str]] = {
    "cp1252": misread("cp1252"),
    "latin-1": misread("latin-1"),
    "cp437": misread("cp437"),
    "cp850": misread("cp850"),
    "mac": misread("mac_roman"),
    "ascii signs": replaced(SIGNS),
    "question marks": replaced(dict.fromkeys(SIGNS, "?")),
    "U+FFFD": replaced(dict.fromkeys(SIGNS, "\ufffd")),
    "U+FFFD thrice": replaced(dict.fromkeys(SIGNS, "\ufffd" * 3)),
}
"""Damage of SST's signs: what comes back are the steps."""

OF_BLANKS: dict[str, Callable[[str], str]] = {
    "leading blanks lost": each(str.lstrip),
    "collapsed": each(lambda line: re.sub(" +", " ", line)),
    "collapsed and trimmed": each(lambda line: re.sub(" +", " ", line).strip()),
    "one blank lost": each(lambda line: line.removeprefix(" ")),
    "tabs of 8": each(lambda line: re.sub(r" {6,}", "\t", line)),
}
"""Damage of blanks: the inner indentation of messages is lost, steps and results come back."""

CUT: dict[str, Callable[[str], str]] = {f"wrapped at {width}": wrapped_at(width) for width in (72, 80, 120)}
DAMAGES = WHOLE | OF_SIGNS | OF_BLANKS | CUT
