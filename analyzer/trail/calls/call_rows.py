"""Records → CALLS: one row per key that a call names.

Source of the shapes: CloudFront developer guide (logging of key-value store calls), the botocore model
`cloudfront-keyvaluestore`, and records that users published. AWS writes `PutKeys` and `DeleteKeys` where the API says
`PutKey` and `DeleteKey`; both are read. Keys are shown, values never are as a rule.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 (a NamedTuple holds its types)
from typing import TYPE_CHECKING, Final, NamedTuple

from analyzer.redaction.masks import CLOUDTRAIL, STARS
from analyzer.sources.quoted import quoted
from analyzer.tables import CALLS, from_columns
from analyzer.trail.calls.records import SUCCESS, fields, items, text
from analyzer.trail.times import READ, parse_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from analyzer.trail.calls.records import Record
    from analyzer.trail.interface import Loss

CUT: Final = ("...", "\u2026")
"""What tools put at the end of a text that they cut."""
KEYLESS: Final = ("parameters omitted", "no parameters", "keys that are hidden, cut or odd")
"""What `degraded` says of a call that may have named keys which the record does not show."""
NO_OUTCOME: Final = "neither an error nor an ETag shows the outcome"
_STORE: Final = ":key-value-store/"
FOLDED: Final = {"PutKeys": "PutKey", "DeleteKeys": "DeleteKey"}
"""What CloudTrail calls an operation: what the API calls it."""
EFFECTS: Final = {
    "PutKey": "put",
    "UpdateKeys": "put",
    "DeleteKey": "delete",
    "GetKey": "read",
    "ListKeys": "read",
    "DescribeKeyValueStore": "read",
}
"""What each operation does to the keys that it names; UpdateKeys deletes too."""


class _Key(NamedTuple):
    effect: str
    key: str | None = None
    value: str | None = None


class Call(NamedTuple):
    """A row of CALLS."""

    store: str | None
    event_id: str
    request_id: str | None
    at: datetime
    api: str
    effect: str
    key: str | None
    value: str | None
    ok: bool | None
    error_code: str | None
    error_message: str | None
    if_match: str | None
    etag: str | None
    item_count: int | None
    caller: str | None
    access_key: str | None
    user_agent: str | None
    source_ip: str | None
    region: str | None
    account: str | None
    source: str
    form: str
    degraded: str | None


def calls_of(record: Record, source: str, form: str) -> list[Call]:
    """The rows of one record, at least one.

    Raises:
        ValueError: it does not say when, or what was called.
    """
    at, name = parse_time(record.event_time), text(record.event_name)
    if at is None or name is None:
        raise ValueError(_timeless(record.event_time) if at is None else "no eventName")
    api = FOLDED.get(name, name)
    effect = EFFECTS.get(api, "read" if record.read_only is True else "put")
    parameters, response, caller = fields(record.parameters), fields(record.response), fields(record.identity)
    etag = text(response.get("etag")) if effect != "read" and not record.failed else None
    ok = outcome(record, effect, etag)
    written = ok is True and effect != "read"
    keys = [_Key(effect)] if _is_omitted(parameters) else _keys(api, effect, parameters)
    shared = Call(
        store=_shown(parameters.get("kvsarn")) or _resource(record),
        event_id=text(record.event_id) or f"sha256:{record.digest()}",
        request_id=text(record.request_id),
        at=at,
        api=api,
        effect=effect,
        key=None,
        value=None,
        ok=ok,
        error_code=text(record.error_code),
        error_message=text(record.error_message),
        if_match=text(parameters.get("ifmatch")),
        etag=etag,
        item_count=_count(response.get("itemcount")) if written else None,
        caller=text(caller.get("arn")),
        access_key=text(caller.get("accesskeyid")),
        user_agent=text(record.user_agent),
        source_ip=text(record.source_ip),
        region=text(record.region),
        account=text(record.account) or text(caller.get("accountid")),
        source=source,
        form=form,
        degraded=_degraded(record, api, parameters, ok=ok, unread=_has_unread(api, parameters, keys)),
    )
    return [shared._replace(effect=key.effect, key=key.key, value=key.value) for key in keys]


def _timeless(time: object) -> str:
    """Why a record has no time."""
    said = str(time) if isinstance(time, (str, int, float)) and not isinstance(time, bool) else ""
    return f"eventTime is {quoted(said)}, and what is read is {READ}" if said else "no eventTime"


def outcome(record: Record, effect: str, etag: str | None) -> bool | None:
    """Whether the call succeeded; None if the record does not say it.

    A write that succeeded returned an ETag. A read returns nothing that is recorded, so that only the error tells.
    """
    if record.failed:
        return False
    if effect == "read":
        return True if record.shows_errors else None
    return True if etag is not None or record.outcome == SUCCESS else None


def worn(calls: Sequence[Call], loss: Loss) -> list[Call]:
    """The rows of one record whose form has lost something of it.

    Where keys may be missing, a row without a key stands for them, as for a record without parameters. Where errors are
    missing, a read is of unknown outcome; what a write returned still tells.
    """
    is_open = loss.outcome and calls[0].effect == "read" and calls[0].ok is True
    degraded = "; ".join(
        word for word in (calls[0].degraded, loss.words, NO_OUTCOME if is_open else None) if word
    )
    ok = None if is_open else calls[0].ok
    rows = [row._replace(degraded=degraded or None, ok=ok) for row in calls]
    if loss.keys and all(row.key is not None for row in rows):
        rows.append(rows[0]._replace(key=None, value=None))
    return rows


def calls_table(calls: Sequence[Call]) -> pl.DataFrame:
    """CALLS of rows, in their order."""
    columns = zip(*calls, strict=True) if calls else [()] * len(Call._fields)
    return from_columns(dict(zip(Call._fields, columns, strict=True)), CALLS)


def _keys(api: str, effect: str, parameters: dict[str, object]) -> list[_Key]:
    """What the call does to which key; one entry without a key where it names none, or one that cannot be read."""
    if api == "UpdateKeys":
        changes = [*_changes("put", parameters.get("puts")), *_changes("delete", parameters.get("deletes"))]
        return changes or [_Key(effect)]
    return _changes(effect, [parameters])


def _changes(effect: str, cell: object) -> list[_Key]:
    """The keys of a list of changes; beside them one entry without a key for all that cannot be read."""
    if cell in (None, []):
        return []
    changes = [_key(effect, fields(item)) for item in (cell if isinstance(cell, list) and cell else [None])]
    named = [change for change in changes if change.key is not None]
    whole = len(named) == len(changes) and not any(_is_cut(change.key) for change in named)
    return named if whole else [*named, _Key(effect)]


def _key(effect: str, item: dict[str, object]) -> _Key:
    key, value = text(item.get("key")), text(item.get("value")) if effect == "put" else None
    return (
        _Key(effect, None, None)
        if key is None or _is_hidden(key)
        else _Key(effect, key, None if value is None or _is_hidden(value) else value)
    )


def _is_hidden(shown: str) -> bool:
    return shown == CLOUDTRAIL or STARS in shown


def _is_cut(key: str | None) -> bool:
    """Whether a key may be the beginning of a longer one: it is taken for both."""
    return key is not None and key.endswith(CUT)


def _shown(value: object) -> str | None:
    """A text that is neither hidden nor cut."""
    shown = text(value)
    return None if shown is None or _is_hidden(shown) or shown.endswith(CUT) else shown


def _has_unread(api: str, parameters: dict[str, object], keys: Sequence[_Key]) -> bool:
    """Whether the call named keys that cannot be read."""
    lists = [parameters.get("puts"), parameters.get("deletes")]
    said = any(cell not in (None, []) for cell in lists) if api == "UpdateKeys" else "key" in parameters
    return said and not _is_omitted(parameters) and any(key.key is None for key in keys)


def _resource(record: Record) -> str | None:
    """The store among the record's resources: not each names an ARN."""
    arns = [text(resource.get("arn")) for resource in items(record.resources)]
    return next((arn for arn in arns if arn and _STORE in arn), None)


def _is_omitted(parameters: dict[str, object]) -> bool:
    """Whether CloudTrail left the parameters out because they were larger than 100 KB."""
    return "omitted" in parameters or (text(parameters.get("reason")) or "").endswith("too large")


def _degraded(
    record: Record, api: str, parameters: dict[str, object], *, ok: bool | None, unread: bool
) -> str | None:
    """What the record lost, in words; None if nothing."""
    lost = [
        (_is_omitted(parameters), KEYLESS[0]),
        (not parameters, KEYLESS[1]),
        (unread, KEYLESS[2]),
        (api not in EFFECTS, "unknown operation"),
        (text(record.event_id) is None, "no eventID"),
        (not _is_known(record.version), f"eventVersion {record.version} is not known"),
        (ok is None, NO_OUTCOME),
    ]
    return "; ".join(words for is_lost, words in lost if is_lost) or None


def _is_known(version: object) -> bool:
    """Whether this project knows how to read records of `version`: a new major one may mean anything."""
    return text(version) is None or str(version).partition(".")[0] == "1"


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 63 else None
