"""The times that a person may write: RFC 3339, a date, or a date and a time; UTC where no zone is given."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta

from analyzer.errors import UsageError

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[ Tt](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?) ?(Z|z|[+-]\d\d:\d\d)?")

_ZONED = re.compile(r"[Tt ]\S+ ?(?:[Zz]|[+-]\d\d:\d\d)$")


def window(since: str | None, until: str | None) -> tuple[datetime | None, datetime | None]:
    """The two moments, in UTC. A date alone means its first moment for `since`, its last for `until`.

    Raises:
        UsageError: one cannot be read, or they are in the wrong order.
    """
    start = None if since is None else moment(since, "--since")
    end = None if until is None else moment(until, "--until", end_of_day=True)
    if start is not None and end is not None and start > end:
        raise UsageError(f"--since {since} is later than --until {until}")
    return start, end


def as_written(time: datetime | None, text: str | None) -> datetime | None:
    """`time`, without its zone where `text` has none: it was read as UTC, and the report says so."""
    return time if time is None or (text and _ZONED.search(text.strip())) else time.replace(tzinfo=None)


def moment(text: str, option: str, *, end_of_day: bool = False) -> datetime:
    """The moment that `text` names, in UTC.

    Args:
        text: what the user wrote.
        option: the option it was written for, for the message.
        end_of_day: whether a date alone means the last microsecond of that day.

    Raises:
        UsageError: it is no such time.
    """
    try:
        return _moment(text.strip(), end_of_day=end_of_day)
    except (ValueError, OverflowError):
        wanted = "write it as 2025-03-20, 2025-03-20 12:00 or 2025-03-20T12:00:00Z"
        raise UsageError(f"{option}: {text!r} is not a time; {wanted}") from None


def _moment(text: str, *, end_of_day: bool) -> datetime:
    if _DATE.fullmatch(text):
        day = datetime.combine(datetime.fromisoformat(text), time(), UTC)
        return day + timedelta(days=1) - timedelta(microseconds=1) if end_of_day else day
    parts = _TIME.fullmatch(text)
    if parts is None:
        raise ValueError(text)
    day_text, clock, zone = parts.groups()
    return datetime.fromisoformat(f"{day_text}T{_six_digits(clock)}{(zone or 'Z').upper()}").astimezone(UTC)


def _six_digits(clock: str) -> str:
    """The clock with its fraction in microseconds, the form that every Python reads."""
    whole, point, fraction = clock.partition(".")
    return whole + point + fraction.ljust(6, "0") if point else whole
