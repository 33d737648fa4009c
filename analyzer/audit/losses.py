"""FOLLOWED, a row a write → LOSSES, a row a loss: the same key dropped by three deploys in a row is missing once."""

from __future__ import annotations

import polars as pl

from analyzer.audit.tables import LOSSES
from analyzer.tables import conform

_LAST = (
    "state",
    "store",
    "key",
    "entry",
    "cause",
    "verdict",
    "confidence",
    "healed_how",
    "healer",
    "taken_by",
)


def losses(followed: pl.DataFrame, writes: pl.DataFrame) -> pl.DataFrame:
    """LOSSES, in the order of their first writes.

    Args:
        followed: FOLLOWED.
        writes: AUDIT_WRITES, with at least those of `followed`.
    """
    of_write = writes.select(
        "key", "entry", "cause", "verdict", "confidence", "deployed_at", write="id", store="place"
    )
    moment = pl.coalesce("missing_since", "deployed_at")
    rows = (
        followed.join(of_write, on="write", how="left", maintain_order="left")
        .with_row_index("row")
        .sort(moment, "row", nulls_last=True)
    )
    healed = pl.col("state").last() == "healed"
    made = (
        rows.group_by("loss", maintain_order=True)
        .agg(
            pl.col(*_LAST).last(),
            latest=pl.col("write").last(),
            missing_since=pl.col("missing_since").min(),
            missing_until=pl.when(healed).then(pl.col("missing_until").last()),
            deploys=pl.col("deploy").unique(maintain_order=True),
            writes=pl.len().cast(pl.Int64),
            row=pl.col("row").min(),
        )
        .sort("row")
    )
    return conform(made, LOSSES)
