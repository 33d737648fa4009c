"""The calls that change what a trail records, found among all records without decoding the files that hold none.

Source: CloudTrail user guide and API reference; the shapes of requestParameters are those of real records (facts:
cloudtrail.md 4). GetEventSelectors and GetTrailStatus prove nothing: their responses are not recorded.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from analyzer.trail.records import Record, decode, fields, text
from analyzer.trail.search import holds
from analyzer.trail.times import parse_time

if TYPE_CHECKING:
    from datetime import datetime

    from msgspec import Raw

_SERVICE: Final = "cloudtrail.amazonaws.com"
_CHANGES: Final = frozenset(
    {"PutEventSelectors", "CreateTrail", "UpdateTrail", "StartLogging", "StopLogging", "DeleteTrail"}
)
_NAME: Final = f'"{_SERVICE}"'.encode()
_NAMED: Final = tuple(f'"{change}"'.encode() for change in sorted(_CHANGES))
_ARN: Final = re.compile(r"arn:[a-z-]+:cloudtrail:[a-z0-9-]+:\d{12}:trail/.+")


class Control(NamedTuple):
    """A successful call that changed a trail.

    Attributes:
        trail: the trail's ARN.
        at: when.
        api: one of the calls above.
        selectors: JSON, the list that PutEventSelectors set; null where the call sets none.
        event_id: of the record.
        source: the file that holds it.
    """

    trail: str
    at: datetime
    api: str
    selectors: str | None
    event_id: str
    source: str


class _File(msgspec.Struct):
    Records: list[msgspec.Raw]


_FILE: Final = msgspec.json.Decoder(_File)


def controls_in(data: bytes, source: str) -> list[Control]:
    """The changes of trails in a log file; none where it is damaged, which its reader tells."""
    if not (holds(data, _NAME) and any(holds(data, change) for change in _NAMED)):
        return []
    try:
        records = _FILE.decode(data).Records
    except (ValueError, RecursionError):
        return []
    found = (_control(raw, source) for raw in records if _NAME in bytes(raw))
    return [control for control in found if control]


def _control(raw: Raw, source: str) -> Control | None:
    try:
        record, _ = decode(raw)
    except (ValueError, RecursionError):
        return None
    at = parse_time(record.event_time)
    done = not (record.error_code or record.error_message)
    if record.event_source != _SERVICE or record.event_name not in _CHANGES or at is None or not done:
        return None
    trail = _trail(record)
    if trail is None:
        return None
    return Control(
        trail, at, str(record.event_name), _selectors(record), text(record.event_id) or "unknown", source
    )


def _trail(record: Record) -> str | None:
    """The ARN: as the record says it, else made of name, Region and account (a trail is changed at home)."""
    said = [*fields(record.response).items(), *fields(record.parameters).items()]
    names = [value for name, value in said if name in ("trailarn", "trailname", "name")]
    told = [name for name in names if isinstance(name, str) and name]
    arn = next((name for name in told if _ARN.fullmatch(name)), None)
    region, account = text(record.region), text(record.account)
    if arn or not (told and region and account):
        return arn
    return f"arn:aws:cloudtrail:{region}:{account}:trail/{told[0]}"


def _selectors(record: Record) -> str | None:
    for part in (record.response, record.parameters):
        named = fields(part)
        for name in ("advancedeventselectors", "eventselectors"):
            if isinstance(named.get(name), list) and named[name]:
                return json.dumps(named[name])
    return None
