"""LW318 zoneless-window: a time was given without a zone, and was read as UTC.

## What it does
Reports that `--since` or `--until` was given without a zone.

## Why it matters
A time from a chat, a calendar or a terminal is a local time as a rule. Read as UTC it lies hours from the
deploy: the calls of another deploy are there, or none.

## How it is proven
The report prints back the window that was used (`window given: ...`, in JSON `window_given`).

## Example
    Log: shop/prod
        15:40:30-32  create SiteKvKeys  7c62: metadata={}
    Trail:
        15:20:00  UpdateKeys put other          E1 -> E2  by job
        15:40:31  UpdateKeys put 7c62:metadata  E2 -> E3
        17:00:00  UpdateKeys put other          E3 -> E4  by job
    Command: --since 2025-03-20T15:40 --until 2025-03-20T15:41
    Finding:
        note LW318: A time was given without a zone, and was read as UTC: --since 2025-03-20T15:40:00Z
        --until 2025-03-20T15:41:00Z.
    Not here, where the zone is given:
      - Command: --since 2025-03-20T15:40 --until 2025-03-20T15:41
      + Command: --since 2025-03-20T15:40Z --until 2025-03-20T15:41Z

## What to do
Give the zone, `Z` for UTC:

    lostwrite check DEPLOY_LOG --trail TRAIL --since 2025-03-20T14:00+02:00 --until 2025-03-20T14:10+02:00

Where a run on the deploy's namespaces lies a multiple of half an hour from the window, the report names it.

## References
- The window of a log without times: docs/facts/alignment.md, section 2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import polars as pl

if TYPE_CHECKING:
    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW318"
NAME = "zoneless-window"
OF_RUN: Literal[True] = True
SEVERITY: Severity = "note"


def find(case: Case) -> pl.DataFrame:
    """One finding, if a time was given without a zone."""
    given = case.window
    rows = []
    if given is not None and given.zoneless:
        times = " ".join(
            f"{option} {time:%Y-%m-%dT%H:%M:%SZ}"
            for option, time in (("--since", given.since), ("--until", given.until))
            if time is not None
        )
        rows = [("high", f"A time was given without a zone, and was read as UTC: {times}.")]
    return pl.DataFrame(rows, {"confidence": pl.String(), "message": pl.String()}, orient="row")
