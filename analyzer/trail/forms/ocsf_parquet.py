"""OCSF as Parquet: the objects of Amazon Security Lake."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from analyzer.sources.limits import VALUES
from analyzer.trail.forms.ocsf import take_event
from analyzer.trail.interface import FileRecords
from analyzer.trail.unwrap.record_collector import RecordCollector

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

KIND: Final = "cloudtrail-ocsf-parquet"
FORM: Final = "ocsf-parquet"
_COLUMNS: Final = ("api", "metadata", "time")
_USED: Final = (
    *_COLUMNS,
    "time_dt",
    "cloud",
    "actor",
    "http_request",
    "src_endpoint",
    "unmapped",
    "resources",
    "status",
    "status_id",
)
_ROWS: Final = 5_000  # held as Python objects at a time


def unwrap(data: bytes) -> FileRecords:
    """The records in `data`, a row each."""
    import polars as pl

    collector = RecordCollector()
    try:
        table = pl.scan_parquet(io.BytesIO(data))
        names = table.collect_schema().names()
        if not set(_COLUMNS) <= set(names):
            return FileRecords((), 0, refused="a Parquet file without the columns of OCSF")
        for row in _rows(table.select(name for name in _USED if name in names), max(VALUES, len(data))):
            take_event(collector, row)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError, OverflowError):
        collector.damage()
        return collector.file_records(["the Parquet data is damaged: not all of it was read"])
    return collector.file_records()


def _rows(table: pl.LazyFrame, most: int) -> Iterator[dict[str, object]]:
    import polars as pl

    count = table.select(pl.len()).collect().item()
    if count > most:
        raise ValueError("more rows than bytes")
    for start in range(0, count, _ROWS):
        yield from table.slice(start, _ROWS).collect().iter_rows(named=True)
