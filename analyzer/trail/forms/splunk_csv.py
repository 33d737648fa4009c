"""Splunk: results saved as CSV; the column `_raw` is the record, else its fields stand flattened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analyzer.trail.forms.splunk import take_fields
from analyzer.trail.unwrap.csv_rows import csv_rows
from analyzer.trail.unwrap.record_collector import collect_rows

if TYPE_CHECKING:
    from analyzer.trail.interface import FileRecords

KIND: Final = "cloudtrail-splunk-csv"
FORM: Final = "splunk-csv"


def unwrap(data: bytes) -> FileRecords:
    """The records in `data`, a row each."""
    return collect_rows(csv_rows(data), take_fields)
