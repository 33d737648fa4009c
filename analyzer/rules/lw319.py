"""LW319 suppression-expired: a suppression is past its date, and suppresses nothing any more.

## What it does
Finds suppressions whose `expires` is before today (UTC), for an app and stage of this run.

## Why it matters
A suppression with a date is a promise to look again. What it fits counts for the exit code after that day,
so a build may fail although nothing of the deploy has changed.

## How it is proven
The finding gives the file and the line of the suppression, its date, and how many findings of this run it
would fit.

## Example
    Log: shop/prod
        15:40:30-32  create SiteKvKeys  7c62: metadata={}
    Config:
        [[lostwrite.suppress]]
        rule = "LW308"
        reason = "no trail yet"
        expires = 2025-03-19
    Finding:
        warning LW319: The suppression of rule LW308 expired on 2025-03-19: 1 finding that it fits counts again.
    Beside it: LW308, which counts again
    Not here, where its last day is today:
      - expires = 2025-03-19
      + expires = 2025-03-20

## What to do
Look again whether the reason still holds. If it does, give the suppression a later date; else repair what it
was about, and remove it:

    lostwrite config

prints all suppressions with their dates. A suppression cannot suppress this finding.

## References
- Suppressions: docs/configuration.md
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import polars as pl

if TYPE_CHECKING:
    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW319"
NAME = "suppression-expired"
OF_RUN: Literal[True] = True
SEVERITY: Severity = "warning"


def find(case: Case) -> pl.DataFrame:
    """A finding for each suppression that is past its date."""
    found = pl.col("findings")
    left = (
        pl.when(found == 0)
        .then(pl.lit("nothing of this run fits it"))
        .when(found == 1)
        .then(pl.lit("1 finding that it fits counts again"))
        .otherwise(pl.format("{} findings that it fits count again", found))
    )
    return case.suppressions.filter(pl.col("state") == "expired").select(
        "source",
        "line",
        "about",
        confidence=pl.lit("proven"),
        message=pl.format(
            "The suppression of {} expired on {}: {}.", "about", pl.col("expires").cast(pl.String), left
        ),
    )
