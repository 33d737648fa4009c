"""One line of the evidence: what it says, and its place among the others of a write."""

from __future__ import annotations

from typing import Final, Literal, get_args

import polars as pl

from analyzer.tables import EVIDENCE

Line = Literal[
    "intent",
    "never_set",
    "failed_attempt",
    "failed_read",
    "absent_read",
    "answer",
    "near_attempt",
    "near_miss",
    "last_change",
    "loss",
    "threat",
    "gap",
    "order_of_loss",
    "ambiguity",
    "listing",
    "bracket_begin",
    "bracket_end",
    "doubt",
]
"""What a line of evidence says, in the order of the story."""

_RANKS: Final[tuple[Line, ...]] = get_args(Line)


def row(line: Line, kind: str, at: pl.Expr, source: pl.Expr, detail: pl.Expr) -> list[pl.Expr]:
    """The columns `rank, kind, at, source, detail` of a line.

    Args:
        line: what it says.
        kind: of EVIDENCE.
        at: when.
        source: a place that a person can open.
        detail: the sentence.
    """
    return [
        pl.lit(_RANKS.index(line), pl.Int64).alias("rank"),
        pl.lit(kind).alias("kind"),
        at.cast(EVIDENCE["at"]).alias("at"),
        source.alias("source"),
        detail.alias("detail"),
    ]
