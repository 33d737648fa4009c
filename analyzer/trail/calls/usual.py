"""The usual record, as AWS writes it: decoded at once into typed fields, and many of them into CALLS by columns.

A record with any other shape (another case of a name, an unknown parameter, an addendum, an odd type) is none of
these: `call_rows.calls_of` reads it field by field, ten times slower. A property test holds both ways to one answer.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 (msgspec reads the types)
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import msgspec
import polars as pl
from msgspec import Meta

from analyzer.moments import EARLIEST, LATEST
from analyzer.redaction.masks import CLOUDTRAIL, STARS
from analyzer.tables import CALLS, from_columns
from analyzer.trail.calls.call_rows import CUT, EFFECTS, FOLDED
from analyzer.trail.calls.records import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from msgspec import Raw

Text = Annotated[str, Meta(min_length=1)]
Count = Annotated[int, Meta(ge=0, le=(1 << 63) - 1)]
Version = Literal["1.05", "1.06", "1.07", "1.08", "1.09", "1.10", "1.11", "1.12", "1.13", "1.14", "1.15"]


class _Change(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    key: Text
    value: Text | None = None


class _Parameters(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    store: Text = msgspec.field(name="kvsARN")
    key: Text | None = None
    value: Text | None = None
    if_match: Text | None = msgspec.field(name="ifMatch", default=None)
    puts: list[_Change] | None = None
    deletes: list[_Change] | None = None
    token: Text | None = msgspec.field(name="nextToken", default=None)
    limit: int | None = msgspec.field(name="maxResults", default=None)


class _Response(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    etag: Text | None = msgspec.field(name="eTag", default=None)
    item_count: Count | None = msgspec.field(name="itemCount", default=None)
    size: int | None = msgspec.field(name="totalSizeInBytes", default=None)


class _Identity(msgspec.Struct, gc=False):
    arn: Text
    access_key: Text | None = msgspec.field(name="accessKeyId", default=None)


class Usual(
    msgspec.Struct,
    gc=False,
    rename={
        "service": "eventSource",
        "name": "eventName",
        "at": "eventTime",
        "event_id": "eventID",
        "shared_id": "sharedEventID",
        "request_id": "requestID",
        "error_code": "errorCode",
        "error_message": "errorMessage",
        "parameters": "requestParameters",
        "response": "responseElements",
        "identity": "userIdentity",
        "user_agent": "userAgent",
        "source_ip": "sourceIPAddress",
        "region": "awsRegion",
        "account": "recipientAccountId",
    },
):
    """The fields of a usual record that CALLS and `once` need."""

    service: Literal["edgekeyvaluestore.amazonaws.com", "cloudfront-keyvaluestore.amazonaws.com"]
    name: Literal[
        "PutKey",
        "PutKeys",
        "UpdateKeys",
        "DeleteKey",
        "DeleteKeys",
        "GetKey",
        "ListKeys",
        "DescribeKeyValueStore",
    ]
    at: Annotated[datetime, Meta(tz=True)]
    event_id: Text
    parameters: _Parameters
    identity: _Identity
    region: Text
    account: Text
    shared_id: Text | None = None
    request_id: Text | None = None
    error_code: Text | None = None
    error_message: Text | None = None
    response: _Response | None = None
    user_agent: Text | None = None
    source_ip: Text | None = None
    addendum: None = None
    outcome: Literal["success", "unknown", None] = msgspec.field(name="_outcome", default=None)
    version: Version | None = msgspec.field(name="eventVersion", default=None)
    category: Literal["Data", "Management", None] = msgspec.field(name="eventCategory", default=None)


_YEARS: Final = range(EARLIEST.year + 1, LATEST.year)
_DECODER: Final = msgspec.json.Decoder(Usual)
_READS: Final = frozenset(name for name, effect in EFFECTS.items() if effect == "read")
_UNCLEAR: Final = (*CUT, CLOUDTRAIL)
_API: Final = {name: FOLDED.get(name, name) for name in (*EFFECTS, *FOLDED)}


def usual(raw: bytes | Raw) -> Usual | None:
    """The record, if it is a usual one."""
    try:
        record = _DECODER.decode(raw)
    except (ValueError, RecursionError):
        return None
    if record.error_code or record.error_message:
        shows_outcome = True
    elif record.name in _READS:  # as `Record.shows_errors`
        shows_outcome = None not in (record.version, record.category) and record.outcome != UNKNOWN
    else:
        shows_outcome = record.response is not None and record.response.etag is not None
    store = record.parameters.store
    is_clear = shows_outcome and not store.endswith(_UNCLEAR) and STARS not in store
    return record if is_clear and record.at.year in _YEARS else None


def unclear(keys: pl.DataFrame) -> list[int]:
    """The records of `keys` that name a key which is hidden or cut: they are no usual ones after all.

    It is decided here, by columns: to look at each key of each record costs a third of decoding it.

    Args:
        keys: KEY_ROWS.
    """
    ends = (pl.col("key").str.ends_with(end) for end in _UNCLEAR)
    is_odd = pl.any_horizontal(*ends, pl.col("key").str.contains(STARS, literal=True))
    return keys.filter(is_odd)["record"].unique(maintain_order=True).to_list()


KEY_COLUMNS: Final = ("effect", "key", "value")
"""The columns of CALLS that are a key's own; all others are its record's."""
_EFFECT: Final = pl.Enum(["delete", "put", "read"])  # in the order of the texts
KEY_ROWS: Final = pl.Schema(
    {"record": pl.UInt32(), "effect": _EFFECT, "key": pl.String(), "value": pl.String()}
)
"""A key that a record names. A million of them are held until all files are read, so the effect is a number."""


def records_of_usual(records: Sequence[Usual], sources: Sequence[str], forms: Sequence[str]) -> pl.DataFrame:
    """CALLS but for the columns `KEY_COLUMNS`, a row per record.

    Args:
        records: usual records.
        sources: the file of each.
        forms: the form of that file.
    """
    apis = [_API[record.name] for record in records]
    table = from_columns(
        {
            "store": _repeated(record.parameters.store for record in records),
            "event_id": [record.event_id for record in records],
            "request_id": [record.request_id for record in records],
            "at": [record.at for record in records],
            "api": _repeated(apis),
            "ok": [not (record.error_code or record.error_message) for record in records],
            "error_code": _repeated(record.error_code for record in records),
            "error_message": _repeated(record.error_message for record in records),
            "if_match": [record.parameters.if_match for record in records],
            "etag": [record.response and record.response.etag for record in records],
            "item_count": [record.response and record.response.item_count for record in records],
            "caller": _repeated(record.identity.arn for record in records),
            "access_key": _repeated(record.identity.access_key for record in records),
            "user_agent": _repeated(record.user_agent for record in records),
            "source_ip": _repeated(record.source_ip for record in records),
            "region": _repeated(record.region for record in records),
            "account": _repeated(record.account for record in records),
            "source": _repeated(sources),
            "form": _repeated(forms),
        },
        pl.Schema({name: CALLS[name] for name in CALLS if name not in KEY_COLUMNS}),
    )
    reads = pl.Series([EFFECTS[api] == "read" for api in apis], dtype=pl.Boolean)
    return table.with_columns(pl.when(pl.col("ok") & ~reads).then(pl.col("etag", "item_count")))


def keys_of_usual(records: Sequence[Usual], numbers: Sequence[int]) -> pl.DataFrame:
    """KEY_ROWS: a row per key that a record names, at least one per record; `record` is the one of `numbers`."""
    rows: list[tuple[int, str, str | None, str | None]] = []
    for number, record in zip(numbers, records, strict=True):
        named = record.parameters
        api = _API[record.name]
        if api == "UpdateKeys":
            rows += [(number, "put", put.key, put.value) for put in named.puts or ()]
            rows += [(number, "delete", delete.key, None) for delete in named.deletes or ()]
            if not (named.puts or named.deletes):
                rows.append((number, "put", None, None))
        else:
            effect = EFFECTS[api]
            rows.append((number, effect, named.key, named.value if effect == "put" else None))
    places, effects, keys, values = zip(*rows, strict=True) if rows else ((), (), (), ())
    columns = {
        "record": places,
        "effect": pl.Series(effects, dtype=_EFFECT),
        "key": keys,
        "value": _repeated(values),
    }
    hidden = (pl.col("value") == CLOUDTRAIL) | pl.col("value").str.contains(STARS, literal=True)
    return pl.DataFrame(columns, schema=KEY_ROWS).with_columns(pl.when(~hidden).then(pl.col("value")))


def _repeated(values: Iterable[Any]) -> pl.Series:
    """A column of texts that are often the same: each is kept once in memory."""
    distinct: dict[str | None, int] = {}
    places = [distinct.setdefault(value, len(distinct)) for value in values]
    return pl.Series(list(distinct), dtype=pl.String).gather(places)
