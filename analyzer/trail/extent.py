"""How far the available files reach: the times of a file are read from its name and from its records.

A log file is named `ACCOUNT_CloudTrail_REGION_YYYYMMDDTHHmmZ_UNIQUE.json.gz`; the minute is that of its delivery
(CloudTrail user guide, log file names). Calls on key-value stores are recorded in us-east-1, so files of other Regions
do not count here.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Final

from analyzer.moments import in_utc
from analyzer.trail.times import parse_time

if TYPE_CHECKING:
    from analyzer.trail.interface import FileExtent

HOME: Final = "us-east-1"
_FILE_NAME: Final = re.compile(r"_CloudTrail_([a-z0-9-]{1,30})_(\d{8}T\d{4})Z_")
_OWNER: Final = re.compile(r"(?<!\d)(\d{12})_CloudTrail_")
_ACCOUNT: Final = re.compile(rb'"recipientAccountId"\s*:\s*"(\d{12})"')
_REGION: Final = re.compile(rb'"awsRegion"\s*:\s*"([a-z0-9-]{1,30})"')
_TIME: Final = re.compile(rb'"eventTime"\s*:\s*"?([^",}]{1,40})')


class Extent:
    """The earliest and the latest time that any file covered so far.

    Attributes:
        first: the earliest `eventTime` at an end of a file.
        reach: the latest delivery, by the names of the files; by their times where a name says none.
        accounts: those of the files, by their names, else by the records in them.
        regions: those of the files, in the same way.
    """

    def __init__(self) -> None:
        self.first: datetime | None = None
        self.reach: datetime | None = None
        self.accounts: set[str] = set()
        self.regions: set[str] = set()

    def add(self, name: str, data: bytes) -> None:
        """Takes in a file: its name and its bytes, unpacked."""
        region, delivered = _read_name(name)
        region = region or _region(data)
        self.accounts |= _accounts(name, data)
        self.regions |= {region} if region else set()
        if (region or HOME) != HOME:
            return
        ends = {data.find(b'"eventTime"'), data.rfind(b'"eventTime"')} - {-1}
        times = [time for at in ends if (time := _time(data, at)) and time <= (delivered or time)]
        self.include(*times, *([delivered] if delivered else []))

    def merge(self, other: Extent) -> None:
        """Takes in what another one took in."""
        self.include(*(time for time in (other.first, other.reach) if time))
        self.accounts |= other.accounts
        self.regions |= other.regions

    def add_extent(self, extent: FileExtent) -> None:
        """Takes in a file whose form gives its extent; a search of its bytes would not."""
        self.accounts |= extent.accounts
        self.regions |= extent.regions
        self.include(*(time for time in (extent.first, extent.last) if time))

    def include(self, *times: datetime) -> None:
        """Takes in times of records (or deliveries)."""
        for time in times:
            self.first = min(self.first or time, time)
            self.reach = max(self.reach or time, time)


def is_named(name: str) -> bool:
    """Whether a file has the name that CloudTrail gives its log files."""
    return _FILE_NAME.search(name) is not None


def delivery(name: str) -> datetime | None:
    """When a log file was delivered, by its name."""
    return _read_name(name)[1]


def _read_name(name: str) -> tuple[str | None, datetime | None]:
    match = _FILE_NAME.search(name)
    if not match:
        return None, None
    try:
        return match[1], in_utc(datetime.fromisoformat(match[2]))
    except ValueError:
        return match[1], None


def _accounts(name: str, data: bytes) -> set[str]:
    """The account that a file is of; every one that its records name where its name says none."""
    match = _OWNER.search(name)
    return {match[1]} if match else {account.decode() for account in set(_ACCOUNT.findall(data))}


def _region(data: bytes) -> str | None:
    match = _REGION.search(data)
    return match[1].decode() if match else None


def _time(data: bytes, at: int) -> datetime | None:
    match = _TIME.match(data, at)
    return parse_time(match[1].decode("ascii", "replace")) if match else None
