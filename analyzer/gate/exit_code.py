"""The exit code of a check or an audit: 3 before 1 before 0 (docs/configuration.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.rules.doubt import RULE_OF
from analyzer.severities import LEAST_CONFIDENT, SEVERITIES

if TYPE_CHECKING:
    from analyzer.gate.terms import Terms

NOTHING: Final = 0
FOUND: Final = 1
UNREAD: Final = 3
"""An input that was named is missing or could not be used."""


def exit_code(findings: pl.DataFrame, writes: pl.DataFrame, terms: Terms, *, unread: bool) -> int:
    """The exit code.

    Args:
        findings: FINDINGS, after suppressions and the baseline.
        writes: WRITES joined with VERDICTS.
        terms: what counts.
        unread: whether an input that was named could not be used.
    """
    if unread:
        return UNREAD
    if findings.select(counts(terms).any()).item():
        return FOUND
    return FOUND if terms.fail_on_doubt and not open_doubts(findings, writes).is_empty() else NOTHING


def audit_exit_code(
    findings: pl.DataFrame, writes: pl.DataFrame, healed: pl.DataFrame, terms: Terms, *, unread: bool
) -> int:
    """The exit code of an audit of many deploys: that of what is still open.

    A loss that somebody put right years ago would fail each audit for ever: findings about such a write do not count,
    nor does a doubt that was settled. What was perhaps put right counts, and so does a finding about no single write.

    Args:
        findings: FINDINGS of all deploys.
        writes: WRITES joined with VERDICTS: at least those that are not in place or in doubt.
        healed: `write`: the ids of the writes that were put right, or that nobody wants any more.
        terms: what counts.
        unread: whether an input that was named could not be used.
    """
    still = findings.join(healed.select("write"), on="write", how="anti", maintain_order="left")
    unsettled = writes.join(healed.select(id="write"), on="id", how="anti", maintain_order="left")
    return exit_code(still, unsettled, terms, unread=unread)


def counts(terms: Terms) -> pl.Expr:
    """Whether a row of FINDINGS counts for the exit code."""
    severe = SEVERITIES[: SEVERITIES.index(terms.fail_on) + 1]
    sure = LEAST_CONFIDENT[LEAST_CONFIDENT.index(terms.min_confidence) :]
    return (
        pl.col("severity").is_in(severe)
        & pl.col("confidence").is_in(sure).fill_null(value=True)
        & ~pl.col("suppressed")
        & (pl.col("baseline_state") != "unchanged").fill_null(value=True)
    )


def open_doubts(findings: pl.DataFrame, writes: pl.DataFrame) -> pl.DataFrame:
    """The `unverifiable` writes whose doubt nobody has accepted: rows of `writes`.

    A doubt is accepted where all findings that report it are suppressed. It has one of its own, or one for all writes
    of its deploy and store (`analyzer/rules/doubt.py`); a doubt of which no finding is known counts. A baseline accepts
    none: what it knows of most doubts is the store, and not which write was in doubt.
    """
    unsure = writes.filter(pl.col("verdict") == "unverifiable").with_columns(
        code=pl.col("cause").replace_strict(RULE_OF, default=None, return_dtype=pl.String)
    )
    told = findings.select("code", "write", "deploy", "store", accepted="suppressed")
    own = unsure.join(told.drop("deploy", "store"), left_on=["id", "code"], right_on=["write", "code"])
    shared = unsure.join(
        told.filter(pl.col("write").is_null()).drop("write"), on=["deploy", "store", "code"], nulls_equal=True
    )
    accepted = (
        pl.concat([own.select("id", "accepted"), shared.select("id", "accepted")])
        .group_by("id")
        .agg(pl.col("accepted").all())
        .filter("accepted")
    )
    return writes.join(unsure.join(accepted, on="id", how="anti"), on="id", how="semi")
