"""`aws cloudtrail lookup-events`: each event holds its record as text in `CloudTrailEvent`.

It gives management events (and Insights) of 90 days and one Region, never data events: no call on a key is among
them, so nothing is concluded from what it does not show (CloudTrail API reference, LookupEvents).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from analyzer.trail.interface import FileExtent
from analyzer.trail.unwrap.record_collector import RecordCollector, collect_values

if TYPE_CHECKING:
    from analyzer.trail.interface import FileRecords

KIND: Final = "cloudtrail-lookup-events"
FORM: Final = "lookup-events"
NO_DATA_EVENTS: Final = (
    "management events only: this form never contains calls on keys, and proves no key's absence"
)


def unwrap(data: bytes) -> FileRecords:
    """The records in `data`: pages of output, or an event a line; it speaks for no time."""
    records = collect_values(data, take, "Events")
    return replace(records, problems=[NO_DATA_EVENTS, *records.problems], extent=FileExtent())


def take(collector: RecordCollector, value: object) -> None:
    """One page of output, or one event."""
    events = value.get("Events", [value]) if isinstance(value, dict) else None
    for event in events if isinstance(events, list) else [None]:
        if isinstance(event, dict):
            collector.take_value(event.get("CloudTrailEvent"))
        else:
            collector.refuse("an object of another kind")
