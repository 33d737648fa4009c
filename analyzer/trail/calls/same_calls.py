"""Records with several eventIDs that are of one call: copies by two trails, or by an export.

The service gives each request an ID of its own, and no two successful writes return one ETag. So records with the same
requestID and the same returned ETag are of one call. Where one of the two is missing (reads and refused writes return
no ETag; an export may have lost the requestIDs), all else must be the same too: the time, the operation, the store, the
error and the keys. Where both are missing, one call is not told from another.
Source: docs/facts/cloudtrail.md#13-order-duplicates-delay.
"""

from __future__ import annotations

from typing import Final

import polars as pl

_REST: Final = ("at", "api", "ok", "if_match", "error_code", "error_message", "named")
COPIES: Final = pl.Schema(
    {
        "record": pl.UInt32(),
        "file": pl.UInt32(),
        "differs": pl.Boolean(),
        "event_id": pl.String(),
        "first": pl.String(),
    }
)
"""The record, the number of its file, that it does not differ, its eventID, and the file of the first one."""


def named_by(keys: pl.DataFrame) -> pl.DataFrame:
    """`record, named, open`: a hash of the keys that a record names, and whether it names some without a key."""
    hashes = pl.struct("effect", "key").hash().unique().sort().alias("named")
    rows = keys.group_by("record").agg(hashes, open=pl.col("key").is_null().any())
    return rows.with_columns(pl.col("named").hash())


def same_calls(records: pl.DataFrame, keys: pl.DataFrame) -> pl.DataFrame:
    """COPIES: the records that are of the same call as one with a lower number.

    Args:
        records: RECORDS of `call_collector`, each eventID once.
        keys: KEY_ROWS of these.
    """
    twice = _repeated(records)
    if twice.is_empty():
        return pl.DataFrame(schema=COPIES)
    about = twice.join(named_by(keys.join(twice, on="record", how="semi")), on="record", how="left")
    rest = pl.struct(*_REST).hash()
    both = pl.all_horizontal(pl.col("request_id", "etag").is_not_null())
    call = ["store", "request_id", "etag", pl.when(~both).then(rest)]
    copies = about.with_columns(first=pl.col("record").min().over(call)).filter(
        pl.col("record") > pl.col("first")
    )
    sources = about.select(first="record", earlier="source")
    return (
        copies.join(sources, on="first", how="left")
        .sort("record")
        .select("record", "file", pl.lit(value=False).alias("differs"), "event_id", first="earlier")
    )


def _repeated(records: pl.DataFrame) -> pl.DataFrame:
    """The records that share a requestID, or, without one, an ETag, with another of their store."""
    requests = records["request_id"]
    by_request = requests.is_duplicated() & requests.is_not_null()
    found = [records.filter(by_request)]
    if requests.null_count():
        unnamed = records.filter(pl.col("request_id").is_null() & pl.col("etag").is_not_null())
        found.append(unnamed.filter(unnamed.select("store", "etag").is_duplicated()))
    return pl.concat(found)
