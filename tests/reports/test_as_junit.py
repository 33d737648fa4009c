"""JUnit: a suite for each deploy, a case for each write, and the findings that are about no single write."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import polars as pl
import pytest

from analyzer.reports.given import GivenWindow
from analyzer.reports.registry import render
from tests.reports import examples
from tests.reports.made import DEPLOY, ROUTE, at, only, report, write

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from analyzer.reports.report import Report


def suites(made: Report) -> list[Element]:
    root = ElementTree.fromstring(render(made, "junit"))  # noqa: S314 - our own output
    assert root.tag == "testsuites"
    return [*root]


def cases(made: Report) -> list[Element]:
    return [case for suite in suites(made) for case in suite]


def outcome(case: Element) -> tuple[str, str | None]:
    found = [child for child in case if child.tag in {"failure", "error", "skipped"}]
    return (found[0].tag, found[0].get("message")) if found else ("passed", None)


def test_a_suite_is_a_deploy_and_a_case_a_write() -> None:
    (suite,) = suites(only(examples.dropped(), "LW101"))
    assert suite.attrib == {
        "name": "shop/prod (d1)",
        "timestamp": "2025-03-20T12:00:00",
        "tests": "2",
        "errors": "0",
        "failures": "1",
        "skipped": "0",
        "time": "2.0",
    }
    landed, dropped = suite
    assert landed.attrib == {
        "name": "put 7c62:metadata",
        "classname": "SiteKvKeys",
        "time": "1.0",
        "file": "deploy/eventlog.json",
        "line": "41",
    }
    assert outcome(landed) == ("passed", None)
    assert outcome(dropped) == ("failure", "dropped (proven): never attempted")


def test_a_failure_tells_the_finding_the_evidence_and_where_a_command_is() -> None:
    _, dropped = cases(only(examples.dropped(), "LW101"))
    lines = (dropped[0].text or "").splitlines()
    assert lines[0].startswith("error LW101 dropped-write: Entry site,50f6,,/ of key 7c62:routes")
    assert lines[1] == "log: 2025-03-20 12:01:12Z SiteRoutesUpdate created (0.51s) (deploy/eventlog.json:42)"
    assert lines[-1] == "The text, Markdown and JSON reports have the command that puts it right."


@pytest.mark.parametrize(
    ("verdict", "cause", "wanted"),
    [
        ("landed", None, ("passed", None)),
        ("lost", "deleted", ("failure", "lost (proven): deleted")),
        ("mismatched", "other_value", ("failure", "mismatched (proven): other value")),
        ("dropped", None, ("failure", "dropped (proven)")),
        ("errored", "access_denied", ("error", "errored (proven): access denied")),
        ("unfinished", "interrupted", ("error", "unfinished (proven): interrupted")),
        ("unverifiable", "trail_gap", ("skipped", "cannot be judged: the trail has a gap")),
    ],
)
def test_verdicts(verdict: str, cause: str | None, wanted: tuple[str, str | None]) -> None:
    (case,) = cases(only(report([write(1, verdict=verdict, cause=cause)])))
    assert outcome(case) == wanted


def test_what_is_likely_of_a_doubt_is_told() -> None:
    doubt = {"verdict": "unverifiable", "cause": "chain_not_closed", "leaning": "dropped"}
    (case,) = cases(only(report([write(1, **ROUTE, **doubt)]), "LW109"))
    assert outcome(case) == (
        "skipped",
        "cannot be judged (probably dropped): no later write closes the chain",
    )
    assert (case[0].text or "").startswith("warning LW109 ")


def test_a_doubt_with_an_error_has_failed_as_the_exit_code_says() -> None:
    doubt = {"verdict": "unverifiable", "cause": "never_attempted"}
    made = report([write(1, **ROUTE, **doubt)])
    assert outcome(cases(only(made, "LW101"))[0])[0] == "failure"
    assert outcome(cases(only(made))[0])[0] == "skipped"


def test_a_warning_about_a_write_that_landed_is_output() -> None:
    *_, recovered = cases(only(examples.healthy(), "LW108"))
    assert outcome(recovered) == ("passed", None)
    assert (recovered.findtext("system-out") or "").startswith("note LW108 recovered-after-retries: ")


@pytest.mark.parametrize(
    ("severity", "wanted"), [("error", "failure"), ("warning", "skipped"), ("note", "passed")]
)
def test_findings_about_no_write_are_a_suite_of_their_own(severity: str, wanted: str) -> None:
    made = only(examples.two_deploys(), "LW303")
    *_, others = suites(replace(made, findings=made.findings.with_columns(severity=pl.lit(severity))))
    (case,) = others
    assert (others.get("name"), case.get("classname")) == (
        "findings about no single write",
        "LW303 no-window",
    )
    assert outcome(case)[0] == wanted


@pytest.mark.parametrize(
    ("columns", "wanted"),
    [
        ({"suppressed": pl.lit(value=True), "suppression": pl.lit("by design")}, "suppressed: by design"),
        ({"suppressed": pl.lit(value=True)}, "suppressed: no reason given"),
        ({"baseline_state": pl.lit("unchanged")}, "known: the baseline has it"),
    ],
)
def test_what_does_not_count_is_skipped_with_the_reason(columns: dict[str, pl.Expr], wanted: str) -> None:
    for made in (only(examples.dropped(), "LW101"), only(examples.two_deploys(), "LW303")):
        waived = replace(made, findings=made.findings.with_columns(**columns))
        assert outcome(cases(waived)[-1]) == ("skipped", wanted)


def test_two_deploys_of_a_stage_are_two_suites() -> None:
    names = [suite.get("name") for suite in suites(only(examples.two_deploys()))]
    assert names == ["shop/prod (d1)", "shop/prod (d2)"]


def test_times_that_a_person_gave_are_not_how_long_a_write_took() -> None:
    made = report([write(1)], deploys=[DEPLOY | {"started_at": None}])
    (case,) = cases(replace(made, window=GivenWindow(at(0), at(2), zoneless=False)))
    assert "time" not in case.attrib


def test_a_write_without_a_deploy_is_not_left_out() -> None:
    (suite,) = suites(only(report([write(1, deploy=None)])))
    assert (suite.get("name"), len(suite)) == ("unknown deploy", 1)
