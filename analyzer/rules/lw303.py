"""LW303 no-window: the time of the deploy is not known, so its writes cannot be judged.

## What it does
Finds deploys with writes that cannot be judged because neither the log nor the options give a time:
verdict `unverifiable`, cause `no_window`.

## Why it matters
A trail holds the calls of every deploy. Without a time, a successful call on the key may be last
week's, and a missing one may be outside the trail.

## How it is proven
`pulumi.log` has no times, and neither has the terminal output of SST; only a CI prefix, an engine
event log (`eventlog.json`) or `sst.log` has them. The verdict says that no event of the deploy has
a time and that `--since` and `--until` were not given.

## Example
    Log:
        | ➜  App:        shop
        |    Stage:      prod
        | ~  Deploy
        | |  Created     Site sst:aws:StaticSite → SiteKvKeys sst:aws:KvKeys (1.8s)
        | ✓  Complete
    Trail:
        15:20:00  UpdateKeys put other          E1 -> E2  by job
        15:40:31  UpdateKeys put bf80:metadata  E2 -> E3
        16:13:31  UpdateKeys put bf80:metadata  E3 -> E4
        17:00:00  UpdateKeys put other          E4 -> E5  by job
    Finding:
        warning LW303: 1 write to a store that the log does not name remains in doubt: neither the log
        nor --since and --until give the time of the deploy.
    Not here, where a person says when it ran:
      + Command: --since 15:40 --until 15:41

## What to do
Say when the deploy ran, with some minutes to spare on both sides. Times without a zone are UTC:

    lostwrite check DEPLOY_LOG --trail TRAIL --since 2025-03-20T12:00Z --until 2025-03-20T12:10Z

Or give the engine event log of the deploy. SST 3.6.19 and later keeps it in its state bucket:

    aws s3 ls s3://BUCKET/eventlog/APP/STAGE/

## References
- SST: pkg/project/provider/aws.go (`eventlog` in the state bucket), pkg/project/run.go
  (`--event-log`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.rules.doubt import doubts

if TYPE_CHECKING:
    import polars as pl

    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW303"
NAME = "no-window"
SEVERITY: Severity = "warning"


def find(case: Case) -> pl.DataFrame:
    """A finding for each deploy and store whose writes have no time."""
    return doubts(case, {"no_window": "neither the log nor --since and --until give the time of the deploy"})
