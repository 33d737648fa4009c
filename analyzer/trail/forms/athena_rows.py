"""Athena: output of `aws athena get-query-results`; the cells are texts, as in the CSV that Athena saves.

Source: the Athena API reference, GetQueryResults. The names of the columns stand in the metadata; the first row of
the first page repeats them. A cell that is NULL is an empty object.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analyzer.trail.unwrap.columns import take_row
from analyzer.trail.unwrap.record_collector import RecordCollector, collect_values

if TYPE_CHECKING:
    from analyzer.trail.interface import FileRecords

KIND: Final = "cloudtrail-athena-rows"
FORM: Final = "athena-rows"


def unwrap(data: bytes) -> FileRecords:
    """The records in `data`: of one page of results or several, or rows without the object around them."""
    return collect_values(data, Rows().take, "Rows")


class Rows:
    """Hands rows to a collector; of rows that stand alone, the first one names the columns."""

    def __init__(self) -> None:
        self._names: list[str] = []

    def take(self, collector: RecordCollector, value: object) -> None:
        """One page, or one row of a damaged page."""
        results = value.get("ResultSet", value) if isinstance(value, dict) else None
        rows = results.get("Rows", [results]) if isinstance(results, dict) else None
        if isinstance(results, dict):
            self._names = _names(results.get("ResultSetMetadata")) or self._names
        for row in rows if isinstance(rows, list) else [None]:
            self._take_row(collector, _cells(row))

    def _take_row(self, collector: RecordCollector, cells: list[str | None] | None) -> None:
        if cells is None:
            collector.refuse("an object of another kind")
        elif not self._names:
            self._names = [cell or "" for cell in cells]
        elif len(cells) != len(self._names):
            collector.refuse("a row with more or fewer cells than columns")
        elif cells != self._names:
            take_row(collector, dict(zip(self._names, cells, strict=True)))


def _names(metadata: object) -> list[str]:
    columns = metadata.get("ColumnInfo") if isinstance(metadata, dict) else None
    names = [column.get("Name") for column in columns or () if isinstance(column, dict)]
    return [name for name in names if isinstance(name, str)]


def _cells(row: object) -> list[str | None] | None:
    data = row.get("Data") if isinstance(row, dict) else None
    if not isinstance(data, list):
        return None
    cells = [cell.get("VarCharValue") if isinstance(cell, dict) else None for cell in data]
    return [cell if isinstance(cell, str) else None for cell in cells]
