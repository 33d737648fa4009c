"""Paths of a report as seen from a folder: those of files below it are relative to it, so that they are short.

For text that a person reads there. What programs read keeps the paths as they were named.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from analyzer.reports.report import Report


def nearer(report: Report, folder: str) -> Report:
    """`report` with its paths relative to `folder`, an absolute path, where they lie below it."""
    prefix = folder.rstrip("/") + "/"
    near = pl.col("source").str.strip_prefix(prefix)
    return replace(
        report,
        deploys=report.deploys.with_columns(
            pl.col("sources").list.eval(pl.element().str.strip_prefix(prefix))
        ),
        writes=report.writes.with_columns(near),
        evidence=report.evidence.with_columns(near),
        findings=report.findings.with_columns(near),
        inputs=report.inputs.with_columns(near),
    )
