"""Addenda: later corrections of records that CloudTrail has already delivered (CloudTrail user guide, `addendum`).

An addendum with the reason UPDATED_DATA repeats an earlier record with some fields corrected, under an eventID of its
own. It is no call: its fields replace those of the record that it corrects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from analyzer.tables import CALLS
from analyzer.trail.calls.lay_out import laid_out
from analyzer.trail.calls.records import fields, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from analyzer.trail.calls.records import Record

CALLS_AND_RECORD: Final = pl.Schema({"record": pl.UInt32(), **CALLS})
_COLUMNS: Final = {
    "requestParameters": ("store", "effect", "key", "value", "if_match"),
    "responseElements": ("etag", "item_count", "ok"),
    "errorCode": ("error_code", "ok"),
    "errorMessage": ("error_message", "ok"),
    "eventTime": ("at",),
    "eventName": ("api",),
    "requestID": ("request_id",),
    "userAgent": ("user_agent",),
    "sourceIPAddress": ("source_ip",),
    "userIdentity": ("caller", "access_key"),
}


def is_update(record: Record) -> bool:
    """Whether `record` corrects another one."""
    return text(fields(record.addendum).get("reason")) == "UPDATED_DATA"


def reports_outage(record: Record) -> bool:
    """Whether `record` came late because CloudTrail failed: others of that time may be missing."""
    return text(fields(record.addendum).get("reason")) == "SERVICE_OUTAGE"


class Addendum(NamedTuple):
    """A correction.

    Attributes:
        record: the number of its record, whose calls hold the fields as they should have been.
        event_id: of the record that it corrects, if it says it.
        request_id: the same.
        updated: the fields of a record that it corrects.
    """

    record: int
    event_id: str | None
    request_id: str | None
    updated: tuple[str, ...]


class Corrected(NamedTuple):
    """What addenda make of calls.

    Attributes:
        replaced: the numbers of records that they correct.
        calls: CALLS_AND_RECORD in the place of these; `record` is null.
        unmatched: the addenda that correct none: the number of each, and its eventID.
    """

    replaced: pl.Series
    calls: pl.DataFrame
    unmatched: tuple[tuple[int, str], ...]


def addendum_of(record: Record, number: int) -> Addendum:
    """What the record, of which `is_update` holds, corrects."""
    about = fields(record.addendum)
    names = (text(about.get("updatedfields")) or "").split(",")
    return Addendum(
        number,
        text(about.get("originaleventid")),
        text(about.get("originalrequestid")),
        tuple(sorted(_COLUMNS.keys() & set(map(str.strip, names)))),
    )


def is_corrected(addenda: Iterable[Addendum]) -> pl.Expr:
    """Whether a record, or a call, is one that an addendum corrects."""
    every = list(addenda)
    by_event = _is_one(pl.col("event_id"), {addendum.event_id for addendum in every})
    return by_event | _is_one(pl.col("request_id"), {addendum.request_id for addendum in every})


def _is_one(column: pl.Expr, texts: set[str | None]) -> pl.Expr:
    known = pl.Series(sorted(filter(None, texts)), dtype=pl.String)
    return column.is_in(known.implode()).fill_null(value=False)


def corrected(
    records: pl.DataFrame,
    keys: pl.DataFrame,
    addenda: Sequence[Addendum],
    own: tuple[pl.DataFrame, pl.DataFrame],
) -> Corrected:
    """What the addenda, one after the other, make of calls.

    Args:
        records: RECORDS, at least those that are corrected.
        keys: KEY_ROWS of these.
        addenda: in the order of their records.
        own: RECORDS and KEY_ROWS of the addenda themselves.
    """
    if not addenda:
        return Corrected(pl.Series(dtype=pl.UInt32), pl.DataFrame(schema=CALLS_AND_RECORD), ())
    about = records.filter(is_corrected(addenda))
    calls = laid_out([(about, keys)], "record")
    corrections = laid_out([own], "record").partition_by("record", as_dict=True, maintain_order=True)
    unmatched: list[tuple[int, str]] = []
    for addendum in addenda:
        correction = corrections[addendum.record,]
        changed = _changed(calls, addendum, correction)
        if changed is None:
            unmatched.append((addendum.record, correction["event_id"][0]))
        else:
            calls = changed
    left = calls.filter(pl.col("record").is_not_null())
    replaced = about.join(left, on="record", how="anti")["record"]
    return Corrected(replaced, calls.filter(pl.col("record").is_null()), tuple(unmatched))


def _changed(calls: pl.DataFrame, addendum: Addendum, correction: pl.DataFrame) -> pl.DataFrame | None:
    """CALLS with the fields that one addendum corrects; None if the record that it corrects is not there."""
    is_original = is_corrected([addendum])
    original = calls.filter(is_original)
    if original.is_empty():
        return None
    columns = {column for name in addendum.updated for column in _COLUMNS[name]}
    grain, other = (correction, original) if "key" in columns else (original, correction)
    changed = columns if other is correction else set(CALLS.names()) - columns
    row = other.row(0, named=True)
    laid = grain.with_columns(
        pl.lit(None, pl.UInt32()).alias("record"),
        *(pl.lit(row[name], CALLS[name]).alias(name) for name in CALLS if name in changed),
    )
    return pl.concat([calls.filter(~is_original), laid])
