"""The times that count as times: from 1970 up to the year 2999.

Another time in an input (the year 1, the year 9999) counts as no time: no call or deploy was then, and near the ends of
the calendar no margin could be added to it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from os import PathLike

EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2999, 12, 31, tzinfo=UTC)


def in_utc(time: datetime) -> datetime | None:
    """`time` in UTC, which it is if it has no offset; None if it is no such time."""
    try:
        moment = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except OverflowError:
        return None
    return moment if EARLIEST <= moment <= LATEST else None


def from_seconds(seconds: float) -> datetime | None:
    """The time of Unix seconds; None if they are out of range."""
    try:
        return in_utc(datetime.fromtimestamp(seconds, UTC))
    except (ValueError, OverflowError, OSError):
        return None


def clamped(time: datetime | None) -> datetime | None:
    """`time` in UTC, or the nearest time that counts: nothing happened before the first."""
    if time is None:
        return None
    in_range = in_utc(time)
    if in_range is not None:
        return in_range
    return EARLIEST if time.year < EARLIEST.year + 1 else LATEST


def of_file(path: str | PathLike[str]) -> datetime | None:
    """When a file was last changed; None if its file system has no time for it.

    Raises:
        OSError: there is no such file.
    """
    return from_seconds(Path(path).stat().st_mtime)
