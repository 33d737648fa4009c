"""Which moments lie in which windows of time, as ranges of row numbers instead of as pairs.

A busy key has many calls and many operations that could have made each of them. A row for every pair would be the
product of their numbers. Here the moments are sorted, so the moments of one window are neighbours: two binary searches
find the first and the last. Sums, nearest rows and changes along the order answer the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.verdicts.columns import COUNT

if TYPE_CHECKING:
    from collections.abc import Sequence


def ranges(windows: pl.DataFrame, moments: pl.DataFrame, on: Sequence[str]) -> pl.DataFrame:
    """`first, past` of each window: the rows of `moments` that agree on `on`, with `low <= at <= high`.

    They are those from `first` on, up to but without `past`; the range is empty where both are equal.

    Args:
        windows: with `low` and `high`; rows where either is null hold nothing.
        moments: with `at`, in the order of `on` and then of `at`.
        on: columns of both, besides the time; nulls agree with nothing.
    """
    offsets = moments.with_row_index("offset").group_by(on).agg(pl.col("offset").min()) if on else None
    numbered = _numbered(moments, on)
    spans = windows.select(*on, "low", "high")
    with_offset = (
        spans.with_columns(offset=pl.lit(0, COUNT))
        if offsets is None
        else spans.join(offsets.cast({"offset": COUNT}), on=on, how="left", maintain_order="left")
    )
    counts = with_offset.select(
        "offset",
        before=_upto(spans.select(*on, "low"), numbered, on, strictly=True),
        until=_upto(spans.select(*on, "high"), numbered, on, strictly=False),
        whole=pl.all_horizontal(pl.col("offset", "low", "high").is_not_null()),
    )
    first = pl.when("whole").then(pl.col("offset") + pl.col("before")).otherwise(0)
    past = pl.when("whole").then(pl.col("offset") + pl.col("until")).otherwise(0)
    return counts.select(first=first, past=pl.max_horizontal(first, past))


def covering(moments: pl.DataFrame, windows: pl.DataFrame, on: Sequence[str]) -> pl.Series:
    """How many of `windows` hold each of `moments`: the reverse of `ranges`.

    Args:
        moments: with `at`.
        windows: with `low` and `high`.
        on: columns of both, besides the time; nulls agree with nothing.
    """
    whole = windows.filter(pl.col("low") <= pl.col("high"))
    times = moments.select(*on, "at")
    begun = _upto(times, _numbered(whole.select(*on, at="low").sort("at"), on), on, strictly=False)
    ended = _upto(times, _numbered(whole.select(*on, at="high").sort("at"), on), on, strictly=True)
    return (begun - ended).alias("covering")


def _numbered(moments: pl.DataFrame, on: Sequence[str]) -> pl.DataFrame:
    """The moments by time, each with its number (from 1) among those that agree on `on`."""
    nth = pl.int_range(1, pl.len() + 1, dtype=COUNT)
    return moments.select(*on, "at", nth=nth.over(on) if on else nth).sort("at")


def _upto(times: pl.DataFrame, numbered: pl.DataFrame, on: Sequence[str], *, strictly: bool) -> pl.Series:
    """How many moments are not later than the last column of `times`, or `strictly` earlier."""
    when = times.columns[-1]
    joined = (
        times.with_row_index("order")
        .sort(when)
        .join_asof(
            numbered,
            left_on=when,
            right_on="at",
            by=list(on) or None,
            allow_exact_matches=not strictly,
            check_sortedness=False,
        )
        .sort("order")
    )
    return joined["nth"].fill_null(0)


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
    return rows.filter(pl.col("row").list.len() > 0).explode("row")
