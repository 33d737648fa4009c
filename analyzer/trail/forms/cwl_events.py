"""CloudWatch Logs: output of `aws logs filter-log-events` and `get-log-events`; each `message` is a record.

In the log group of an EventBridge rule it is an event, in which the record stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analyzer.trail.unwrap.record_collector import RecordCollector, collect_values

if TYPE_CHECKING:
    from analyzer.trail.interface import FileRecords

KIND: Final = "cloudtrail-cwl-events"
FORM: Final = "cwl-events"


def unwrap(data: bytes) -> FileRecords:
    """The records in `data`, which may be several outputs, or events without the list around them."""
    return collect_values(data, take, "events")


def take(collector: RecordCollector, value: object) -> None:
    """One output, or one event."""
    events = value.get("events", [value]) if isinstance(value, dict) else None
    for event in events if isinstance(events, list) else [None]:
        if isinstance(event, dict):
            collector.take_value(event.get("message"))
        else:
            collector.refuse("an object of another kind")
