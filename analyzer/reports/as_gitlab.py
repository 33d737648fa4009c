"""The findings as GitLab's code quality report: a list of issues that a merge request shows beside its changes.

Source: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

import msgspec
import polars as pl

from analyzer.reports.clean import clean, json_safe
from analyzer.reports.told import placed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.reports.report import Report

NAME = "gitlab"

_SEVERITIES: Final[dict[tuple[str, object], str]] = {
    ("error", "proven"): "blocker",
    ("error", None): "critical",
    ("warning", None): "major",
    ("warning", "low"): "minor",
    ("note", None): "info",
}
"""What a severity is called, by its confidence; None stands for any other."""


def render(report: Report, *, width: int, color: bool) -> str:  # noqa: ARG001 - JSON has neither
    """An issue per finding that counts; those that are suppressed are left out, for GitLab has no mark for them."""
    issues, seen = [], dict[str, int]()
    findings = placed(report.findings.filter(~pl.col("suppressed")), report)
    for finding in findings.iter_rows(named=True):
        same = seen[finding["fingerprint"]] = seen.get(finding["fingerprint"], 0) + 1
        issues.append(_issue(finding, same))
    return json_safe(msgspec.json.format(msgspec.json.encode(issues), indent=2).decode()) + "\n"


def _issue(finding: Mapping[str, object], same: int) -> dict[str, object]:
    return {
        "description": clean(f"{finding['code']} {finding['name']}: {finding['message']}"),
        "check_name": finding["code"],
        "fingerprint": _fingerprint(str(finding["fingerprint"]), same),
        "severity": _severity(str(finding["severity"]), finding["confidence"]),
        "location": {
            "path": clean(str(finding["source"] or "-")).removeprefix("./"),
            "lines": {"begin": finding["line"] or 1},
        },
    }


def _severity(severity: str, confidence: object) -> str:
    return _SEVERITIES.get((severity, confidence)) or _SEVERITIES[severity, None]


def _fingerprint(fingerprint: str, same: int) -> str:
    """Its own for each issue: GitLab drops one that it has seen."""
    return fingerprint if same == 1 else sha256(f"{fingerprint} {same}".encode()).hexdigest()[:16]
