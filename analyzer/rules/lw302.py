"""LW302 trail-gap: a write of the store is missing from the trail, and the writes near it cannot be judged.

## What it does
Finds deploys with writes that cannot be judged because the chain of their store's calls has a gap:
verdict `unverifiable`, cause `trail_gap`.

## Why it matters
A gap means that the store was written by a call that is not available. That call may be the very
write that seems to be missing; to call it dropped would be a guess.

## How it is proven
Every write of a store names, as `ifMatch`, the ETag that the write before it returned. An `ifMatch`
that no available call returned shows that a write is missing: a log file was not given, or was
lost, or the trail was off for a while. A gap that no verdict depends on is not reported.

## Example
    Log: shop/prod
        15:40:25-26  update DocsKvKeys  aa01: a=1 -> aa01: a=2
        15:40:30-32  create SiteKvKeys  7c62: metadata={}
    Trail:
        15:20:00  UpdateKeys put other   E1 -> E2  by job
        15:40:26  UpdateKeys put aa01:a  E2 -> E3
        17:00:00  UpdateKeys put other   E7 -> E8  by job
    Finding:
        warning LW302: 1 write to store 5f1c0d2e remains in doubt: the chain of its ETags shows that a
        call is missing from the trail.
    Not here, where the record that was missing is given:
      + 15:40:31  UpdateKeys put 7c62:metadata  E3 -> E7

## What to do
Give all CloudTrail files of the time: every Region, and the hours after the deploy too, as files
are named by delivery time. CloudTrail delivers within about 5 minutes on average, which is not
guaranteed, and tries for 30 days when the bucket cannot be written. Give its digests too, from
before the deploy until 30 minutes after it, and what it records: where both show that nothing is
missing, no later write is needed.

    aws cloudtrail get-event-selectors --trail-name TRAIL > selectors.json
    lostwrite trail AWSLogs --selectors selectors.json

If nothing more exists, list the keys of the store, and give the file with `--keys`:

    aws cloudfront-keyvaluestore list-keys --kvs-arn ARN > keys.json

## References
- Sample: `trail-with-a-gap`.
- ETag and If-Match:
  https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_kvs_UpdateKeys.html
- Log files:
  https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.rules.doubt import doubts

if TYPE_CHECKING:
    import polars as pl

    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW302"
NAME = "trail-gap"
SEVERITY: Severity = "warning"


def find(case: Case) -> pl.DataFrame:
    """A finding for each deploy and store whose writes fall into a gap of the chain."""
    return doubts(case, {"trail_gap": "the chain of its ETags shows that a call is missing from the trail"})
