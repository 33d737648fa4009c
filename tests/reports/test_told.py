"""What stands beside a finding: its deploy, its write, a place to look, and what to copy."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from analyzer.reports.registry import render
from analyzer.reports.told import placed, to_copy, told
from tests.reports import examples
from tests.reports.made import only, report, write


def test_a_finding_gets_the_names_of_its_deploy_and_the_verdict_of_its_write() -> None:
    made = only(examples.two_deploys(), "LW104", "LW303")
    of_write, of_deploy = told(made).to_dicts()
    assert (of_write["app"], of_write["verdict"], of_write["cause"]) == ("shop", "lost", "lost_update")
    assert (of_deploy["app"], of_deploy["verdict"], of_deploy["key"]) == ("shop", None, None)


def test_a_place_of_its_own_is_kept_and_a_missing_one_is_the_log_of_the_deploy_or_the_first_input() -> None:
    made = only(examples.two_deploys(), "LW104", "LW107", "LW303")
    findings = made.findings.with_columns(
        source=pl.Series(["own.log", None, None]), deploy=pl.Series(["d1", "d2", None])
    )
    found = placed(findings, made)
    assert found["source"].to_list() == ["own.log", "b/pulumi.log", "deploy/eventlog.json"]
    assert found["exact"].to_list() == [True, False, False]


def test_without_inputs_there_is_no_place() -> None:
    made = only(report([write(1, verdict="dropped", source=None)], inputs=[], deploys=[]), "LW101")
    findings = made.findings.with_columns(source=pl.lit(None, dtype=pl.String))
    assert placed(findings, made)["source"].to_list() == [None]


def test_what_there_is_to_copy_is_a_sentence() -> None:
    assert to_copy({"help": '{"Effect": "Allow"}'}) == ' To copy: {"Effect": "Allow"}'
    assert to_copy({"help": None}) == ""


@pytest.mark.parametrize("name", ["github", "markdown", "sarif", "junit", "ndjson"])
def test_formats_that_tell_of_findings_show_it(name: str) -> None:
    made = only(examples.dropped(), "LW101")
    made = replace(made, findings=made.findings.with_columns(help=pl.lit("an-iam-statement")))
    assert "an-iam-statement" in render(made, name)
