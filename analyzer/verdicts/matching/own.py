"""What the match of calls needs of the alignment: whose calls are a deploy's own, and how far its clock is known."""

from __future__ import annotations

import polars as pl

from analyzer.tables import conform
from analyzer.verdicts.matching.tables import CLOCK_STATES, OWN_WRITERS


def own_writers(writers: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """OWN_WRITERS: the writers of the aligned deploys, as ORDERED_CALLS numbers them.

    Args:
        writers: ALIGNED_WRITERS.
        calls: ORDERED_CALLS.
    """
    who = ["caller", "access_key"]
    numbers = calls.select(*who, "by").unique()
    return conform(
        writers.select("deploy", *who).unique().join(numbers, on=who, nulls_equal=True), OWN_WRITERS
    )


def clock_states(states: pl.DataFrame, alignments: pl.DataFrame) -> pl.DataFrame:
    """CLOCK_STATES of STATES and ALIGNMENTS."""
    rivals = alignments.select("deploy", rivalled=pl.col("rivals").list.len() > 0)
    return conform(states.rename({"state": "clock"}).join(rivals, on="deploy", how="left"), CLOCK_STATES)
