"""EventBridge events: the record stands in `detail` (EventBridge user guide, events from AWS services)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from analyzer.trail.harvest import Harvest
from analyzer.trail.json_values import decoded, encoded, values

if TYPE_CHECKING:
    from analyzer.trail.interface import Unwrapped

KIND: Final = "cloudtrail-eventbridge"
FORM: Final = "eventbridge"


class _Envelope(msgspec.Struct, gc=False, rename={"type": "detail-type"}):
    detail: msgspec.Raw = msgspec.Raw(b"")
    type: object = None


_ENVELOPE: Final = msgspec.json.Decoder(_Envelope)


def unwrap(data: bytes) -> Unwrapped:
    """The records in `data`: events in an array, a line each, one after the other, or one alone."""
    found = values(data)
    taken = Harvest()
    for raw in found.found:
        try:
            event = _envelope(raw)
        except (ValueError, RecursionError):
            taken.damage()
            continue
        if event.detail and "CloudTrail" in str(event.type):
            taken.take(event.detail)
        else:
            taken.refuse("an EventBridge event that CloudTrail did not send")
    taken.damage(found.damaged)
    return taken.unwrapped(found.problems)


def _envelope(raw: bytes | msgspec.Raw) -> _Envelope:
    try:
        return _ENVELOPE.decode(raw)
    except ValueError:
        return _ENVELOPE.decode(encoded(decoded(raw)))
