"""The exit code: which findings count, and which writes in doubt do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from analyzer.gate.exit_code import audit_exit_code, exit_code, open_doubts
from analyzer.gate.terms import Terms
from analyzer.rules.doubt import RULE_OF
from analyzer.rules.registry import run
from tests.reports.examples import DEPLOY, ROUTE, SECOND, case, write

if TYPE_CHECKING:
    from analyzer.rules.interface import Case

DROPPED = {"verdict": "dropped", "cause": "never_attempted"}
DOUBT = {"verdict": "unverifiable", "cause": "trail_gap", "confidence": "low"}
ERROR_OF_HIGH = case([write(1, **DROPPED, confidence="high")])
WARNING_OF_LOW = case([write(1, **DOUBT)])


def code(known: Case, terms: Terms, **marks: object) -> int:
    findings = run(known).with_columns(**{name: pl.lit(value) for name, value in marks.items()})
    return exit_code(findings, known.writes, terms, unread=False)


@pytest.mark.parametrize(
    ("terms", "of_error", "of_doubt"),
    [
        (Terms(), 1, 0),
        (Terms("warning"), 1, 1),
        (Terms("note"), 1, 1),
        (Terms("error", "high"), 1, 0),
        (Terms("error", "proven"), 0, 0),
        (Terms("warning", "high"), 1, 0),
        (Terms("error", "low", fail_on_doubt=True), 1, 1),
        (Terms("error", "proven", fail_on_doubt=True), 0, 1),
    ],
)
def test_severity_confidence_and_doubt(terms: Terms, of_error: int, of_doubt: int) -> None:
    assert (code(ERROR_OF_HIGH, terms), code(WARNING_OF_LOW, terms)) == (of_error, of_doubt)


def test_a_finding_without_a_confidence_counts_however_sure_others_must_be() -> None:
    assert code(ERROR_OF_HIGH, Terms("error", "proven"), confidence=None) == 1


def test_an_unusable_input_goes_before_findings() -> None:
    findings = run(ERROR_OF_HIGH)
    assert exit_code(findings, ERROR_OF_HIGH.writes, Terms(), unread=True) == 3


def test_what_was_accepted_does_not_count() -> None:
    assert code(ERROR_OF_HIGH, Terms(), suppressed=True) == 0
    assert code(ERROR_OF_HIGH, Terms(), baseline_state="unchanged") == 0
    assert code(ERROR_OF_HIGH, Terms(), baseline_state="new") == 1


@pytest.mark.parametrize("cause", RULE_OF)
def test_a_doubt_counts_until_its_finding_is_accepted(cause: str) -> None:
    known = case([write(1, **{**DOUBT, "cause": cause}, store=None), write(2)])
    terms = Terms(fail_on_doubt=True)
    findings = run(known)
    assert open_doubts(findings, known.writes)["id"].to_list() == ["w1"]
    accepted = findings.with_columns(suppressed=pl.lit(value=True))
    assert exit_code(accepted, known.writes, terms, unread=False) == 0


def test_a_baseline_accepts_no_doubt() -> None:
    known = case([write(1, **DOUBT)])
    findings = run(known).with_columns(baseline_state=pl.lit("unchanged"))
    codes = [
        exit_code(findings, known.writes, Terms("warning", fail_on_doubt=doubt), unread=False)
        for doubt in (False, True)
    ]
    assert codes == [0, 1]


def test_accepting_one_doubt_accepts_no_other() -> None:
    """One finding stands for all doubts of a deploy, store and cause; those of others stay open."""
    known = case(
        [
            write(1, **DOUBT),
            write(2, **DOUBT, deploy="d2"),
            write(3, **DOUBT, store=None),
            write(4, **{**DOUBT, "cause": "rivals"}),
            write(5, **ROUTE, **DOUBT),
        ],
        [DEPLOY, SECOND],
    )
    mine = (pl.col("code") == "LW302") & (pl.col("deploy") == "d1") & pl.col("store").is_not_null()
    findings = run(known).with_columns(suppressed=mine)
    assert open_doubts(findings, known.writes)["id"].to_list() == ["w2", "w3", "w4"]


@pytest.mark.parametrize("cause", [None, "something_new"])
def test_a_doubt_that_no_rule_knows_cannot_be_accepted(cause: str | None) -> None:
    known = case([write(1, **{**DOUBT, "cause": cause})])
    findings = run(case([write(1, **DOUBT)])).with_columns(suppressed=pl.lit(value=True))
    assert exit_code(findings, known.writes, Terms(fail_on_doubt=True), unread=False) == 1


def test_a_doubt_without_any_finding_counts() -> None:
    findings = run(WARNING_OF_LOW).clear()
    assert exit_code(findings, WARNING_OF_LOW.writes, Terms(fail_on_doubt=True), unread=False) == 1


def test_two_causes_of_one_rule_are_both_to_be_accepted() -> None:
    known = case(
        [
            write(1, **{**DOUBT, "cause": "trail_too_early"}),
            write(2, **{**DOUBT, "cause": "chain_not_closed"}),
        ]
    )
    findings = run(known)
    assert findings["code"].to_list() == ["LW307", "LW307"]
    half = findings.with_columns(suppressed=pl.int_range(2) == 0)
    assert open_doubts(half, known.writes)["id"].to_list() == ["w1", "w2"]


def test_of_an_audit_what_is_healed_does_not_count() -> None:
    """Two drops and a doubt: each counts until it is put right; what is about no single write always does."""
    known = case(
        [write(1, **DROPPED, confidence="high"), write(2, **ROUTE, **DROPPED), write(3, **DOUBT, key="x")]
    )
    findings = run(known)

    def of(*healed: str, terms: Terms = Terms(), **marks: object) -> int:  # noqa: B008 - a frozen value
        made = findings.with_columns(
            **{name: pl.lit(value, findings.schema[name]) for name, value in marks.items()}
        )
        return audit_exit_code(
            made, known.writes, pl.DataFrame({"write": healed}, {"write": pl.String}), terms, unread=False
        )

    assert (of(), of("w1"), of("w1", "w2")) == (1, 1, 0)
    assert of("w1", "w2", terms=Terms("warning")) == 1
    assert of("w1", "w2", terms=Terms(fail_on_doubt=True)) == 1
    assert of("w1", "w2", "w3", terms=Terms(fail_on_doubt=True)) == 0
    assert of(suppressed=True) == 0
    assert of("w1", "w2", write=None) == 1
    assert (
        audit_exit_code(findings, known.writes, pl.DataFrame({"write": ["w1", "w2"]}), Terms(), unread=True)
        == 3
    )
