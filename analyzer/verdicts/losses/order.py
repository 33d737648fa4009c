"""The order of two calls on one key, and how sure it is."""

from __future__ import annotations

import polars as pl


def came_later(later_run: str, later_at: str) -> pl.Expr:
    """Whether the other call surely came later: by the chain or, where that is broken, by another second."""
    return (pl.col("run") == pl.col(later_run)) | (pl.col(later_at) > pl.col("at"))


def order_confidence(run: str, later_run: str) -> pl.Expr:
    """Order is certain within one run; between two runs it rests on their times."""
    return pl.when(pl.col(run) == pl.col(later_run)).then(pl.lit("proven")).otherwise(pl.lit("high"))


def distance(later_run: str, later_position: str) -> pl.Expr:
    """How many writes later in one run the loss came; null where two runs are not ordered by ETags."""
    return pl.when(pl.col("run") == pl.col(later_run)).then(pl.col(later_position) - pl.col("position"))
