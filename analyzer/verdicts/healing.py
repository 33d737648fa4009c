"""One thing that may have put a write right, as the columns of HEALS: the sentence, and the same as values."""

from __future__ import annotations

import polars as pl

from analyzer.tables import TIME


def heal(
    by: pl.Expr, how: str | pl.Expr, *, at: str | pl.Expr | None = None, healer: str | pl.Expr | None = None
) -> dict[str, pl.Expr]:
    """The columns of HEALS beside `id`.

    Args:
        by: the sentence.
        how: deploy, call, listing or removal.
        at: the column of the time; None: unknown.
        healer: the column of the deploy's id or of the caller; None: unknown.
    """
    return {
        "healed_by": by,
        "healed_at": _column(at).cast(TIME),
        "healed_how": pl.lit(how) if isinstance(how, str) else how,
        "healer": _column(healer).cast(pl.String),
    }


def _column(column: str | pl.Expr | None) -> pl.Expr:
    return pl.lit(None) if column is None else pl.col(column) if isinstance(column, str) else column
