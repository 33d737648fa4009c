"""LW317 undecided-write: a write cannot be judged, for a reason that no other rule reports.

## What it does
Finds deploys with writes that cannot be judged, and whose cause no other rule reports: verdict
`unverifiable`, without a cause or with one of another kind.

## Why it matters
No doubt is silent: with `--fail-on warning` each one fails the build.

## How it is proven
The evidence of each write says what is known. No other rule (LW301 to LW316) has a finding for it.

## What to do
Read the evidence of the writes (`--format json`). A listing of the store shows what is there now:

    aws cloudfront-keyvaluestore list-keys --kvs-arn ARN > keys.json

## References
- The causes of doubt: docs/architecture.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.rules.doubt import RULE_OF, about_stores

if TYPE_CHECKING:
    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW317"
NAME = "undecided-write"
SEVERITY: Severity = "warning"


def find(case: Case) -> pl.DataFrame:
    """A finding for each deploy and store with writes whose doubt no other rule reports."""
    told = pl.col("cause").is_in([*RULE_OF]).fill_null(value=False)
    open_still = case.writes.filter((pl.col("verdict") == "unverifiable") & ~told)
    named = pl.format("the evidence cannot decide ({})", pl.col("cause").str.replace_all("_", " "))
    fact = pl.coalesce(named, pl.lit("the evidence cannot decide"))
    return about_stores(open_still.with_columns(fact=fact), one="remains in doubt", many="remain in doubt")
