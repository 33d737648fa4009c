"""The CSV that the console's Event history downloads: a few columns of management events, and no parameters."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from analyzer.trail.csv_rows import csv_rows
from analyzer.trail.forms.lookup_events import NO_DATA_EVENTS
from analyzer.trail.harvest import Harvest, harvest_rows
from analyzer.trail.interface import Told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.trail.interface import Unwrapped

KIND: Final = "cloudtrail-event-history"
FORM: Final = "event-history"


def unwrap(data: bytes) -> Unwrapped:
    """The count of the records in `data`; none is a call, and it speaks for no time."""
    unwrapped = harvest_rows(csv_rows(data), _take)
    return replace(unwrapped, problems=[NO_DATA_EVENTS, *unwrapped.problems], told=Told())


def _take(taken: Harvest, row: Mapping[str, str]) -> None:
    source = row.get("Event source", "")
    if source.endswith(".amazonaws.com"):
        taken.count(1)
    else:
        taken.refuse("a row without an event source")
