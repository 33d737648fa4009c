"""Repairs of letters and signs: blanks that do not break, escape codes as text, mojibake, arrows, HTML, links.

Each takes lines and gives them repaired; a line that shows nothing of the damage is given as it is.
"""

from __future__ import annotations

import html
import re
from functools import partial
from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable

_BLANKS: Final = r"[\x{a0}\x{1680}\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}]"
_INVISIBLE: Final = r"[\x{200b}\x{2060}\x{feff}]"
# An escape sequence of colour whose ESC became text, or was lost: then only the numbers of colours.
_ESCAPE: Final = (
    r"(?:\^\[|\\x1[bB]|[\\#]033|\\u001[bB]|\\e|\x{241b}|\x{fffd}|\x{2190})\[[0-9;?]{0,20}[A-Za-z]"
)
_COLOUR: Final = r"(?:[0-9]|2[1-9]|3[0-79]|4[0-79]|9[0-7]|10[0-7]|[34]8;(?:5;[0-9]{1,3}|2(?:;[0-9]{1,3}){3}))"
_BARE: Final = rf"\[(?:{_COLOUR}(?:;{_COLOUR}){{0,4}})?m"
_ENTITY: Final = "&(?:[a-zA-Z]{2,8}|#[0-9]{1,6}|#[xX][0-9a-fA-F]{1,5});"
_NUMBERED: Final = r"(?:\\[2-3][0-7]{2}){2,}|(?:\\x[89a-fA-F][0-9a-fA-F]){2,}|(?:M-(?:\^[@-_?]|[ -~])){2,}"
_BYTE: Final = re.compile(r"\\([2-3][0-7]{2})|\\x([0-9a-fA-F]{2})|M-(\^?)([ -~])")
_LINK: Final = r"\[([^\[\]\n]{1,60})\]\(https?://[^()\s]{1,600}\)"
_STEP_LINK: Final = r"(\[[0-9]{1,20}\]\(https?://[^()\s]{1,400}#step:[0-9]{1,6}:[0-9]{1,9}\))"
_FOREIGN: Final = re.compile(r"[^\x00-\x7f]+")
_PAGES: Final = ("cp1252", "latin-1", "cp437", "cp850", "mac_roman")

# Signs that became ASCII, a question mark or U+FFFD, each where a form has it.
_LOST: Final = r"(?:\?|\x{fffd})"
_ARROW: Final = rf"(?:-+>|=+>|{_LOST}{{1,3}})"
_PARTED: Final = r"[^ ]+ [^ :]+:[^ ]+"  # a name and a type
_TIME: Final = r"(?: \([0-9.]+s\))?"
_FREE: Final = r"(^|[ \t:>|\]])"
_DRAWN: Final = rf"(?:[│|]  |{_LOST}{{1,3}}  |   ){{0,40}}?"
_SIGNS: Final = (
    (rf"^(.{{0,200}}\|  [A-Z][a-z]{{4,8}} {{2,8}}.{{1,300}}?) {_ARROW} ({_PARTED}{_TIME})$", "${1} → ${2}"),
    (rf"^({_PARTED}) {_ARROW} ({_PARTED})$", "${1} → ${2}"),
    (rf"^(.{{0,200}}[+*-]  {_PARTED}) {_ARROW} ({_PARTED})$", "${1} → ${2}"),
    (rf"^(.{{0,200}}?){_ARROW}  (App:        |No changes)", "${1}➜  ${2}"),
    (rf"^(.{{0,200}}?)(?:\^|{_ARROW})  (Permalink   http)", "${1}↗  ${2}"),
    (rf"{_FREE}(?:[xX*]|{_LOST}{{1,3}})  (Failed|Interrupted)$", "${1}✕  ${2}"),
    (rf"{_FREE}(?:[vV*]|\x{{221a}}|{_LOST}{{1,3}})  (Complete|Removed|Refreshed|Generated)$", "${1}✓  ${2}"),
    (rf"^(.{{0,200}} [+~<>=-][+ ><=-]  {_DRAWN}){_LOST}{{2,6}} ([^ :]+:[^ ]+)", "${1}├─ ${2}"),
)


