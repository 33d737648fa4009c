"""Windows and moments by counting: what lies in a window of time is a range of rows, however many rows it has.

A busy key has many calls and many operations that could have made each, and a row for every pair of both would be the
product of their numbers. Where the moments are in order, those of one window are neighbours: two searches find the
first and the last, and sums, nearest rows and changes along the order answer the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

COUNT = pl.Int64()


def ranges(windows: pl.DataFrame, moments: pl.DataFrame, on: Sequence[str]) -> pl.DataFrame:
    """`first, past` of each window: the rows of `moments` that agree on `on`, with `low <= at <= high`.

    They are those from `first` on, up to but without `past`; none where both are equal.

    Args:
        windows: with `low` and `high`; rows where either is null hold nothing.
        moments: with `at`, in the order of `on` and then of `at`.
        on: columns of both, besides the time; nulls agree with nothing.
    """
    offsets = moments.with_row_index("offset").group_by(on).agg(pl.col("offset").min()) if on else None
    asked = windows.select(*on, "low", "high")
    placed = (
        asked.with_columns(offset=pl.lit(0, COUNT))
        if offsets is None
        else asked.join(offsets.cast({"offset": COUNT}), on=on, how="left", maintain_order="left")
    )
    found = placed.select(
        "offset",
        before=_upto(asked.select(*on, "low"), moments, on, strictly=True),
        until=_upto(asked.select(*on, "high"), moments, on, strictly=False),
        known=pl.all_horizontal(pl.col("offset", "low", "high").is_not_null()),
    )
    first = pl.when("known").then(pl.col("offset") + pl.col("before")).otherwise(0)
    past = pl.when("known").then(pl.col("offset") + pl.col("until")).otherwise(0)
    return found.select(first=first, past=pl.max_horizontal(first, past))


def covering(moments: pl.DataFrame, windows: pl.DataFrame, on: Sequence[str]) -> pl.Series:
    """How many of `windows` hold each of `moments`: the reverse of `ranges`.

    Args:
        moments: with `at`.
        windows: with `low` and `high`.
        on: columns of both, besides the time; nulls agree with nothing.
    """
    whole = windows.filter(pl.col("low") <= pl.col("high"))
    asked = moments.select(*on, "at")
    begun = _upto(asked, whole.select(*on, at="low").sort("at"), on, strictly=False)
    ended = _upto(asked, whole.select(*on, at="high").sort("at"), on, strictly=True)
    return (begun - ended).alias("covering")


def _upto(asked: pl.DataFrame, moments: pl.DataFrame, on: Sequence[str], *, strictly: bool) -> pl.Series:
    """How many moments are not later than what stands last in `asked`, or `strictly` earlier."""
    when = asked.columns[-1]
    nth = pl.int_range(1, pl.len() + 1, dtype=COUNT)
    counted = moments.select(*on, "at", nth=nth.over(on) if on else nth).sort("at")
    found = (
        asked.with_row_index("asked")
        .sort(when)
        .join_asof(
            counted,
            left_on=when,
            right_on="at",
            by=list(on) or None,
            allow_exact_matches=not strictly,
            check_sortedness=False,
        )
        .sort("asked")
    )
    return found["nth"].fill_null(0)


def nearest(flag: pl.Expr, *, forward: bool) -> pl.Expr:
    """The row of the nearest flagged row: this one or the next with `forward`, else this one or the one before.

    Null where there is none. A range has a flagged row if the nearest from its end lies in it.
    """
    row = pl.when(flag).then(pl.int_range(pl.len(), dtype=COUNT))
    return row.backward_fill() if forward else row.forward_fill()


def rows_of(spans: pl.DataFrame, most: int | None = None) -> pl.DataFrame:
    """`span, row`: the rows of each range (`first, past`) by the place of the range; at most the first `most`."""
    past = pl.col("past") if most is None else pl.min_horizontal("past", pl.col("first") + most)
    found = spans.select(span=pl.int_range(pl.len(), dtype=COUNT), row=pl.int_ranges("first", past))
    return found.filter(pl.col("row").list.len() > 0).explode("row")
