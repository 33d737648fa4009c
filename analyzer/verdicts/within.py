"""Joins windows to the moments that they hold, as pairs, in time that grows with the number of pairs."""

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
    whole = windows.filter(pl.col("low").is_not_null() & pl.col("high").is_not_null())
    in_order = moments.select(*on, "at").with_row_index("moment").sort(*on, "at", maintain_order=True)
    rows = rows_of(ranges(whole, in_order, on))
    pairs = rows.select("span", moment=in_order["moment"].gather(rows["row"])).sort("span", "moment")
    return whole[pairs["span"]].hstack(moments.drop(on)[pairs["moment"]])
