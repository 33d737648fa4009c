"""The CSV that the console's Event history downloads: a few columns of management events, and no parameters."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from analyzer.trail.forms.lookup_events import NO_DATA_EVENTS
from analyzer.trail.interface import FileExtent
from analyzer.trail.unwrap.csv_rows import csv_rows
from analyzer.trail.unwrap.record_collector import RecordCollector, collect_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.trail.interface import FileRecords

KIND: Final = "cloudtrail-event-history"
FORM: Final = "event-history"


def unwrap(data: bytes) -> FileRecords:
    """The count of the records in `data`; none is a call, and it speaks for no time."""
    records = collect_rows(csv_rows(data), _take)
    return replace(records, problems=[NO_DATA_EVENTS, *records.problems], extent=FileExtent())


def _take(collector: RecordCollector, row: Mapping[str, str]) -> None:
    source = row.get("Event source", "")
    if source.endswith(".amazonaws.com"):
        collector.count(1)
    else:
        collector.refuse("a row without an event source")
