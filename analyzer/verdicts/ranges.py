"""Which moments lie in which windows of time, as ranges of row numbers instead of as pairs.

A busy key has many calls and many operations that could have made each of them. A row for every pair would be the
product of their numbers. Here the moments are sorted, so the moments of one window are neighbours: as-of joins
find the first and the last. Sums, nearest rows and changes along the order answer the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import polars as pl

from analyzer.verdicts.columns import COUNT

if TYPE_CHECKING:
    from collections.abc import Sequence

_BEFORE, _AT, _AFTER = (pl.lit(side, pl.Int8) for side in (-1, 0, 1))
"""The sides of a moment, as they are sorted: what begins with it holds it, and so does what ends with it."""


def ranges(windows: pl.DataFrame, moments: pl.DataFrame, on: Sequence[str]) -> pl.DataFrame:
    """`first, past` of each window: the rows of `moments` that agree on `on`, with `low <= at <= high`.

    They are those from `first` on, up to but without `past`; the range is empty where both are equal.

    Args:
        windows: with `low` and `high`; rows where either is null hold nothing.
        moments: with `at`, in the order of `on` and then of `at`.
        on: columns of both, besides the time; nulls agree with nothing.
    """
    if windows.is_empty() or moments.is_empty():
        return pl.DataFrame({"first": _zeros(windows), "past": _zeros(windows)})
    numbered = moments.select(*on, "at", row=pl.int_range(pl.len(), dtype=COUNT)).sort("at")
    spans = windows.select(*on, "low", "high", order=pl.int_range(pl.len(), dtype=COUNT))
    both = _beside(_beside(spans, "low", numbered, on, "forward"), "high", numbered, on, "backward")
    first, last = pl.col("row"), pl.col("row_of_high")
    whole = (first <= last) & pl.all_horizontal(pl.col("low", "high").is_not_null())
    return both.sort("order").select(
        first=pl.when(whole).then(first).otherwise(0), past=pl.when(whole).then(last + 1).otherwise(0)
    )


def covering(moments: pl.DataFrame, windows: pl.DataFrame, on: Sequence[str]) -> pl.Series:
    """How many of `windows` hold each of `moments`: the reverse of `ranges`.

    Args:
        moments: with `at`.
        windows: with `low` and `high`.
        on: columns of both, besides the time; nulls agree with nothing.
    """
    if windows.is_empty() or moments.is_empty():
        return _zeros(moments).alias("covering")
    whole = windows.filter(pl.col("low") <= pl.col("high"))
    edges = (whole.select(*on, at=edge, side=side) for edge, side in (("low", _BEFORE), ("high", _AFTER)))
    held = _sums([moments.select(*on, "at", side=_AT), *edges], on, _AT - pl.col("side"))
    known = pl.all_horizontal(pl.col(*on, "at").is_not_null())
    return moments.select(covering=pl.when(known).then(pl.lit(held.head(moments.height))).otherwise(0))[
        "covering"
    ]


def _sums(rows: Sequence[pl.DataFrame], on: Sequence[str], value: pl.Expr) -> pl.Series:
    """The sum of `value` up to each of the rows `on, at, side`, by that order; in the order in which they come."""
    together = pl.concat(rows)
    order = together.select(pl.arg_sort_by(*on, "at", "side")).to_series()
    sums = together.select(value.cast(COUNT).gather(order).cum_sum()).to_series()
    return _zeros(together).scatter(order, sums)


def _beside(
    spans: pl.DataFrame,
    edge: str,
    moments: pl.DataFrame,
    on: Sequence[str],
    strategy: Literal["backward", "forward"],
) -> pl.DataFrame:
    """`spans` with the moment that is nearest to an edge, on one side of it or at it."""
    return spans.sort(edge).join_asof(
        moments,
        left_on=edge,
        right_on="at",
        by=list(on) or None,
        strategy=strategy,
        suffix=f"_of_{edge}",
        check_sortedness=False,
    )


def _zeros(rows: pl.DataFrame) -> pl.Series:
    return pl.repeat(0, rows.height, dtype=COUNT, eager=True)


def nearest(flag: pl.Expr, *, forward: bool) -> pl.Expr:
    """The row of the nearest flagged row: this one or the next with `forward`, else this one or the one before.

    Null where there is no such row. A range has a flagged row if the nearest from its end lies in it.
    """
    row = pl.when(flag).then(pl.int_range(pl.len(), dtype=COUNT))
    return row.backward_fill() if forward else row.forward_fill()


def rows_of(spans: pl.DataFrame, most: int | None = None) -> pl.DataFrame:
    """`span, row`: the rows of each range (`first, past`) by the number of the range; at most the first `most`."""
    past = pl.col("past") if most is None else pl.min_horizontal("past", pl.col("first") + most)
    rows = spans.select(span=pl.int_range(pl.len(), dtype=COUNT), row=pl.int_ranges("first", past))
    return rows.explode("row", empty_as_null=False)
