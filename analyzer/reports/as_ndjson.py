"""The findings as lines of JSON: one finding a line, with the deploy's name and the write's verdict beside it.

A finding has the members that it has in the JSON report (docs/json.md), and those of `told`. They are only added to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.reports.clean import json_safe
from analyzer.reports.told import OF_WRITE, told

if TYPE_CHECKING:
    from analyzer.reports.report import Report

NAME = "ndjson"

FINDING: Final = (
    "code",
    "name",
    "severity",
    "confidence",
    "write",
    "deploy",
    "app",
    "stage",
    "store",
    *OF_WRITE,
    "message",
    "location",
    "fingerprint",
    "suppressed",
    "suppression",
    "baseline_state",
    "help",
)
"""The members of a line; those of an audit begin with them."""


def render(report: Report, *, width: int, color: bool) -> str:  # noqa: ARG001 - JSON has neither
    """A line per finding, in the order of the JSON report; nothing where there is none."""
    rows = told(report).with_columns(location=pl.struct("source", "line")).select(FINDING)
    return json_safe(rows.write_ndjson() or "")
