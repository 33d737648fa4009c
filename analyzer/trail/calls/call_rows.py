"""Records → CALLS: one row per key that a call names.

Source of the shapes: CloudFront developer guide (logging of key-value store calls), the botocore model
`cloudfront-keyvaluestore`, and records that users published. AWS writes `PutKeys` and `DeleteKeys` where the API says
`PutKey` and `DeleteKey`; both are read. Keys are shown, values never are as a rule.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 (a NamedTuple holds its types)
from typing import TYPE_CHECKING, Final, NamedTuple

from analyzer.tables import CALLS, from_columns
from analyzer.trail.calls.records import fields, items, text
from analyzer.trail.times import parse_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from analyzer.trail.calls.records import Record
    from analyzer.trail.interface import Loss

HIDDEN: Final = "HIDDEN_DUE_TO_SECURITY_REASONS"
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
    ok: bool
    error_code: str | None
    error_message: str | None
    if_match: str | None
    etag: str | None
    item_count: int | None
    caller: str | None
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
        raise ValueError("no eventTime" if at is None else "no eventName")
    api = FOLDED.get(name, name)
    effect = EFFECTS.get(api, "read" if record.read_only is True else "put")
    parameters, response, caller = fields(record.parameters), fields(record.response), fields(record.identity)
    ok = not (record.error_code or record.error_message)
    written = ok and effect != "read"
    keys = [_Key(effect)] if _is_omitted(parameters) else _keys(api, effect, parameters)
    shared = Call(
        store=text(parameters.get("kvsarn")) or _resource(record),
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
        etag=text(response.get("etag")) if written else None,
        item_count=_count(response.get("itemcount")) if written else None,
        caller=text(caller.get("arn")),
        user_agent=text(record.user_agent),
        source_ip=text(record.source_ip),
        region=text(record.region),
        account=text(record.account) or text(caller.get("accountid")),
        source=source,
        form=form,
        degraded=_degraded(record, api, parameters),
    )
    return [shared._replace(effect=key.effect, key=key.key, value=key.value) for key in keys]


def worn(calls: Sequence[Call], loss: Loss) -> list[Call]:
    """The rows of one record whose form has lost something of it.

    Where keys may be missing, a row without a key stands for them, as for a record without parameters.
    """
    rows = [
        row._replace(degraded="; ".join(word for word in (row.degraded, loss.words) if word)) for row in calls
    ]
    if loss.keys and all(row.key is not None for row in rows):
        rows.append(rows[0]._replace(key=None, value=None))
    return rows


def calls_table(calls: Sequence[Call]) -> pl.DataFrame:
    """CALLS of rows, in their order."""
    columns = zip(*calls, strict=True) if calls else [()] * len(Call._fields)
    return from_columns(dict(zip(Call._fields, columns, strict=True)), CALLS)


def _keys(api: str, effect: str, parameters: dict[str, object]) -> list[_Key]:
    """What the call does to which key; one entry without a key where it names none."""
    if api == "UpdateKeys":
        named = [_key("put", item) for item in items(parameters.get("puts"))]
        named += [_key("delete", item) for item in items(parameters.get("deletes"))]
        return named or [_Key(effect)]
    return [_key(effect, parameters)]


def _key(effect: str, item: dict[str, object]) -> _Key:
    value = text(item.get("value")) if effect == "put" else None
    return _Key(effect, text(item.get("key")), None if value == HIDDEN else value)


def _resource(record: Record) -> str | None:
    """The store among the record's resources: not each names an ARN."""
    arns = [text(resource.get("arn")) for resource in items(record.resources)]
    return next((arn for arn in arns if arn and _STORE in arn), None)


def _is_omitted(parameters: dict[str, object]) -> bool:
    """Whether CloudTrail left the parameters out because they were larger than 100 KB."""
    return "omitted" in parameters or (text(parameters.get("reason")) or "").endswith("too large")


def _degraded(record: Record, api: str, parameters: dict[str, object]) -> str | None:
    """What the record lost, in words; None if nothing."""
    lost = [
        (_is_omitted(parameters), "parameters omitted"),
        (not parameters, "no parameters"),
        (api not in EFFECTS, "unknown operation"),
        (text(record.event_id) is None, "no eventID"),
        (not _is_known(record.version), f"eventVersion {record.version} is not known"),
    ]
    return "; ".join(words for is_lost, words in lost if is_lost) or None


def _is_known(version: object) -> bool:
    """Whether this project knows how to read records of `version`: a new major one may mean anything."""
    return text(version) is None or str(version).partition(".")[0] == "1"


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 63 else None
