"""Joins what happened at a time to the windows that hold it, in time that grows with what is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.verdicts.ranges import ranges, rows_of

if TYPE_CHECKING:
    from collections.abc import Sequence


def within(windows: pl.DataFrame, moments: pl.DataFrame, on: Sequence[str]) -> pl.DataFrame:
    """Pairs of a window and a moment that agree on `on`, with `low <= at <= high`.

    It is for windows that hold few moments: where many windows share many, there is a row for each pair of both
    (`ranges` answers without).

    Args:
        windows: with `low` and `high`; rows where either is null have no pairs.
        moments: with `at`.
        on: columns of both, besides the time.
    """
    known = windows.filter(pl.col("low").is_not_null() & pl.col("high").is_not_null())
    placed = moments.with_row_index("row of moments").sort(*on, "at", maintain_order=True)
    rows = rows_of(ranges(known, placed, on))
    pairs = rows.select("span", moment=placed["row of moments"].gather(rows["row"])).sort("span", "moment")
    return known[pairs["span"]].hstack(moments.drop(on)[pairs["moment"]])
