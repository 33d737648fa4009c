r"""Names as the program gave them: rows print a name as Go quotes it (strconv.QuoteToGraphic), without its quotes.

So `C:\dir` stands as `C:\\dir`, and `"a"` as `\"a\"`. Source: docs/facts/pulumi-output.md#22-rows.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable

_BACKSLASH: Final = "\\"
_LETTERS: Final = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_ESCAPE: Final = re.compile(
    r"\\(?:([abfnrtv\\\"'])|x([0-9a-f]{2})|u([0-9a-f]{4})|U(0010[0-9a-f]{4}|000[0-9a-f]{5}))"
)


def as_named(tables: Iterable[pl.DataFrame]) -> list[pl.DataFrame]:
    """`tables` with plain names; those that come with a URN are left: a URN is printed as it is."""
    return [_named(table) if _quotes(table) else table for table in tables]


def _quotes(table: pl.DataFrame) -> bool:
    return "name" in table.columns and bool(table["name"].str.contains(_BACKSLASH, literal=True).any())


def _named(table: pl.DataFrame) -> pl.DataFrame:
    names = table["name"].unique().drop_nulls()
    plain = pl.col("name").replace({name: unquoted(name) for name in names if _BACKSLASH in name})
    if "urn" in table.columns:
        plain = pl.when(pl.col("urn").is_null()).then(plain).otherwise("name")
    return table.with_columns(name=plain)


def unquoted(name: str) -> str:
    r"""`name` without Go's quoting, where it is quoted: every backslash in it begins one of Go's escapes.

    `C:\\dir` is `C:\dir`, and so is `C:\dir` itself.
    """
    inside = re.fullmatch(r'"((?:[^"\\]|\\.)*)"', name)
    inner = inside[1] if inside and _BACKSLASH in name else name
    if _BACKSLASH in _ESCAPE.sub("", inner):
        return name
    return _ESCAPE.sub(_meaning, inner)


def _meaning(escape: re.Match[str]) -> str:
    letter, *codes = escape.groups()
    if letter:
        return _LETTERS.get(letter, letter)
    return chr(int(next(code for code in codes if code), 16))
