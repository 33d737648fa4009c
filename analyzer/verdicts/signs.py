"""What the log alone shows of a write, as conditions on a row of facts."""

from __future__ import annotations

import polars as pl


def in_a_gap() -> pl.Expr:
    """Whether a call after the write's own is missing that no available log explains: it may have taken it away."""
    return pl.col("gap_event").is_not_null() & ~pl.col("gap_explained").fill_null(False)


def never_set() -> pl.Expr:
    """Whether the log's own outputs show that the operation returned before it wrote.

    Source: docs/facts/sst-output.md, S1 of section 4.5.
    """
    return pl.col("unset").fill_null(False) & (pl.col("reported") == "succeeded")


def spare_calls() -> pl.Expr:
    """Whether more calls fit writes whose log names no key than these make: some are another run's, but not which.

    `matching.patterns` counts them.
    """
    return (pl.col("pattern") & pl.col("spare")).fill_null(False)


def by_order() -> pl.Expr:
    """Whether the log has no times: the trail cannot tell a deploy that is not in it from one that is.

    Source: docs/facts/alignment.md#3-text-without-times.
    """
    return (pl.col("basis") == "order").fill_null(False)
