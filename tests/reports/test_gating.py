"""What a text report says of findings that were accepted before."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import polars as pl
import pytest

from analyzer.gate.baseline import Comparison, Known
from analyzer.reports.gating import told_accepted
from analyzer.reports.registry import render
from tests.reports import examples

GONE = Known(code="LW101", name="dropped-write", fingerprint="0123456789abcdef", count=2)


def last_lines(count: int, **differs: object) -> list[str]:
    report = replace(examples.two_deploys(), **differs)  # type: ignore[arg-type] # fields of a report
    return render(report, "text").splitlines()[-count:]


def suppressed(number: int) -> pl.DataFrame:
    """The findings of `two_deploys`, the first few suppressed.

    They are one for each of its three writes, and two that LW209 has of its version: the warning, and the error of the
    defect that struck.
    """
    findings = examples.two_deploys().findings
    first = pl.int_range(pl.len()) < number
    return findings.with_columns(suppressed=first, suppression=pl.when(first).then(pl.lit("known")))


def test_where_nothing_was_accepted_nothing_is_said() -> None:
    assert "finding" not in last_lines(1)[0]


@pytest.mark.parametrize(
    ("number", "line"),
    [
        (1, "4 findings: 1 error, 3 warnings (1 suppressed)."),
        (2, "3 findings: 3 warnings (2 suppressed)."),
        (4, "1 finding: 1 warning (4 suppressed)."),
        (5, "0 findings (5 suppressed)."),
    ],
)
def test_the_report_closes_with_the_numbers(number: int, line: str) -> None:
    assert last_lines(2, findings=suppressed(number)) == ["", line]


@pytest.mark.parametrize(
    ("comparison", "line"),
    [
        (Comparison(5, 0, ()), "Compared with the baseline: 5 new, 0 unchanged."),
        (
            Comparison(1, 4, (GONE,)),
            "Compared with the baseline: 1 new, 4 unchanged; 2 of the baseline are gone (LW101 dropped-write x2).",
        ),
        (
            Comparison(0, 5, (msgspec.structs.replace(GONE, count=1),) * 7),
            "Compared with the baseline: 0 new, 5 unchanged; 7 of the baseline are gone (LW101 dropped-write, "
            "LW101 dropped-write, LW101 dropped-write, LW101 dropped-write, LW101 dropped-write, and 2 more kinds).",
        ),
    ],
)
def test_the_baseline_is_compared_and_what_is_gone_is_named(comparison: Comparison, line: str) -> None:
    report = replace(examples.two_deploys(), baseline=comparison)
    *_, numbers, said = render(report, "text", width=400).splitlines()
    assert (numbers, said) == ("5 findings: 2 errors, 3 warnings.", line)


@pytest.mark.parametrize(
    ("marks", "said"),
    [
        ([(False, None), (False, "new")], ""),
        ([(True, None), (True, "unchanged")], ", suppressed: why"),
        ([(True, None), (False, None)], ", 1 of 2 suppressed: why"),
        ([(False, "unchanged")], ", in the baseline"),
        (
            [(False, "unchanged"), (False, "new"), (True, "new")],
            ", 1 of 3 suppressed: why, 1 of 3 in the baseline",
        ),
    ],
)
def test_of_findings_that_are_told_together_the_accepted_ones_are_counted(
    marks: list[tuple[bool, str | None]], said: str
) -> None:
    schema = {"suppressed": pl.Boolean(), "baseline_state": pl.String()}
    findings = pl.DataFrame(marks, schema, orient="row").with_columns(suppression=pl.lit("why"))
    assert told_accepted(findings) == said
