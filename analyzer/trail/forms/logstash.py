"""Records as Logstash (and the OTRF datasets) keep them: `@timestamp` in the place of `eventTime`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analyzer.trail.interface import Loss
from analyzer.trail.unwrap.record_collector import RecordCollector, collect_values

if TYPE_CHECKING:
    from analyzer.trail.interface import FileRecords

KIND: Final = "cloudtrail-logstash"
FORM: Final = "logstash"
_LOSS: Final = Loss("no eventTime: the time is @timestamp, which may be that of ingestion")


def unwrap(data: bytes) -> FileRecords:
    """The records in `data`."""
    return collect_values(data, _take)


def _take(collector: RecordCollector, value: object) -> None:
    if not isinstance(value, dict) or value.get("eventTime") is not None:
        collector.take_fields(value if isinstance(value, dict) else {})
        return
    collector.take_fields(value | {"eventTime": value.get("@timestamp")}, _LOSS)
