"""`Text`: lines that were recovered from a source, each with the line of the source it stood on, and its time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from analyzer.sources.source import Source
from analyzer.tables import TIME

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Text:
    """Lines, in the order of the source.

    Attributes:
        lines: String, without line ends.
        numbers: Int64, the line of the source on which each stands, from 1.
        times: TIME at which each was written, as its record says; None where no record says one.
        others: lines of the source that hold no part of the text: records of another kind.
        notes: what was done, in words.
    """

    lines: pl.Series
    numbers: pl.Series
    times: pl.Series | None = None
    others: int = 0
    notes: tuple[str, ...] = ()

    def source(self, source: Source) -> Source:
        """The lines as a source of the same name; `within` is the file, for its time of change."""
        content = "\n".join(self.lines).encode() + b"\n" if len(self.lines) else b""
        within = source.path or source.within
        return Source(source.name, None, content, stored=source.size(), within=within)

    def placed(self, batches: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        """EVENTS of the lines → the same with the source's line numbers, and the records' times where there is none."""
        for batch in batches:
            rows = batch["line"] - 1
            placed = batch.with_columns(self.numbers.gather(rows).alias("line"))
            if self.times is not None:
                at = pl.coalesce("at", pl.lit(self.times.gather(rows)))
                placed = placed.with_columns(at.cast(TIME).alias("at"))
            yield placed

    def noted(self, note: str) -> Text:
        """The same with one note more."""
        return replace(self, notes=(*self.notes, note))
