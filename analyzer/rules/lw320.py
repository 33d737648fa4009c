"""LW320 suppression-unused: a suppression fits no finding of this run.

## What it does
Finds suppressions that fit nothing, for an app and stage of this run.

## Why it matters
What it was about may be repaired, and then it only waits to hide the next such finding. Or it never
fitted: a slip in a key or a name suppresses nothing, and the finding that it was meant for still fails
the build.

## How it is proven
Each finding of the run was compared with it. The finding gives the file and the line of the suppression.

## Example
    Log: shop/prod
        15:40:30-32  create SiteKvKeys  7c62: metadata={}
    Config:
        [[lostwrite.suppress]]
        rule = "LW301"
        reason = "no data events yet"
    Finding:
        note LW320: The suppression of rule LW301 fits no finding of this run.
    Beside it: LW308, for which it is not
    Not here, where it fits a finding:
      - rule = "LW301"
      + rule = "LW308"

## What to do
Remove the suppression, or correct it. A key or a resource fits only findings about one write; a finding about
a whole store or deploy has neither, and fits by its rule, store, app or stage:

    lostwrite check DEPLOY_LOG --trail TRAIL --format json --no-suppress

shows all findings as they are. Where a finding comes and goes, let the suppression stay: this is a note, and
fails no build by itself. A suppression cannot suppress it.

## References
- Suppressions: docs/configuration.md
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import polars as pl

if TYPE_CHECKING:
    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW320"
NAME = "suppression-unused"
OF_RUN: Literal[True] = True
SEVERITY: Severity = "note"


def find(case: Case) -> pl.DataFrame:
    """A finding for each suppression that fits none."""
    return case.suppressions.filter(pl.col("state") == "unused").select(
        "source",
        "line",
        "about",
        confidence=pl.lit("proven"),
        message=pl.format("The suppression of {} fits no finding of this run.", "about"),
    )
