"""`aws cloudtrail lookup-events`: each event holds its record as text in `CloudTrailEvent`.

It gives management events (and Insights) of 90 days and one Region, never data events: no call on a key is among
them, so nothing is concluded from what it does not show (CloudTrail API reference, LookupEvents).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from analyzer.trail.harvest import Harvest, harvest
from analyzer.trail.interface import Told

if TYPE_CHECKING:
    from analyzer.trail.interface import Unwrapped

KIND: Final = "cloudtrail-lookup-events"
FORM: Final = "lookup-events"
NO_DATA_EVENTS: Final = (
    "management events only: this form never holds calls on keys, and proves no key's absence"
)


def unwrap(data: bytes) -> Unwrapped:
    """The records in `data`: pages of output, or an event a line; it speaks for no time."""
    unwrapped = harvest(data, _take, "Events")
    return replace(unwrapped, problems=[NO_DATA_EVENTS, *unwrapped.problems], told=Told())


def _take(taken: Harvest, value: object) -> None:
    events = value.get("Events", [value]) if isinstance(value, dict) else None
    for event in events if isinstance(events, list) else [None]:
        if isinstance(event, dict):
            taken.take_text(event.get("CloudTrailEvent"))
        else:
            taken.refuse("an object of another kind")
