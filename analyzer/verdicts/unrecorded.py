"""Since when calls on a store are recorded no more, by what the trail was told.

In come COVERED and CHAIN. Out goes UNRECORDED.
"""

from __future__ import annotations

import polars as pl

from analyzer.tables import conform
from analyzer.trail.coverage.spans import IN_FORCE_AFTER
from analyzer.verdicts.closing import is_listing
from analyzer.verdicts.tables import UNRECORDED


def unrecorded(covered: pl.DataFrame, chain: pl.DataFrame) -> pl.DataFrame:
    """UNRECORDED: where the selectors of a trail said so last; not where another trail records them, or is told to.

    Args:
        covered: COVERED.
        chain: CHAIN.
    """
    off = (pl.col("kind") == "off") & pl.col("end").is_null()
    since = covered.filter(off).drop_nulls("start").group_by("store").agg(pl.col("start").max())
    records = chain.filter(~is_listing(pl.col("event_id")))
    latest = records.group_by("store").agg(latest=pl.col("at").max())
    silent = (pl.col("latest") < pl.col("start") + IN_FORCE_AFTER).fill_null(value=True)
    others = covered.filter((pl.col("kind") != "off") & pl.col("end").is_null())
    alone = since.join(others, on="store", how="anti", maintain_order="left")
    found = alone.join(latest, on="store", how="left", maintain_order="left").filter(silent)
    seconds = pl.col("start").dt.epoch("us") / 1_000_000
    return conform(found.select("store", unrecorded_since=seconds).sort("store"), UNRECORDED)
