"""The gate as a whole: findings and terms → marked findings, what became of the baseline, and the exit code."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analyzer.errors import InputError
from analyzer.gate.baseline import compare, read_baseline
from analyzer.gate.exit_code import exit_code
from analyzer.gate.suppressions import ABOUT_THEM, suppress
from analyzer.rules.registry import in_order, run
from analyzer.sources.walk import printable

if TYPE_CHECKING:
    import polars as pl

    from analyzer.gate.baseline import Comparison
    from analyzer.gate.terms import Terms
    from analyzer.rules.interface import Case


@dataclass(frozen=True, slots=True)
class Passed:
    """What the gate gives.

    Attributes:
        findings: FINDINGS, marked; with those about suppressions.
        baseline: how the run differs from the baseline; None where none was given, or it cannot be used.
        unread: the baseline and why it cannot be used, where that is so.
        exit_code: by the terms.
    """

    findings: pl.DataFrame
    baseline: Comparison | None
    unread: tuple[tuple[str, str], ...]
    exit_code: int


def passed(case: Case, terms: Terms, *, unread: bool) -> Passed:
    """Runs the rules over the case, and marks and counts what they find.

    Args:
        case: see there.
        terms: what counts.
        unread: whether another input that was named could not be used.
    """
    findings, suppressions = suppress(run(case), case, terms.suppressions, terms.today)
    if not suppressions.is_empty():
        about_them = run(replace(case, suppressions=suppressions), ABOUT_THEM)
        findings = in_order([findings, about_them])
    comparison: Comparison | None = None
    problems: tuple[tuple[str, str], ...] = ()
    if terms.baseline is not None:
        try:
            findings, comparison = compare(findings, read_baseline(terms.baseline))
        except InputError as error:
            problems = ((printable(error.source), error.reason),)
    code = exit_code(findings, case.writes, terms, unread=unread or bool(problems))
    return Passed(findings, comparison, problems, code)
