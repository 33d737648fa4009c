"""CloudWatch Logs: output of `aws logs filter-log-events` and `get-log-events`; each `message` is a record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analyzer.trail.harvest import Harvest, harvest

if TYPE_CHECKING:
    from analyzer.trail.interface import Unwrapped

KIND: Final = "cloudtrail-cwl-events"
FORM: Final = "cwl-events"


def unwrap(data: bytes) -> Unwrapped:
    """The records in `data`, which may be several outputs, or events without the list around them."""
    return harvest(data, _take, "events")


def _take(taken: Harvest, value: object) -> None:
    events = value.get("events", [value]) if isinstance(value, dict) else None
    for event in events if isinstance(events, list) else [None]:
        if isinstance(event, dict):
            taken.take_text(event.get("message"))
        else:
            taken.refuse("an object of another kind")
