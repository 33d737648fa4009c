"""CloudWatch Logs Insights: results saved as CSV in the console; the column `@message` is a record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analyzer.trail.unwrap.csv_rows import csv_rows
from analyzer.trail.unwrap.record_collector import RecordCollector, collect_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.trail.interface import FileRecords

KIND: Final = "cloudtrail-cwl-insights-csv"
FORM: Final = "cwl-insights-csv"


def unwrap(data: bytes) -> FileRecords:
    """The records in `data`."""
    return collect_rows(csv_rows(data), _take)


def _take(collector: RecordCollector, row: Mapping[str, str]) -> None:
    collector.take_value(row.get("@message"))
