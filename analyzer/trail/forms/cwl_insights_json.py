"""CloudWatch Logs Insights: results saved as JSON in the console; `@message` of a row is a record, or its text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analyzer.trail.unwrap.record_collector import RecordCollector, collect_values

if TYPE_CHECKING:
    from analyzer.trail.interface import FileRecords

KIND: Final = "cloudtrail-cwl-insights-json"
FORM: Final = "cwl-insights-json"


def unwrap(data: bytes) -> FileRecords:
    """The records in `data`: rows in an array, or a line each."""
    return collect_values(data, _take)


def _take(collector: RecordCollector, value: object) -> None:
    if isinstance(value, dict) and "@message" in value:
        collector.take_value(value["@message"])
    else:
        collector.refuse("a row of Insights without @message")
