"""How long losses lasted, and what ended them: LOSSES → HEALING."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import polars as pl

from analyzer.audit.trend_tables import BUCKETS, HEALING
from analyzer.tables import conform

_UNDER: Final = (timedelta(hours=1), timedelta(days=1), timedelta(days=7), timedelta(days=30))
"""The ends of the first buckets; what took just as long is in the next one."""


def healing(lost: pl.DataFrame) -> pl.DataFrame:
    """HEALING of losses that are sure."""
    lasted = pl.col("missing_until") - pl.col("missing_since")
    bucket = (
        pl.when(pl.col("state") != "healed")
        .then(pl.lit("not yet"))
        .when(lasted.is_null())
        .then(pl.lit("unknown"))
    )
    for name, end in zip(BUCKETS, _UNDER, strict=False):
        bucket = bucket.when(lasted < end).then(pl.lit(name))
    order = pl.Enum(BUCKETS)
    found = (
        lost.with_columns(bucket=bucket.otherwise(pl.lit(BUCKETS[len(_UNDER)])))
        .group_by("bucket", "state", how="healed_how")
        .agg(
            losses=pl.len().cast(pl.Int64),
            deploys=pl.col("deploys")
            .list.explode(keep_nulls=False, empty_as_null=False)
            .n_unique()
            .cast(pl.Int64),
        )
        .sort(pl.col("bucket").cast(order), "state", "how", nulls_last=True)
    )
    return conform(found, HEALING)
