"""EventBridge events: the record stands in `detail` (EventBridge user guide, events from AWS services)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from analyzer.trail.unwrap.json_values import decoded, encoded, values
from analyzer.trail.unwrap.record_collector import RecordCollector

if TYPE_CHECKING:
    from analyzer.trail.interface import FileRecords

KIND: Final = "cloudtrail-eventbridge"
FORM: Final = "eventbridge"


class _Envelope(msgspec.Struct, gc=False, rename={"type": "detail-type"}):
    detail: msgspec.Raw = msgspec.Raw(b"")
    type: object = None


_ENVELOPE: Final = msgspec.json.Decoder(_Envelope)


def unwrap(data: bytes) -> FileRecords:
    """The records in `data`: events in an array, a line each, one after the other, or one alone."""
    objects = values(data)
    collector = RecordCollector()
    for raw in objects.raws:
        try:
            event = _envelope(raw)
        except (ValueError, RecursionError):
            collector.damage()
            continue
        if event.detail and "CloudTrail" in str(event.type):
            collector.take(event.detail)
        else:
            collector.refuse("an EventBridge event that CloudTrail did not send")
    collector.damage(objects.damaged)
    return collector.file_records(objects.problems)


def _envelope(raw: bytes | msgspec.Raw) -> _Envelope:
    try:
        return _ENVELOPE.decode(raw)
    except ValueError:
        return _ENVELOPE.decode(encoded(decoded(raw)))