def blanks(lines: pl.Series) -> pl.Series:
    """Blanks of another width, or that do not break, become blanks; signs without a width go."""
    return lines.str.replace_all(_BLANKS, " ").str.replace_all(_INVISIBLE, "")


def pages(lines: pl.Series) -> pl.Series:
    """The page breaks of a print or a PDF go."""
    return lines.str.replace_all("\f", "", literal=True)


def escapes(lines: pl.Series) -> pl.Series:
    """Codes of colours are taken off that are text: a caret and a bracket for ESC, its number, or no ESC at all."""
    return lines.str.replace_all(_ESCAPE, "").str.replace_all(_BARE, "")


def entities(lines: pl.Series) -> pl.Series:
    """Signs that HTML writes as `&gt;`, also where it was done twice."""
    which = lines.str.contains(_ENTITY)
    return blanks(_of_few(lines, which, lambda line: html.unescape(html.unescape(line))))


def numbered(lines: pl.Series) -> pl.Series:
    """Bytes beyond ASCII that a tool wrote as numbers: `sed -n l`, `cat -v`, a program's quoted text."""
    runs = re.compile(_NUMBERED)
    return _of_few(
        lines, lines.str.contains(_NUMBERED), lambda line: runs.sub(lambda run: _decoded(run[0]), line)
    )


def _decoded(run: str) -> str:
    try:
        return bytes(map(_numbered_byte, _BYTE.finditer(run))).decode()
    except UnicodeError:
        return run


def _numbered_byte(one: re.Match[str]) -> int:
    octal, hexadecimal, control, sign = one.groups()
    if octal or hexadecimal:
        return int(octal, 8) if octal else int(hexadecimal, 16)
    return 0x80 | (ord(sign) ^ 0x40 if control else ord(sign))


def links(lines: pl.Series) -> pl.Series:
    """`[5](https://...)` becomes `5`: a page made links of numbers, and a copy of it Markdown."""
    return lines.str.replace_all(_LINK, "${1}")


def copied_links(lines: pl.Series) -> int:
    """How many different numbers GitHub's page of a job made links to its own lines: no program prints such."""
    return lines.str.extract(_STEP_LINK).drop_nulls().n_unique()


def signs(lines: pl.Series) -> pl.Series:
    """Arrows, crosses and branches that became ASCII, `?` or U+FFFD, where a form has them."""
    for pattern, repaired in _SIGNS:
        lines = lines.str.replace(pattern, repaired)
    return lines


def _mojibake(page: str, lines: pl.Series) -> pl.Series:
    return _of_few(
        lines,
        lines.str.len_bytes() > lines.str.len_chars(),
        lambda line: _FOREIGN.sub(partial(_reread, page), line),
    )


def _reread(page: str, run: re.Match[str]) -> str:
    """A run of letters that are no ASCII, written in `page` and read as UTF-8; as it is where it cannot be."""
    try:
        return b"".join(_byte(sign, page) for sign in run[0]).decode()
    except UnicodeError:
        return run[0]


def _byte(sign: str, page: str) -> bytes:
    return bytes([ord(sign)]) if "\x80" <= sign <= "\x9f" else sign.encode(page)


def _of_few(lines: pl.Series, which: pl.Series, repair: Callable[[str], str]) -> pl.Series:
    rows = which.fill_null(value=False).arg_true()
    if rows.is_empty():
        return lines
    repaired = pl.Series([repair(line) for line in lines.gather(rows)], dtype=pl.String)
    return lines.clone().scatter(rows, repaired)


MOJIBAKE: Final = {page: partial(_mojibake, page) for page in _PAGES}
"""A repair for each code page in which UTF-8 may have been read."""
