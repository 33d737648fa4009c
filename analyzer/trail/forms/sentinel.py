"""Microsoft Sentinel: rows of the table AWSCloudTrail, saved as CSV in the portal.

`TimeGenerated` stands in the place of eventTime, and may be the time of ingestion (Azure/Azure-Sentinel#9145). It is
written in the way of the user's country. Which part is the day is detected by a number above 12 anywhere in the file.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from analyzer.moments import in_utc
from analyzer.trail.calls.records import OUTCOME, UNKNOWN
from analyzer.trail.interface import Loss
from analyzer.trail.times import parse_time
from analyzer.trail.unwrap.columns import part
from analyzer.trail.unwrap.csv_rows import csv_rows
from analyzer.trail.unwrap.record_collector import RecordCollector, collect_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analyzer.trail.interface import FileRecords

KIND: Final = "cloudtrail-sentinel"
FORM: Final = "sentinel"
_TIME: Final = ("TimeGenerated [UTC]", "TimeGenerated")
_LOSS: Final = Loss("no eventTime: the time is TimeGenerated, which may be that of ingestion")
_UNREAD: Final = Loss(f"{_LOSS.words}; the parameters could not be read", keys=True)
_LOCAL: Final = re.compile(
    r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}),? (\d{1,2}):(\d\d):(\d\d)(?:\.\d{1,9})?(?: ([AP])M)?$"
)
_MONTHS: Final = 12
_COLUMNS: Final = {
    "eventVersion": ("EventVersion",),
    "eventSource": ("EventSource",),
    "eventName": ("EventName",),
    "eventID": ("AwsEventId",),
    "requestID": ("AwsRequestId_", "AwsRequestId"),
    "errorCode": ("ErrorCode",),
    "errorMessage": ("ErrorMessage",),
    "awsRegion": ("AWSRegion", "AwsRegion"),
    "recipientAccountId": ("RecipientAccountId",),
    "sharedEventID": ("SharedEventId",),
    "sourceIPAddress": ("SourceIpAddress",),
    "userAgent": ("UserAgent",),
    "eventCategory": ("EventCategory",),
}


def unwrap(data: bytes) -> FileRecords:
    """The records in `data`, a row each."""
    day_first = _day_first(row for row in csv_rows(data) if row)
    return collect_rows(csv_rows(data), partial(_take, day_first=day_first))


def _take(collector: RecordCollector, row: Mapping[str, str], day_first: bool | None) -> None:
    record: dict[str, object] = {name: _cell(row, columns) for name, columns in _COLUMNS.items()}
    time = _time(_cell(row, _TIME) or "", day_first)
    if time is None:
        collector.refuse("a row whose TimeGenerated is not a time, or can be read as two (day and month)")
        return
    record["eventTime"] = time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    account = _cell(row, ("UserIdentityAccountId",))
    access_key = _cell(row, ("UserIdentityAccessKeyId",))
    record["userIdentity"] = {
        "arn": _cell(row, ("UserIdentityArn",)),
        "accountId": account,
        "accessKeyId": access_key,
    }
    if "ErrorCode" not in row:
        record[OUTCOME] = UNKNOWN
    record["readOnly"] = {"true": True, "false": False}.get((_cell(row, ("ReadOnly",)) or "").lower())
    loss = _LOSS
    for name in ("RequestParameters", "ResponseElements", "Resources"):
        field = name[0].lower() + name[1:]
        try:
            record[field] = part(row.get(name))
        except (ValueError, RecursionError):
            record[field] = None
            loss = _UNREAD if name == "RequestParameters" else loss
    collector.take_fields(record, loss)


def _cell(row: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((row[name] for name in names if row.get(name)), None)


def _day_first(rows: Iterable[Mapping[str, str]]) -> bool | None:
    """Whether days stand before months; None if no row shows it."""
    for row in rows:
        match = _LOCAL.match(_cell(row, _TIME) or "")
        if match and match[7]:
            return False
        if match and max(int(match[1]), int(match[2])) > _MONTHS:
            return int(match[1]) > _MONTHS
    return None


def _time(text: str, day_first: bool | None) -> datetime | None:
    match = _LOCAL.match(text)
    if not match:
        return parse_time(text)
    if day_first is None and match[1] != match[2]:
        return None
    day, month = (match[1], match[2]) if day_first else (match[2], match[1])
    hour = int(match[4])
    if match[7]:
        hour = hour % 12 + (12 if match[7] == "P" else 0)
    try:
        return in_utc(
            datetime(int(match[3]), int(month), int(day), hour, int(match[5]), int(match[6]), tzinfo=UTC)
        )
    except ValueError:
        return None
