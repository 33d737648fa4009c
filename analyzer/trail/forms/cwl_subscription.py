"""CloudWatch Logs: what a subscription delivers, to Lambda (`awslogs`) or, through Firehose, to S3.

Source: CloudWatch Logs user guide, subscription filters. Firehose joins the messages without a line break; those
of the type CONTROL_MESSAGE only test that they can be delivered.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Final

from analyzer.sources.limits import MESSAGE
from analyzer.sources.source import Source
from analyzer.sources.unpack import read_whole
from analyzer.trail.unwrap.json_values import decoded
from analyzer.trail.unwrap.record_collector import RecordCollector, collect_values

if TYPE_CHECKING:
    from analyzer.trail.interface import FileRecords

KIND: Final = "cloudtrail-cwl-subscription"
FORM: Final = "cwl-subscription"


def unwrap(data: bytes) -> FileRecords:
    """The records in `data`: of one message or several."""
    return collect_values(data, _take, "logEvents")


def _take(collector: RecordCollector, value: object) -> None:
    wrapped = value.get("awslogs") if isinstance(value, dict) else None
    if wrapped is not None:
        try:
            value = _unpacked(wrapped)
        except (ValueError, RecursionError):
            collector.damage()
            return
    if not isinstance(value, dict):
        collector.refuse("an object of another kind")
    elif value.get("messageType") != "CONTROL_MESSAGE":
        _take_messages(collector, value.get("logEvents", [value]))  # an event of a damaged message


def _take_messages(collector: RecordCollector, events: object) -> None:
    for event in events if isinstance(events, list) else [None]:
        if isinstance(event, dict):
            collector.take_value(event.get("message"))
        else:
            collector.refuse("an object of another kind")


def _unpacked(wrapped: object) -> object:
    """What `{"data": BASE64}` holds, gzip taken off.

    Raises:
        ValueError: it holds nothing that can be read.
    """
    text = wrapped.get("data") if isinstance(wrapped, dict) else None
    if not isinstance(text, str):
        raise ValueError("no data")
    try:
        packed = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("no base64") from error
    whole, problems = read_whole(Source("awslogs", None, packed), MESSAGE)
    if problems:
        raise ValueError(problems[0])
    return decoded(whole)
