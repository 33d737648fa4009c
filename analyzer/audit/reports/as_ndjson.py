"""The findings of an audit as lines of JSON: the members that a check's have, and what became of the write since."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.audit.reports.checked import as_report
from analyzer.reports.as_ndjson import FINDING
from analyzer.reports.clean import json_safe
from analyzer.reports.times import rfc3339
from analyzer.reports.told import told

if TYPE_CHECKING:
    from analyzer.audit.report import AuditReport
    from analyzer.audit.trends import Trends

NAME: Final = "ndjson"

_SINCE: Final = ("state", "loss", "missing_since", "missing_until", "taken_by", "healed_how", "healer")


def render(report: AuditReport, trends: Trends, *, width: int, color: bool, verbosity: int = 0) -> str:  # noqa: ARG001 - JSON has none of these
    """A line per finding; nothing where there is none."""
    since = report.followed.select("write", *_SINCE).with_columns(rfc3339())
    rows = told(as_report(report, report.findings)).with_columns(location=pl.struct("source", "line"))
    joined = rows.join(since, on="write", how="left", maintain_order="left")
    return json_safe(joined.select(*FINDING, *_SINCE).write_ndjson() or "")
