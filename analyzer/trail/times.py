"""Times as CloudTrail and the tools behind it write them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from analyzer.moments import from_seconds, in_utc

READ: Final = "ISO 8601 with seconds, as 2026-03-20T15:40:31Z, or Unix time"
"""The forms of a time, as a message names them."""
_ISO: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d")
_FIRST: Final = 1_356_998_400  # 2013, when CloudTrail began: a smaller number is no time
_SECONDS: Final = 1 << 33  # the year 2242: a larger number counts milliseconds


def parse_time(value: object) -> datetime | None:
    """The UTC time that `value` says: ISO 8601 (`Z`, an offset, a space, a fraction) or Unix seconds or milliseconds.

    None if it says no time (`analyzer.moments`), or only the minute: whoever saved a table anew cut it. Nor are days
    and months read whose order a country decides. A time without an offset is UTC.
    """
    try:
        if isinstance(value, str) and _ISO.match(value):
            return in_utc(datetime.fromisoformat(value))
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            return None
        number = float(value)
        seconds = number if number < _SECONDS else number / 1000
        return from_seconds(seconds) if seconds >= _FIRST else None
    except (ValueError, OverflowError):
        return None
