"""What the rules about the evidence share: a finding for the writes of a deploy and store left in doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.rules.phrase import store
from analyzer.tables import CONFIDENCES

if TYPE_CHECKING:
    from analyzer.rules.interface import Case


def doubts(case: Case, cause: str, fact: str) -> pl.DataFrame:
    """A finding for each deploy and store that has writes which are unverifiable for `cause`.

    The confidence is the least of the verdicts'. `fact` is the clause that says why nothing can be told.
    """
    unsure = case.writes.filter((pl.col("verdict") == "unverifiable") & (pl.col("cause") == cause))
    confidence = pl.col("confidence").cast(pl.Enum(CONFIDENCES))
    grouped = unsure.group_by("deploy", "store", maintain_order=True).agg(
        count=pl.len(), confidence=confidence.max(), source=pl.col("source").first()
    )
    one = pl.col("count") == 1
    message = pl.format(
        "{} {} to {} {} in doubt: " + fact + ".",
        pl.col("count"),
        pl.when(one).then(pl.lit("write")).otherwise(pl.lit("writes")),
        store("a store that the log does not name"),
        pl.when(one).then(pl.lit("remains")).otherwise(pl.lit("remain")),
    )
    return grouped.select(
        pl.col("confidence").cast(pl.String()), "deploy", "store", "source", message=message
    )
