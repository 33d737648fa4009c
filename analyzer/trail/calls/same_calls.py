"""Records with several eventIDs that are of one call: copies by two trails, or by an export.

The service gives each request an ID of its own, and no two successful writes return one ETag. So records with the same
requestID and the same returned ETag are of one call. Where there is none (reads, refused writes), all else must be the
same too: the time, the operation, the store, the error and the keys.
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
    requests = records["request_id"]
    is_repeated = requests.is_duplicated() & requests.is_not_null()
    if not is_repeated.any():
        return pl.DataFrame(schema=COPIES)
    twice = records.filter(is_repeated)
    about = twice.join(named_by(keys.join(twice, on="record", how="semi")), on="record", how="left")
    call = pl.coalesce("etag", pl.struct(*_REST).hash().cast(pl.String()))
    copies = about.with_columns(first=pl.col("record").min().over("store", "request_id", call)).filter(
        pl.col("record") > pl.col("first")
    )
    sources = about.select(first="record", earlier="source")
    return (
        copies.join(sources, on="first", how="left")
        .sort("record")
        .select("record", "file", pl.lit(value=False).alias("differs"), "event_id", first="earlier")
    )
