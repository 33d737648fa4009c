"""Parquet with CloudTrail's columns, as Glue and Athena (CTAS, UNLOAD) write it: structs and lists, or JSON text.

Which columns a Parquet file has stands at its end: it is read as OCSF's first, and comes here if it is not.
"""

from __future__ import annotations

import io
from datetime import datetime
from typing import TYPE_CHECKING, Final

from analyzer.sources.limits import VALUES
from analyzer.sources.quoted import listed
from analyzer.trail.interface import FileRecords
from analyzer.trail.unwrap.columns import COLUMNS, opened, take_row
from analyzer.trail.unwrap.parquet_rows import parquet_rows
from analyzer.trail.unwrap.record_collector import RecordCollector

if TYPE_CHECKING:
    from collections.abc import Mapping

KIND: Final = "cloudtrail-parquet"
FORM: Final = "parquet"
_NEEDED: Final = {"eventsource", "eventname"}
_OBJECTS: Final = {"requestparameters", "responseelements", "useridentity", "addendum"}


def unwrap(data: bytes) -> FileRecords:
    """The records in `data`, a row each."""
    import polars as pl

    collector = RecordCollector()
    try:
        table = pl.scan_parquet(io.BytesIO(data))
        schema = table.collect_schema()
        used = [name for name in schema.names() if name.lower() in COLUMNS]
        if not {name.lower() for name in used} >= _NEEDED:
            used = [
                name for name, kind in schema.items() if kind == pl.String()
            ]  # a record as text in one of them
        if not used:
            return FileRecords((), 0, refused=f"a Parquet file with the columns {listed(schema.names())}")
        for row in parquet_rows(table.select(used), max(VALUES, len(data))):
            take_row(collector, _plain(row))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError, OverflowError):
        collector.damage()
        return collector.file_records(["the Parquet data is damaged: not all of it was read"])
    return collector.file_records()


def _plain(row: Mapping[str, object]) -> dict[str, object]:
    return {name: _object(cell) if name.lower() in _OBJECTS else _value(cell) for name, cell in row.items()}


def _object(cell: object) -> object:
    """A cell with an object, which may be a map (a list of pairs), whose values are texts."""
    if not isinstance(cell, list):
        return _value(cell)
    pairs = [pair for pair in cell if isinstance(pair, dict) and pair.keys() == {"key", "value"}]
    return {str(pair["key"]): opened(pair["value"]) for pair in pairs} if pairs == cell else _value(cell)


def _value(cell: object) -> object:
    """A cell as JSON has it: a field of a struct that is null was not in the record."""
    if isinstance(cell, datetime):
        return cell.isoformat()
    if isinstance(cell, dict):
        return {name: _value(item) for name, item in cell.items() if item is not None}
    return [_value(item) for item in cell] if isinstance(cell, list) else cell
