"""LW307 trail-ends-too-early: the trail ends before it can show that a call was not made.

## What it does
Finds deploys with writes that cannot be judged because the trail ends too early: verdict
`unverifiable`, with the cause `trail_too_early` (it ends less than 30 minutes after the operation) or
`chain_not_closed` (no later write of the store is in it).

## Why it matters
This is the usual case right after a deploy: the newest write of a store has no write after it. The
call that seems to be missing may be in a file that CloudTrail has not delivered yet, or in one that
was not copied.

## How it is proven
Every write of a store names, as `ifMatch`, the ETag that the write before it returned. So the next
write proves that nothing was made between the two. Without a next write, the last file of the trail
may be missing, and nothing would show it. A trail that merely reaches far enough is no proof.

## Example
    Log: shop/prod
        15:40:25-26  update DocsKvKeys  aa01: a=1 -> aa01: a=2
        15:40:30-32  create SiteKvKeys  7c62: metadata={}
    Trail:
        15:20:00  UpdateKeys put other   E1 -> E2  by job
        15:40:26  UpdateKeys put aa01:a  E2 -> E3
        17:00:00  DescribeKeyValueStore  by job
    Finding:
        warning LW307: 1 write to store 5f1c0d2e remains in doubt: no later write of it is in the trail,
        so nothing shows that no call is missing.
    Beside it: LW109, which says what is likely
    Not here, where a later write closes the chain and proves the drop (LW101):
      + 17:00:01  UpdateKeys put other   E3 -> E4  by job

## What to do
The cheapest proof is a listing of the store, or just its ETag: where that is the ETag of the last
write in the trail, nothing was written since, and what is missing never landed.

    aws cloudfront-keyvaluestore describe-key-value-store --kvs-arn ARN > keys.json
    aws cloudfront-keyvaluestore list-keys --kvs-arn ARN > keys.json

Give either with `--keys keys.json`. Or wait: CloudTrail delivers within about 5 minutes on average,
which is not guaranteed, and nearly all within an hour. Copy the trail again then, with the hours
after the deploy, and check again. Digests and selectors close the chain too (LW302 says how).

## References
- ETag and If-Match:
  https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_kvs_UpdateKeys.html
- Delivery of log files:
  https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.rules.doubt import doubts

if TYPE_CHECKING:
    import polars as pl

    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW307"
NAME = "trail-ends-too-early"
SEVERITY: Severity = "warning"

_FACTS = {
    "trail_too_early": "the trail ends less than 30 minutes after the operation, so records may still be missing",
    "chain_not_closed": "no later write of it is in the trail, so nothing shows that no call is missing",
}


def find(case: Case) -> pl.DataFrame:
    """A finding for each deploy and store whose writes nothing in the trail closes off."""
    return doubts(case, _FACTS)
