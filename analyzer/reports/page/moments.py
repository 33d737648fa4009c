"""Times and lengths of time in the page's words."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import timedelta

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
_LONG: Final = 48 * _HOUR  # beyond it days say more than hours


def as_time(value: object) -> datetime | None:
    """The time that a cell of a table holds; None where it holds none."""
    return value if isinstance(value, datetime) else None


def clock(at: datetime | None) -> str:
    """`15:40:32`; a question mark where it is not known."""
    return "?" if at is None else f"{at:%H:%M:%S}"


def day(at: datetime) -> str:
    """`Friday 21 March 2025`."""
    return f"{at:%A} {at.day} {at:%B %Y}"


def moment(at: datetime, beside: datetime | None) -> str:
    """`15:40:32`, with the day before it where it is another one than that of `beside`."""
    if beside is not None and at.date() == beside.date():
        return clock(at)
    return f"{at.day} {at:%B %Y} {clock(at)}"


def length(time: timedelta) -> str:
    """`9 min 24 s`, `1 h 17 min`, `3 days`."""
    total = int(time.total_seconds())
    if total < _MINUTE:
        return f"{total} s"
    if total < _HOUR:
        return _two(total, _MINUTE, "min", 1, "s")
    if total < _LONG:
        return _two(total, _HOUR, "h", _MINUTE, "min")
    return f"{total // _DAY} days"


def _two(total: int, large: int, of_large: str, small: int, of_small: str) -> str:
    rest = total % large // small
    return f"{total // large} {of_large}" + (f" {rest} {of_small}" if rest else "")
