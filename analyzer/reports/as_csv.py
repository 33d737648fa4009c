"""The writes as a table for a spreadsheet: one write a row, under a header line. Columns are only added, at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.reports.cells import harmless
from analyzer.reports.times import rfc3339

if TYPE_CHECKING:
    from analyzer.reports.report import Report

NAME = "csv"

_COLUMNS = (
    "write",
    "deploy",
    "app",
    "stage",
    "resource",
    "type",
    "action",
    "store",
    "key",
    "entry",
    "reported",
    "verdict",
    "cause",
    "confidence",
    "leaning",
    "leaning_reason",
    "status",
    "healed_by",
    "start",
    "end",
    "source",
    "line",
    "findings",
)


def render(report: Report, *, width: int, color: bool) -> str:  # noqa: ARG001 - CSV has neither
    """A row per write, in the order of the logs; `findings` are the codes of those about it, parted by blanks."""
    codes = (
        report.findings.drop_nulls("write")
        .group_by("write", maintain_order=True)
        .agg(findings=pl.col("code").str.join(" "))
    )
    deploys = report.deploys.select("id", "app", "stage")
    rows = (
        report.writes.rename({"id": "write", "name": "resource"})
        .join(deploys, left_on="deploy", right_on="id", how="left", maintain_order="left")
        .join(codes, on="write", how="left", maintain_order="left")
        .with_columns(rfc3339())
        .select(_COLUMNS)
    )
    return rows.with_columns(harmless()).write_csv()
