"""CloudTrail Lake: output of `aws cloudtrail get-query-results`; a row is a list of dicts with one column each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analyzer.trail.unwrap.columns import take_row
from analyzer.trail.unwrap.record_collector import RecordCollector, collect_values

if TYPE_CHECKING:
    from analyzer.trail.interface import FileRecords

KIND: Final = "cloudtrail-lake"
FORM: Final = "lake"


def unwrap(data: bytes) -> FileRecords:
    """The records in `data`: of one page of results or several."""
    return collect_values(data, take, "QueryResultRows")


def take(collector: RecordCollector, value: object) -> None:
    """One page of results, or one row of a damaged one."""
    rows = value.get("QueryResultRows", [value]) if isinstance(value, dict) else [value]
    for row in rows if isinstance(rows, list) else [None]:
        cells = row if isinstance(row, list) else [row]  # or an object, as `jq` makes of it
        named = [cell for cell in cells if isinstance(cell, dict)]
        take_row(collector, {name: item for cell in named for name, item in cell.items()})
