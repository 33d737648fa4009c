"""The calls that change what a trail records, or a store; found without decoding the files without them.

Source: CloudTrail user guide and API reference; the shapes of requestParameters are those of real records
(docs/facts/cloudtrail.md#4-absence-of-evidence). GetEventSelectors and GetTrailStatus prove nothing: their responses
are not recorded.
"""

from __future__ import annotations

import json
import re
from datetime import datetime  # noqa: TC003 - msgspec reads the types
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from analyzer.trail.calls.records import Record, decode, fields, text
from analyzer.trail.calls.store_changes import CALLS as STORE_CALLS
from analyzer.trail.calls.store_changes import SERVICE as STORE_SERVICE
from analyzer.trail.calls.store_changes import store_change_of
from analyzer.trail.search import holds
from analyzer.trail.times import parse_time

if TYPE_CHECKING:
    from collections.abc import Iterable

    from msgspec import Raw

    from analyzer.trail.calls.store_changes import StoreChange

_SERVICE: Final = "cloudtrail.amazonaws.com"
_CHANGES: Final = frozenset(
    {"PutEventSelectors", "CreateTrail", "UpdateTrail", "StartLogging", "StopLogging", "DeleteTrail"}
)
_LITERALS: Final = {
    f'"{service}"'.encode(): [f'"{name}"'.encode() for name in sorted(names)]
    for service, names in ((_SERVICE, _CHANGES), (STORE_SERVICE, STORE_CALLS))
}
_ARN: Final = re.compile(r"arn:[a-z-]+:cloudtrail:[a-z0-9-]+:\d{12}:trail/.+")


class Control(NamedTuple):
    """A call that changed a trail; one that is known to have failed is none.

    Attributes:
        trail: the trail's ARN.
        at: when.
        api: one of the calls above.
        selectors: JSON, the list that PutEventSelectors set; null where the call sets none.
        event_id: of the record.
        source: the file that holds it.
        sure: whether the record shows that the call succeeded.
    """

    trail: str
    at: datetime
    api: str
    selectors: str | None
    event_id: str
    source: str
    sure: bool = True


class _File(msgspec.Struct):
    Records: list[msgspec.Raw]


_FILE: Final = msgspec.json.Decoder(_File)


def is_control(service: object, name: object) -> bool:
    """Whether a record of that eventSource and eventName is one of those that `changes` reads."""
    return (service == _SERVICE and name in _CHANGES) or (service == STORE_SERVICE and name in STORE_CALLS)


def records_in(data: bytes) -> list[Raw]:
    """The records of a log file that may be such; none where it is damaged, which its reader reports."""
    named = [name for service, names in _LITERALS.items() if holds(data, service) for name in names]
    if not any(holds(data, name) for name in named):
        return []
    try:
        records = _FILE.decode(data).Records
    except (ValueError, RecursionError):
        return []
    return [raw for raw in records if any(service in bytes(raw) for service in _LITERALS)]


def changes(records: Iterable[bytes | Raw], source: str) -> tuple[list[Control], list[StoreChange]]:
    """The changes of trails that the records of a file report, and the stores that were made or deleted."""
    controls: list[Control] = []
    store_changes: list[StoreChange] = []
    for raw in records:
        try:
            record, _ = decode(raw)
        except (ValueError, RecursionError):
            continue
        if control := _control(record, source):
            controls.append(control)
        elif change := store_change_of(record, source):
            store_changes.append(change)
    return controls, store_changes


def _control(record: Record, source: str) -> Control | None:
    at = parse_time(record.event_time)
    if record.event_source != _SERVICE or record.event_name not in _CHANGES or at is None or record.failed:
        return None
    trail = _trail(record)
    if trail is None:
        return None
    event_id = text(record.event_id) or "unknown"
    sure = record.shows_errors or isinstance(record.response, dict)
    return Control(trail, at, str(record.event_name), _selectors(record), event_id, source, sure)


def _trail(record: Record) -> str | None:
    """The ARN of the trail: from the record, else built from name, Region and account (a trail is changed at home)."""
    members = [*fields(record.response).items(), *fields(record.parameters).items()]
    names = [value for name, value in members if name in ("trailarn", "trailname", "name")]
    texts = [name for name in names if isinstance(name, str) and name]
    arn = next((name for name in texts if _ARN.fullmatch(name)), None)
    region, account = text(record.region), text(record.account)
    if arn or not (texts and region and account):
        return arn
    return f"arn:aws:cloudtrail:{region}:{account}:trail/{texts[0]}"


def _selectors(record: Record) -> str | None:
    for part in (record.response, record.parameters):
        named = fields(part)
        for name in ("advancedeventselectors", "eventselectors"):
            if isinstance(named.get(name), list) and named[name]:
                return json.dumps(named[name])
    return None
