"""LW311 several-runs-fit: several runs in the trail fit the deploy, and nothing shows which one it was.

## What it does
Finds deploys with writes that cannot be judged because the calls of more than one run fit the log:
verdict `unverifiable`, cause `rivals`.

## Why it matters
A stack that is deployed again and again writes the same keys each time. In the wrong run a write may
be missing that the right one made.

## How it is proven
Each run is a group of calls by one caller that match the operations of the log. The report lists the
runs (`deploys[].clock.rivals` in JSON), each with its time and how many operations it matches.

## Example
    Log: shop/prod
        15:40:30-32  create SiteKvKeys  7c62: metadata={}
    Trail:
        15:00:00  UpdateKeys put other          E1 -> E2  by job
        15:20:31  UpdateKeys put 7c62:metadata  E2 -> E3
        16:00:31  UpdateKeys put 7c62:metadata  E3 -> E4
        17:00:00  UpdateKeys put other          E4 -> E5  by job
    Finding:
        warning LW311: 1 write to store 5f1c0d2e remains in doubt: several runs in the trail fit this
        deploy, and nothing shows which of them it was.
    Not here, where a person says when it ran:
      + Command: --since 15:20 --until 15:21

## What to do
Say when the deploy ran: the report lists the runs below "To settle it", and for a log without times
the `--since` and `--until` of each. For a log with times, give the other logs of the machine in one
run: they share its clock, and each claims its own calls. The time in the CI's list of jobs, the
object of the deploy below `update/` in SST's state bucket, or the file's date tells which one is
right.

    lostwrite check DEPLOY_LOG --trail TRAIL --since 2025-03-20T12:00Z --until 2025-03-20T12:10Z

## References
- docs/facts/alignment.md: what makes one run fit better than another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.rules.doubt import doubts

if TYPE_CHECKING:
    import polars as pl

    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW311"
NAME = "several-runs-fit"
SEVERITY: Severity = "warning"


def find(case: Case) -> pl.DataFrame:
    """A finding for each deploy and store whose writes fit several runs."""
    return doubts(
        case, {"rivals": "several runs in the trail fit this deploy, and nothing shows which of them it was"}
    )
