"""Joins what happened at a time to the windows that hold it, in time that grows with what is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

_BUCKET = 64
"""Seconds. Windows are some seconds to some minutes long: most lie in one bucket or two."""


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
    spanned = known.with_columns(bucket=pl.int_ranges(_bucket("low"), _bucket("high") + 1)).explode("bucket")
    timed = moments.with_columns(bucket=_bucket("at"))
    pairs = spanned.join(timed, on=[*on, "bucket"], maintain_order="left_right").drop("bucket")
    return pairs.filter(pl.col("at").is_between(pl.col("low"), pl.col("high")))


def _bucket(column: str) -> pl.Expr:
    return pl.col(column).dt.epoch("s") // _BUCKET
