"""Where the clock of a log may be wrong: which deploys may have come before a listing that they follow by their logs.

In come writes beside the newest listing of their store. Out go the same with wider windows, and a condition.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.tables import TIME

if TYPE_CHECKING:
    from datetime import datetime

_WRONG_CLOCK: Final = pl.duration(hours=1)
"""How far the clock of a log may be off that is not aligned with the trail for sure."""

_NEARLY_RIGHT: Final = pl.duration(minutes=5)
"""How far the clocks of a log and of a listing may be apart where nothing shows them to be wrong."""


def at_any_time(states: pl.DataFrame, calls: pl.DataFrame, reach: datetime | None) -> pl.DataFrame:
    """`states`, the windows of deploys whose clocks may be wrong as wide as that allows.

    Of one that fits the trail at another time, on both sides. Of one that fits it nowhere, though the trail reaches it,
    as far as it may have come before the listing that it follows by its log: else two logs are in their own order.
    """
    latest = pl.min_horizontal(pl.col("high") + _WRONG_CLOCK, "listing_at")
    unsure = (pl.col("clock") == "ambiguous").fill_null(False)
    unaligned = (pl.col("clock") == "unaligned").fill_null(False)
    reached = pl.col("low") <= pl.lit(reach, dtype=TIME)
    before = (unaligned & reached & (pl.col("low") > pl.col("listing_at"))).fill_null(False)
    low = (
        pl.when(unsure)
        .then(pl.col("low") - _WRONG_CLOCK)
        .when(before)
        .then(pl.col("low") - _clock_margin(calls))
    )
    return states.with_columns(
        low=low.otherwise("low").cast(TIME),
        high=pl.when(unsure).then(pl.max_horizontal("high", latest)).otherwise("high").cast(TIME),
    )


def perhaps_later(states: pl.DataFrame, calls: pl.DataFrame, reach: datetime | None) -> pl.DataFrame:
    """The `states` of deploys that fit the trail nowhere, though it reaches them, as late as they may have run.

    None of them is later than the listing by more than a clock may be off. Where no call of the store is recorded, two
    logs are in their own order: then there are none.
    """
    before = (pl.col("low") - _WRONG_CLOCK).cast(TIME) <= pl.col("listing_at")
    reached = pl.col("low") <= pl.lit(reach, dtype=TIME)
    latest = pl.min_horizontal(pl.col("high") + _WRONG_CLOCK, "listing_at").cast(TIME)
    return states.filter((pl.col("clock") == "unaligned") & reached & before & _recorded(calls)).with_columns(
        high=pl.max_horizontal("high", latest)
    )


def _clock_margin(calls: pl.DataFrame) -> pl.Expr:
    """How far the clock of a log may be off that is not aligned with the trail.

    Where calls are recorded and none fits, that is a sign of a wrong clock; else a clock is taken for nearly right.
    """
    return pl.when(_recorded(calls)).then(_WRONG_CLOCK).otherwise(_NEARLY_RIGHT)


def _recorded(calls: pl.DataFrame) -> pl.Expr:
    return pl.col("store").is_in(calls["store"].unique().implode())


def too_soon(calls: pl.DataFrame, reach: datetime | None) -> pl.Expr:
    """Whether the listing may be older than the deploy: no call of its store surely fits the times of its log.

    Where a trail reaches the deploy, and shows nothing of it, nothing shows the log's clock to be right either.
    """
    silent = pl.col("low") <= pl.lit(reach, dtype=TIME)
    margin = pl.when(silent).then(_WRONG_CLOCK).otherwise(_clock_margin(calls))
    soon = pl.col("listing_at") < pl.col("high") + margin
    unsure = pl.col("clock").is_in(["unaligned", "ambiguous"]) & pl.col("live").is_null()
    return (unsure & soon).fill_null(False)
