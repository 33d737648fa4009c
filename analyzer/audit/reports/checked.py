"""An audit in the shape of a check's report, for formats of `analyzer/reports` that need no more than its findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.reports.report import Report
from analyzer.tables import DEPLOYS, EVIDENCE, FINDINGS, empty

if TYPE_CHECKING:
    import polars as pl

    from analyzer.audit.report import AuditReport


def as_report(report: AuditReport, findings: pl.DataFrame) -> Report:
    """The deploys, writes and findings of the audit, without evidence.

    Args:
        report: the audit.
        findings: AUDIT_FINDINGS: those to show.
    """
    return Report(
        deploys=report.deploys.select(DEPLOYS.names()),
        writes=report.writes,
        evidence=empty(EVIDENCE),
        findings=findings.select(FINDINGS.names()),
        stores=report.stores,
        inputs=report.inputs,
        exit_code=report.exit_code,
        unread=report.unread,
        reach=report.reach,
        made_by=report.made_by,
    )
