"""The CSV that Athena saves for a query on a CloudTrail table: parameters are JSON text, structs print as `{k=v}`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analyzer.trail.unwrap.columns import take_row
from analyzer.trail.unwrap.csv_rows import csv_rows
from analyzer.trail.unwrap.record_collector import collect_rows

if TYPE_CHECKING:
    from analyzer.trail.interface import FileRecords

KIND: Final = "cloudtrail-athena"
FORM: Final = "athena"


def unwrap(data: bytes) -> FileRecords:
    """The records in `data`, a row each."""
    return collect_rows(csv_rows(data), take_row)
