"""The writes that are not in place or in doubt, with what became of each: a row a write, for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from analyzer.audit.report import AuditReport


def of_interest(report: AuditReport) -> pl.DataFrame:
    """AUDIT_WRITES with `state, loss, missing_until` and the rest of FOLLOWED, in the order of the deploys.

    `store` is the place of the write; `state` of one in doubt that leans to nothing is `doubt`.
    """
    followed = report.followed.drop("deploy").rename({"write": "id"})
    of_verdicts = [name for name in followed.columns if name != "id" and name in report.writes.columns]
    rows = report.writes.drop(of_verdicts).join(followed, on="id", how="left", maintain_order="left")
    doubt = pl.col("verdict") == "unverifiable"
    return rows.filter(pl.col("state").is_not_null() | doubt).with_columns(
        state=pl.when(pl.col("state").is_null()).then(pl.lit("doubt")).otherwise("state"),
        store=pl.coalesce("place", "store"),
    )
