"""`summary/` objects of SST's home, which SST up to 3.3 wrote when an update had ended. See `home_rows`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analyzer.logs.documents.document import document_rows
from analyzer.logs.documents.home_rows import Update, update_rows
from analyzer.logs.documents.rows import tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from analyzer.logs.documents.document import Document
    from analyzer.logs.documents.rows import Row
    from analyzer.sources.input_stats import InputStats
    from analyzer.sources.source import Source

KIND: Final = "sst-summary"


def read(source: Source, stats: InputStats) -> Iterator[pl.DataFrame]:
    """EVENTS of such an object: facts of the deploy, its errors, and a summary if it has ended."""
    return tables(source.name, rows(source, stats))


def rows(source: Source, stats: InputStats) -> Iterator[list[Row]]:
    """The rows of `read`."""
    stats.kind = KIND

    def of_update(document: Document, update: Update) -> list[Row]:
        return list(update_rows(source.name, document.line, update))

    return document_rows(source, stats, Update, of_update)
