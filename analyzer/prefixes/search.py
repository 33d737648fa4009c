"""Searches a log for what stands before its anchors: the prefixes, and the lines by which they are judged.

All lines are searched, since a value that only lines with errors have is in no sample. Prefixes that differ only in a
clock or a number are one. Everything is bounded: lines, prefixes, and what is kept of them.

Source: docs/facts/prefixes.md#2-algorithm.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.prefixes.anchors import anchors, starts
from analyzer.prefixes.clocks import ANY_CLOCK
from analyzer.prefixes.infer import FOUND, Finding, Seen, inferred

if TYPE_CHECKING:
    from collections.abc import Iterable

_KEYS: Final = 2000  # prefixes that are looked at
_ANCHORS: Final = 20_000  # of which the order is looked at
_LINES: Final = 20_000  # of which is counted how many have the prefix
_QUOTED: Final = "[\"'`]$"


@dataclass(slots=True)
class Search:
    """Takes the lines of a log, batch by batch, and finds its prefixes."""

    _parts: list[pl.DataFrame] = field(default_factory=list)
    _keys: set[str] = field(default_factory=set)
    _lines: list[pl.Series] = field(default_factory=list)
    _count: int = 0
    _first: int | None = None
    _anchors: int = 0
    _bare: int = 0

    def add(self, lines: pl.Series) -> None:
        """The next lines, without ANSI sequences and trailing blanks."""
        found = starts(lines)
        self._anchors += found.height
        self._bare += int((found["start"] == 0).sum())
        sampled = sum(map(len, self._lines))
        if found.height and sampled == 0:
            self._first = self._count
        if self._first is not None and sampled < _LINES:
            self._lines.append(lines.head(_LINES - sampled))
        if found.height:
            self._keep(lines, found)
        self._count += len(lines)

    @property
    def is_bare(self) -> bool:
        """Whether there is no anchor, or as many as not begin a line."""
        return 2 * self._bare >= self._anchors

    def found(self) -> Finding:
        """What the lines so far show."""
        if self.is_bare:
            return Finding()
        found = pl.concat(self._parts).filter(pl.col("prefix") != "")
        return inferred(Seen(found, pl.concat(self._lines), self._first or 0))

    def _keep(self, lines: pl.Series, found: pl.DataFrame) -> None:
        """Keeps the anchors; beyond the bound only prefixes that are new, and beyond the next one nothing."""
        part = _prefixed(lines, found)
        room = max(_ANCHORS - sum(map(len, self._parts)), 0)
        beyond = part.slice(room).filter(~pl.col("key").is_in(list(self._keys)))
        part = pl.concat([part.head(room), beyond.unique("key", maintain_order=True)])
        self._keys.update(part["key"].unique(maintain_order=True).head(_KEYS - len(self._keys)))
        part = part.filter(pl.col("key").is_in(list(self._keys)))
        rows = part["row"]
        kinds = anchors(lines.gather(rows)).select("kind", "text")
        line = pl.col("row").cast(pl.Int64) + self._count
        self._parts.append(
            pl.concat([part, kinds], how="horizontal").with_columns(line=line).select(FOUND.names())
        )


def search(batches: Iterable[pl.Series]) -> Finding:
    """What the lines of `batches` show."""
    found = Search()
    for lines in batches:
        found.add(lines)
    return found.found()


def _prefixed(lines: pl.Series, found: pl.DataFrame) -> pl.DataFrame:
    """`row`, `prefix` and `key` of the anchors of `lines`, but for those that are quoted: source code holds them."""
    prefix = pl.col("of").cast(pl.Binary).bin.slice(0, pl.col("start")).cast(pl.String, strict=False)
    table = found.select("row", "start", of=lines.gather(found["row"])).select("row", prefix=prefix)
    table = table.filter(~pl.col("prefix").str.contains(_QUOTED))
    return table.with_columns(key=_key(pl.col("prefix")))


def _key(prefix: pl.Expr) -> pl.Expr:
    """`prefix` without clocks and numbers: what is left tells the ways to print apart."""
    unclocked = prefix.str.replace_all(ANY_CLOCK, "\0")
    return unclocked.str.replace_all("(^|[^0-9A-Za-z._/@-])[0-9][0-9.]*", "${1}0")
