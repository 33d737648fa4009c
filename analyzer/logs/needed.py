"""Which events the analysis needs; all others are counted and dropped, so that memory follows what matters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.logs.documents.told_state import INVALIDATION
from analyzer.logs.results import troubling
from analyzer.resources.shown import console_phrases, is_of_any
from analyzer.tables import EVENTS, conform, empty

if TYPE_CHECKING:
    from collections.abc import Iterable


def needed_of(batches: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """EVENTS that the analysis needs, of batches in the order of the logs: the same rows, however they were cut.

    A deploy that lies in two batches has an edge at each cut; so what was kept is looked at once more, as a whole.
    """
    kept = [batch.filter(needed()) for batch in batches]
    if len(kept) < 2:  # noqa: PLR2004 - one batch, or none, has no cuts
        return conform(kept[0], EVENTS) if kept else empty(EVENTS)
    return conform(pl.concat(kept).filter(needed()), EVENTS)


def needed() -> pl.Expr:
    """Which events the analysis needs: those about deploys and key-value resources.

    The first and the last of a deploy keep its times. What a verbose log says in passing is not needed, but for
    errors of calls.
    """
    edge = pl.col("deploy").is_first_distinct() | pl.col("deploy").is_last_distinct()
    passing = pl.col("severity").is_in(["info", "debug"]).fill_null(False) & pl.col("request_id").is_null()
    about = pl.col("kind").is_in(["header", "summary", "failed"]) | pl.col("fact").is_not_null()
    diagnostic = (pl.col("kind") == "diagnostic") & ~passing
    stack = (pl.col("type") == "pulumi:pulumi:Stack").fill_null(False)
    console = pl.col("kind") == "console"
    telling = console & pl.col("message").str.contains("|".join(console_phrases())).fill_null(False)
    trouble = troubling()
    first = trouble & (trouble.cast(pl.UInt32).cum_sum().over("deploy") == 1)
    return edge | first | about | diagnostic | is_of_any() | (stack & ~console) | telling | _told_of_itself()


def _told_of_itself() -> pl.Expr:
    """Which events the rules need that judge a log without a trail."""
    told = pl.any_horizontal(pl.col("identity", "unwritten", "changed").is_not_null())
    return told | pl.col("name").str.ends_with(INVALIDATION).fill_null(value=False)
