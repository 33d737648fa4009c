"""The report in a few lines, for a log of CI: nothing where all is well, else the answer and a line a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.reports.telling import STYLES

if TYPE_CHECKING:
    from analyzer.reports.canvas import Canvas
    from analyzer.reports.report import Report

_TELLING = ("error", "warning")


def tell_briefly(canvas: Canvas, report: Report, mood: str) -> None:
    """The answer and the findings that are no notes; nothing where there is none and every input was read.

    Args:
        canvas: to write on.
        report: what was found.
        mood: the style of the answer.
    """
    from analyzer.reports.answer import answer

    open_findings = report.findings.filter(~pl.col("suppressed") & pl.col("severity").is_in(_TELLING))
    if open_findings.is_empty() and report.exit_code == 0:
        return
    canvas.line(answer(report), mood)
    for finding in open_findings.iter_rows(named=True):
        severity = str(finding["severity"])
        canvas.line(f"{severity} {finding['code']} {finding['message']}", STYLES.get(severity, ""))
