"""The time of a record: the field that says it, by its name, and how its value is read.

Sources: Docker's json-file (`time`), CloudWatch Logs (`timestamp`, `@timestamp`; milliseconds), Loki (nanoseconds as
a text), Serilog's compact form (`@t`), zap (`ts`, seconds with a fraction), journald (`__REALTIME_TIMESTAMP`,
microseconds as a text), Datadog and Google Cloud (`timestamp`). A time without a zone is taken as UTC, as everywhere.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from analyzer.moments import LATEST

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAMES: Final = (
    "timestamp", "@timestamp", "time", "@t", "ts", "Timestamp", "Time", "TIMESTAMP", "_time", "datetime", "date",
    "t", "eventTime", "__REALTIME_TIMESTAMP", "asctime", "timeGenerated", "TimeGenerated", "when",
)  # fmt: skip
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_FIRST: Final = (datetime(2000, 1, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND  # a smaller number is a count
_LAST: Final = (LATEST - _EPOCH) // _MICROSECOND
_UNITS: Final = ((1_000_000, 1), (1_000, 1), (1, 1), (1, 1_000))  # seconds, milli-, micro-, nanoseconds
_NUMBER: Final = re.compile(r"[0-9]{9,19}(?:\.[0-9]{1,9})?")
_FRACTION: Final = re.compile(r"[.,]([0-9]{1,9})")
_LONGEST: Final = 40  # characters of a time


def time_in(record: Mapping[str, object]) -> int | None:
    """Unix microseconds that a field of `record` says; None where no field is known as a time."""
    for name in _NAMES:
        if name in record and (at := time_of(record[name])) is not None:
            return at
    return None


def time_of(value: object) -> int | None:
    """Unix microseconds of a number since 1970, in any unit, or of an ISO 8601 text; None for all else."""
    if isinstance(value, str):
        if len(value) > _LONGEST:
            return None
        if not _NUMBER.fullmatch(value):
            return _iso(value)
        return _since_1970(float(value) if "." in value else int(value))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _since_1970(value)
    return None


def _since_1970(number: float) -> int | None:
    for times, divided in _UNITS:
        at = int(number * times)
        if _FIRST <= at // divided <= _LAST:
            return at // divided
    return None


def _iso(text: str) -> int | None:
    text = _FRACTION.sub(lambda fraction: "." + fraction[1][:6].ljust(6, "0"), text, count=1)
    text = text.removesuffix(" UTC")
    try:
        at = datetime.fromisoformat(text)
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        since = (at - _EPOCH) // _MICROSECOND
    except (ValueError, OverflowError):
        return None
    return since if _FIRST <= since <= _LAST else None
