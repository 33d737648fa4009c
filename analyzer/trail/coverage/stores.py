"""STORES: what the available trail shows of each store: how many calls, and whether their chain is whole.

Facts (CloudFront docs, "Logging CloudFront API calls using CloudTrail"): calls on a key-value store are data events,
off by default. So a store without any recorded write proves nothing about writes.
"""

from __future__ import annotations

import polars as pl

from analyzer.tables import STORES, conform
from analyzer.trail.calls.chain import forks

_NO_WRITES = "the trail contains no write to this store: its data events may not be logged"
_NONE_SHOWN = "no write of this store is shown to have succeeded"
_UNKNOWN = "; {} write(s) have an unknown outcome"
_ONE_WRITE = "a single write does not make a chain"


def stores(calls: pl.DataFrame, chain: pl.DataFrame) -> pl.DataFrame:
    """STORES: one row per store that the calls name, ordered by ARN.

    `state` is `proven` where the successful writes form one unbroken chain of two or more, `partial` where it has
    gaps or a single record, `none` where the trail holds no successful write. It speaks for the time between
    `first_at` and `last_at`, not for what lies outside.

    Args:
        calls: CALLS.
        chain: CHAIN of the same calls.
    """
    is_write = pl.col("effect") != "read"
    counts = (
        calls.filter(pl.col("store").is_not_null())
        .select("store", "event_id", "effect", "at", "ok")
        .unique("event_id")
        .group_by("store")
        .agg(
            writes=is_write.sum().cast(pl.Int64),
            reads=(~is_write).sum().cast(pl.Int64),
            unknown=(is_write & pl.col("ok").is_null()).sum().cast(pl.Int64),
            first_at=pl.col("at").min(),
            last_at=pl.col("at").max(),
        )
    )
    linked = chain.group_by("store").agg(
        records=pl.len().cast(pl.Int64),
        links=(pl.col("position") > 0).sum().cast(pl.Int64),
        gaps=pl.col("run").max(),
    )
    forked = forks(chain).group_by("store").agg(forks=pl.len().cast(pl.Int64))
    table = (
        counts.join(linked, on="store", how="left")
        .join(forked, on="store", how="left")
        .with_columns(pl.col("links", "gaps", "records", "forks").fill_null(0))
    )
    gaps = pl.format("the chain has {} gap(s): an ifMatch that no available call returned", "gaps")
    split = pl.format(
        "the records contradict each other: {} fork(s), where several writes claim to have replaced one ETag;"
        " the chain breaks {} time(s)",
        "forks",
        "gaps",
    )
    whole = pl.format("{} writes, each one's ifMatch returned by the one before it", "records")
    return conform(
        table.with_columns(
            arn="store",
            state=pl.when(pl.col("records") == 0)
            .then(pl.lit("none"))
            .when((pl.col("gaps") == 0) & (pl.col("records") > 1))
            .then(pl.lit("proven"))
            .otherwise(pl.lit("partial")),
            reason=pl.when((pl.col("records") == 0) & (pl.col("unknown") > 0))
            .then(pl.lit(_NONE_SHOWN))
            .when(pl.col("records") == 0)
            .then(pl.lit(_NO_WRITES))
            .when(pl.col("forks") > 0)
            .then(split)
            .when(pl.col("gaps") > 0)
            .then(gaps)
            .when(pl.col("records") == 1)
            .then(pl.lit(_ONE_WRITE))
            .otherwise(whole)
            + pl.when(pl.col("unknown") > 0).then(pl.format(_UNKNOWN, "unknown")).otherwise(pl.lit("")),
        ).sort("arn"),
        STORES,
    )
