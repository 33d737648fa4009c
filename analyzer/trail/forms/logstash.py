"""Records as Logstash (and the OTRF datasets) keep them: `@timestamp` in the place of `eventTime`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analyzer.trail.harvest import Harvest, harvest
from analyzer.trail.interface import Loss

if TYPE_CHECKING:
    from analyzer.trail.interface import Unwrapped

KIND: Final = "cloudtrail-logstash"
FORM: Final = "logstash"
_LOSS: Final = Loss("no eventTime: the time is @timestamp, which may be that of ingestion")


def unwrap(data: bytes) -> Unwrapped:
    """The records in `data`."""
    return harvest(data, _take)


def _take(taken: Harvest, value: object) -> None:
    if not isinstance(value, dict) or value.get("eventTime") is not None:
        taken.take_fields(value if isinstance(value, dict) else {})
        return
    taken.take_fields(value | {"eventTime": value.get("@timestamp")}, _LOSS)
