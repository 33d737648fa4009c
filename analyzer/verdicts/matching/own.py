"""What the match of calls needs of the alignment: whose calls are a deploy's own, and how far its clock is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.tables import conform
from analyzer.verdicts.matching.tables import CLOCK_STATES, OWN_WRITERS

if TYPE_CHECKING:
    import polars as pl


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


def clock_states(states: pl.DataFrame) -> pl.DataFrame:
    """CLOCK_STATES of STATES."""
    return conform(states.rename({"state": "clock"}), CLOCK_STATES)
