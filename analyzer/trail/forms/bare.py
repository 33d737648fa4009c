"""Records without `{"Records": [...]}` around them: in an array, a line each, one after the other, or one alone.

The array may hold texts (`--query 'Events[].CloudTrailEvent'`), whole log files (`jq -s`), or lists of records.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analyzer.trail.unwrap.json_values import values
from analyzer.trail.unwrap.record_collector import RecordCollector

if TYPE_CHECKING:
    from analyzer.trail.interface import FileRecords

KIND: Final = "cloudtrail-records"
FORM: Final = "records"


def unwrap(data: bytes) -> FileRecords:
    """The records in `data`."""
    objects = values(data)
    collector = RecordCollector()
    for raw in objects.raws:
        collector.take(raw)
    collector.damage(objects.damaged)
    return collector.file_records(objects.problems)
