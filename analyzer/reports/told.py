"""Findings with what a reader of one line wants beside them: the deploy's name, the write's verdict, a place to look.

In come `Report.findings`, `writes`, `deploys` and `inputs`; out go the findings, in their order, with more columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.reports.report import Report

OF_WRITE: Final = ("resource", "action", "key", "entry", "verdict", "cause")
"""The columns that a finding gets of its write."""


def told(report: Report) -> pl.DataFrame:
    """FINDINGS with `app` and `stage` of the deploy, and `OF_WRITE`; null where a finding is about no write."""
    of_write = report.writes.rename({"name": "resource"}).select("id", *OF_WRITE)
    deploys = report.deploys.select("id", "app", "stage")
    return report.findings.join(
        deploys, left_on="deploy", right_on="id", how="left", maintain_order="left"
    ).join(of_write, left_on="write", right_on="id", how="left", maintain_order="left")


def placed(findings: pl.DataFrame, report: Report) -> pl.DataFrame:
    """`findings` with a `source` where that is null: the first log of the deploy, else the first input.

    GitHub refuses a result without a file, and GitLab shows none. `exact` says that the source is the finding's own.
    """
    logs = report.deploys.select("id", log=pl.col("sources").list.first())
    first = report.inputs["source"].head(1).to_list() or [None]
    return findings.join(
        logs, left_on="deploy", right_on="id", how="left", maintain_order="left"
    ).with_columns(
        exact=pl.col("source").is_not_null(),
        source=pl.coalesce("source", "log", pl.lit(first[0], dtype=pl.String)),
    )


def to_copy(finding: Mapping[str, object]) -> str:
    """` To copy: TEXT`, what removes the cause; empty where the finding has nothing of the kind."""
    return f" To copy: {finding['help']}" if finding["help"] else ""
