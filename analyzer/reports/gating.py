"""What was accepted before, in a text report: beside the findings, and as the numbers at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.severities import SEVERITIES

if TYPE_CHECKING:
    from analyzer.gate.baseline import Comparison
    from analyzer.reports.canvas import Canvas
    from analyzer.reports.report import Report

_FEW = 5


def tell_gate(canvas: Canvas, report: Report) -> None:
    """The numbers of the findings, where some are suppressed or there is a baseline; else nothing."""
    suppressed = int(report.findings["suppressed"].sum())
    if not suppressed and report.baseline is None:
        return
    canvas.line()
    canvas.line(f"{_counts(report)}{f' ({suppressed} suppressed)' if suppressed else ''}.")
    if report.baseline is not None:
        canvas.line(_compared(report.baseline))


def told_accepted(findings: pl.DataFrame) -> str:
    """What is said behind findings of one rule that are told together: `, suppressed: REASON`; nothing of open ones."""
    suppressed = findings.filter("suppressed")
    known = findings.filter(~pl.col("suppressed") & (pl.col("baseline_state") == "unchanged"))
    of_all = f" {suppressed.height} of {findings.height}" if 0 < suppressed.height < findings.height else ""
    said = f",{of_all} suppressed: {suppressed['suppression'][0]}" if suppressed.height else ""
    if not known.height:
        return said
    some = f" {known.height} of {findings.height}" if known.height < findings.height else ""
    return f"{said},{some} in the baseline"


def _counts(report: Report) -> str:
    """`2 findings: 1 error, 1 warning`."""
    found = report.findings.filter(~pl.col("suppressed"))["severity"]
    numbers = [(int((found == severity).sum()), severity) for severity in SEVERITIES]
    parts = [_number(count, severity) for count, severity in numbers if count]
    return _number(len(found), "finding") + (f": {', '.join(parts)}" if parts else "")


def _compared(baseline: Comparison) -> str:
    head = f"Compared with the baseline: {baseline.new} new, {baseline.unchanged} unchanged"
    if not baseline.gone:
        return f"{head}."
    names = [f"{known.code} {known.name}{_times(known.count)}" for known in baseline.gone[:_FEW]]
    more = len(baseline.gone) - _FEW
    rest = f", and {more} more kinds" if more > 0 else ""
    verb = "is" if baseline.absent == 1 else "are"
    return f"{head}; {baseline.absent} of the baseline {verb} gone ({', '.join(names)}{rest})."


def _times(count: int) -> str:
    return f" x{count}" if count > 1 else ""


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
