"""CloudWatch Logs Insights: output of `aws logs get-query-results`; the field `@message` is a record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analyzer.trail.unwrap.record_collector import RecordCollector, collect_values

if TYPE_CHECKING:
    from analyzer.trail.interface import FileRecords

KIND: Final = "cloudtrail-cwl-insights"
FORM: Final = "cwl-insights"


def unwrap(data: bytes) -> FileRecords:
    """The records in `data`: of one output or several."""
    return collect_values(data, take, "results")


def take(collector: RecordCollector, value: object) -> None:
    """One output, or one row of a damaged one."""
    rows = value.get("results") if isinstance(value, dict) else [value]  # a row of a damaged answer
    for row in rows if isinstance(rows, list) else [None]:
        cells = row if isinstance(row, list) else []
        messages = [
            cell.get("value") for cell in cells if isinstance(cell, dict) and cell.get("field") == "@message"
        ]
        if messages:
            collector.take_value(messages[0])
        else:
            collector.refuse("a row of Insights without @message")
