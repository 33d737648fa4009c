"""Addenda: later corrections of records that CloudTrail has already delivered (CloudTrail user guide, `addendum`).

An addendum with the reason UPDATED_DATA repeats an earlier record with some fields corrected, under an eventID of its
own. It is no call: its fields replace those of the record that it corrects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.tables import CALLS
from analyzer.trail.calls.call_rows import calls_of, calls_table
from analyzer.trail.calls.records import fields, text

if TYPE_CHECKING:
    from analyzer.trail.calls.records import Record

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


def corrected_calls(calls: pl.DataFrame, update: Record, source: str, form: str) -> pl.DataFrame | None:
    """CALLS with the fields that `update` corrects; None if the record that it corrects is not there.

    Raises:
        ValueError: as `calls_of`.
    """
    about = fields(update.addendum)
    by_event = pl.col("event_id") == pl.lit(text(about.get("originaleventid")), pl.String())
    by_request = pl.col("request_id") == pl.lit(text(about.get("originalrequestid")), pl.String())
    is_original = by_event.fill_null(value=False) | by_request.fill_null(value=False)
    original = calls.filter(is_original)
    if original.is_empty():
        return None
    correction = calls_table(calls_of(update, source, form))
    updated = {name.strip() for name in (text(about.get("updatedfields")) or "").split(",")}
    columns = {column for name in updated for column in _COLUMNS.get(name, ())}
    grain, other = (correction, original) if "key" in columns else (original, correction)
    corrected = columns if other is correction else set(CALLS.names()) - columns
    row = other.row(0, named=True)
    laid = grain.with_columns(
        pl.lit(row[name], CALLS[name]).alias(name) for name in CALLS if name in corrected
    )
    return pl.concat([calls.filter(~is_original), laid])
