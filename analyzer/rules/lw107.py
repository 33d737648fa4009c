"""LW107 unfinished-write: the deploy stopped before the write's outcome was known.

## What it does
Finds writes whose operation began and never ended in the log, and that no available call made:
verdict `unfinished`.

## Why it matters
The deploy was cancelled, killed, or lost its runner. The write may never have been sent; the
resource stays as a pending operation in the deploy tool's state until somebody resolves it.

## How it is proven
The log has the beginning of the operation and no end, and the trail shows no successful call that
would answer for it. This does not prove that the write was never sent: it is a warning, not an
error. SST before 4.1.3 could print `Interrupted` for a deploy that had completed; the engine's own
events decide, where they are available.

## Example
    Log: shop/prod
        15:40:25-26  update RedirectsKvKeys  aa01: a=1 -> aa01: a=2
        15:40:30-    create SiteKvKeys       7c62: metadata={}
        the log stops
    Trail:
        15:20:00  UpdateKeys put other   E1 -> E2  by job
        15:40:26  UpdateKeys put aa01:a  E2 -> E3
        17:00:00  UpdateKeys put other   E3 -> E4  by job
    Finding:
        warning LW107: Key 7c62:metadata (SiteKvKeys, store 5f1c0d2e) has no known outcome: the deploy
        stopped first, and nothing shows that it landed.
    Beside it: LW402
    Not here, where a call made it before the log stopped:
      - 17:00:00  UpdateKeys put other   E3 -> E4  by job
      + 15:40:31  UpdateKeys put 7c62:metadata  E3 -> E4
      + 17:00:00  UpdateKeys put other          E4 -> E5  by job

## What to do
Deploy again: Pulumi warns of pending operations and goes on. `sst refresh` (or `pulumi refresh`)
clears them from the state. If the site is down meanwhile, write the key by hand with the command in
the report.

## References
- Pending operations:
  https://www.pulumi.com/docs/iac/operations/troubleshooting/interrupted-updates/
- SST: commit f33978ab8 (false `Interrupted`, fixed in 4.1.3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.rules.phrase import about_writes, one_of, write

if TYPE_CHECKING:
    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW107"
NAME = "unfinished-write"
SEVERITY: Severity = "warning"


def find(case: Case) -> pl.DataFrame:
    """A finding for each write whose operation did not end."""
    open_ended = case.writes.filter((pl.col("verdict") == "unfinished") | one_of("interrupted"))
    fact = "{} has no known outcome: the deploy stopped first, and nothing shows that it landed."
    return about_writes(open_ended, pl.format(fact, write()))
