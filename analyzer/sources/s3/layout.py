"""How CloudTrail lays out its keys (user guide, log file names; docs/facts/cloudtrail.md#2-forms-on-disk).

`[PREFIX/]AWSLogs/[o-ID/]ACCOUNT/CloudTrail[-Digest]/REGION/YYYY/MM/DD/...`: the day is that of the delivery. Calls on
key-value stores are recorded in us-east-1 alone.
"""

from __future__ import annotations

import re
from typing import Final

HOME: Final = "us-east-1"
TREE: Final = (
    r"(?:^|/)AWSLogs/(?:o-[a-z0-9]{1,32}/)?\d{12}/CloudTrail(?:-[A-Za-z]{1,30})?/([a-z]{2}[a-z0-9-]{3,28})/"
)
"""Of a key, up to the Region, which is captured."""
DAY: Final = TREE + r"(\d{4}/\d{2}/\d{2})/"
"""Of a key, up to the day of delivery, which is captured after the Region."""

_REGION: Final = re.compile(TREE + "$")
_ABOVE: Final = re.compile(
    r"(?:^|/)AWSLogs/(?:o-[a-z0-9]{1,32}/)?(?:\d{12}/(?:CloudTrail(?:-[A-Za-z]{1,30})?/)?)?$"
)
_ACCOUNT: Final = re.compile(r"(?:^|/)AWSLogs/(?:o-[a-z0-9]{1,32}/)?\d{12}/$")
_TRAIL: Final = re.compile(r"CloudTrail(?:-[A-Za-z]{1,30})?/")
_TRAILS: Final = re.compile(r"(?:^|/)AWSLogs/(?:o-[a-z0-9]{1,32}/)?\d{12}/CloudTrail(?:-[A-Za-z]{1,30})?/$")


def region_of(prefix: str) -> str | None:
    """The Region, where the days of one lie directly below the prefix."""
    match = _REGION.search(prefix)
    return match[1] if match else None


def is_above_days(prefix: str) -> bool:
    """Whether Regions with days lie some levels below the prefix, from `AWSLogs/` on."""
    return _ABOVE.search(prefix) is not None


def is_of_other_service(prefix: str, level: str) -> bool:
    """Whether `level`, below the prefix of an account, is where another service of AWS has its logs."""
    return _ACCOUNT.search(prefix) is not None and not _TRAIL.fullmatch(level)


def is_of_other_region(prefix: str, level: str) -> bool:
    """Whether `level`, below a trail, is another Region than that of the calls."""
    return _TRAILS.search(prefix) is not None and level != f"{HOME}/"
