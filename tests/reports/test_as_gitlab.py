"""GitLab's code quality report: an issue for each finding that counts, with its own fingerprint."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from analyzer.reports.registry import render
from tests.reports import examples
from tests.reports.made import only

if TYPE_CHECKING:
    from analyzer.reports.report import Report


def issues(report: Report) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = json.loads(render(report, "gitlab"))
    return loaded


def test_an_issue_has_what_gitlab_asks_for() -> None:
    made = only(examples.dropped(), "LW101")
    (issue,) = issues(made)
    assert issue == {
        "description": f"LW101 dropped-write: {made.findings['message'][0]}",
        "check_name": "LW101",
        "fingerprint": made.findings["fingerprint"][0],
        "severity": "blocker",
        "location": {"path": "deploy/eventlog.json", "lines": {"begin": 42}},
    }


def test_where_nothing_is_found_the_list_is_empty() -> None:
    assert render(examples.nothing_found(), "gitlab") == "[]\n"


@pytest.mark.parametrize(
    ("severity", "confidence", "wanted"),
    [
        ("error", "proven", "blocker"),
        ("error", "high", "critical"),
        ("error", "low", "critical"),
        ("error", None, "critical"),
        ("warning", "high", "major"),
        ("warning", "low", "minor"),
        ("note", "proven", "info"),
    ],
)
def test_severities(severity: str, confidence: str | None, wanted: str) -> None:
    made = only(examples.dropped(), "LW101")
    findings = made.findings.with_columns(
        severity=pl.lit(severity), confidence=pl.lit(confidence, dtype=pl.String)
    )
    (issue,) = issues(replace(made, findings=findings))
    assert issue["severity"] == wanted


def test_the_same_finding_twice_has_two_fingerprints() -> None:
    made = only(examples.dropped(), "LW101")
    twice = replace(made, findings=pl.concat([made.findings] * 3))
    prints = [issue["fingerprint"] for issue in issues(twice)]
    assert prints[0] == made.findings["fingerprint"][0]
    assert len({*prints}) == 3
    assert prints == [issue["fingerprint"] for issue in issues(twice)]


def test_a_finding_without_a_place_is_shown_at_the_log_of_its_deploy() -> None:
    made = only(examples.two_deploys(), "LW104", "LW107", "LW303")
    findings = made.findings.with_columns(
        source=pl.lit(None, dtype=pl.String), line=pl.lit(None, dtype=pl.Int64), deploy=pl.lit("d2")
    )
    places = [issue["location"] for issue in issues(replace(made, findings=findings))]
    assert places == [{"path": "b/pulumi.log", "lines": {"begin": 1}}] * 3


def test_suppressed_findings_are_left_out() -> None:
    made = only(examples.dropped(), "LW101")
    assert issues(replace(made, findings=made.findings.with_columns(suppressed=pl.lit(value=True)))) == []
