"""Joins what happened at a time to the windows that hold it, in time that grows with what is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

_BUCKET = 16
"""Seconds. Most windows are some seconds long: they lie in one bucket or two."""


def within(windows: pl.DataFrame, moments: pl.DataFrame, on: Sequence[str]) -> pl.DataFrame:
    """Pairs of a window and a moment that agree on `on`, with `low <= at <= high`.

    An equality join on the keys alone would pair every operation on a busy key with every call on it; so both sides
    are cut into buckets of time first. The result is the same (a property test holds it to that).

    Args:
        windows: with `low` and `high`; rows where either is null have no pairs.
        moments: with `at`.
        on: columns of both, besides the time.
    """
    known = windows.filter(pl.col("low").is_not_null() & pl.col("high").is_not_null())
    # The join holds places alone: a busy key pairs many calls with many operations before their times part them.
    spans = known.select(*on, "low", "high", bucket=pl.int_ranges(_bucket("low"), _bucket("high") + 1))
    timed = moments.select(*on, "at", bucket=_bucket("at"))
    pairs = (
        spans.lazy()
        .with_row_index("window")
        .explode("bucket")
        .join(timed.lazy().with_row_index("moment"), on=[*on, "bucket"], maintain_order="left_right")
        .filter(pl.col("at").is_between(pl.col("low"), pl.col("high")))
        .select("window", "moment")
        .collect()
    )
    return known[pairs["window"]].hstack(moments.drop(on)[pairs["moment"]])


def _bucket(column: str) -> pl.Expr:
    return pl.col(column).dt.epoch("s") // _BUCKET
