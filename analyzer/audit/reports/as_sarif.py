"""The findings of an audit as SARIF 2.1.0: as those of a check, and those of writes that were put right as suppressed.

So code scanning closes the alert of a loss that is over, and nothing is left out of the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.audit.reports.checked import as_report
from analyzer.audit.reports.words import HOW
from analyzer.reports import as_sarif

if TYPE_CHECKING:
    from analyzer.audit.report import AuditReport
    from analyzer.audit.trends import Trends

NAME: Final = "sarif"


def render(report: AuditReport, trends: Trends, *, width: int, color: bool, verbosity: int = 0) -> str:  # noqa: ARG001 - JSON has none of these
    """A log with one run: a result per finding, and the rules that these are of."""
    return as_sarif.render(as_report(report, _with_healed(report)), width=width, color=color)


def _with_healed(report: AuditReport) -> pl.DataFrame:
    """AUDIT_FINDINGS in which those of healed writes are suppressed, with what healed them as the reason."""
    healed = report.followed.filter(pl.col("state") == "healed").select(
        "write",
        reason=pl.format(
            "put right: {}{}",
            pl.col("healed_how").replace_strict(HOW, default="nobody knows how", return_dtype=pl.String),
            pl.format(" ({})", "healer").fill_null(""),
        ),
    )
    joined = report.findings.join(healed, on="write", how="left", maintain_order="left")
    over = pl.col("reason").is_not_null() & ~pl.col("suppressed")
    return joined.with_columns(
        suppressed=pl.col("suppressed") | over,
        suppression=pl.when(over).then("reason").otherwise("suppression"),
    ).drop("reason")
