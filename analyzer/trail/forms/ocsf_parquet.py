"""OCSF as Parquet: the objects of Amazon Security Lake."""

from __future__ import annotations

import io
from typing import Final

from analyzer.sources.limits import VALUES
from analyzer.trail.forms.ocsf import take_event
from analyzer.trail.forms.parquet import KIND as COLUMNS_OF_CLOUDTRAIL
from analyzer.trail.interface import FileRecords
from analyzer.trail.unwrap.parquet_rows import parquet_rows
from analyzer.trail.unwrap.record_collector import RecordCollector

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


def unwrap(data: bytes) -> FileRecords:
    """The records in `data`, a row each."""
    import polars as pl

    collector = RecordCollector()
    try:
        table = pl.scan_parquet(io.BytesIO(data))
        names = table.collect_schema().names()
        if not set(_COLUMNS) <= set(names):
            return FileRecords((), 0, other=COLUMNS_OF_CLOUDTRAIL)
        for row in parquet_rows(
            table.select(name for name in _USED if name in names), max(VALUES, len(data))
        ):
            take_event(collector, row)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError, OverflowError):
        collector.damage()
        return collector.file_records(["the Parquet data is damaged: not all of it was read"])
    return collector.file_records()
