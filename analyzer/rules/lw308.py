"""LW308 no-trail: no trail was given, so nothing shows which calls were made.

## What it does
Finds deploys with writes that cannot be judged because no CloudTrail file was given, or none that
holds records: verdict `unverifiable`, cause `no_trail`.

## Why it matters
A deploy log says what the deploy meant and what it believes. `Created` means that the provider
returned without an error, not that the key is in the store.

## How it is proven
No file of the inputs holds CloudTrail records. Digests alone list such files, and hold none.

## Example
    Log: shop/prod
        15:40:30-32  create SiteKvKeys  7c62: metadata={}
    Finding:
        warning LW308: 1 write to store 5f1c0d2e remains in doubt: no trail was given, and the deploy
        log alone proves nothing.
    Not here, where the trail is given:
      + Trail:
      + 15:20:00  UpdateKeys put other          E1 -> E2  by job
      + 15:40:31  UpdateKeys put 7c62:metadata  E2 -> E3
      + 17:00:00  UpdateKeys put other          E3 -> E4  by job

## What to do
Copy the files of the day of the deploy, and of the hours after it, from us-east-1, where the calls on
key-value stores are recorded:

    aws s3 sync s3://BUCKET/AWSLogs/ACCOUNT/CloudTrail/us-east-1/YEAR/MONTH/DAY trail/
    lostwrite check DEPLOY_LOG --trail trail

The trail must record data events (LW301). Where it did not, and right after a deploy, list the stores:
that shows what is missing now.

    lostwrite check DEPLOY_LOG --live

Or give a listing that was made elsewhere with `--keys`:

    aws cloudfront-keyvaluestore list-keys --kvs-arn ARN > keys.json

## References
- Where CloudTrail puts files:
  https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-find-log-files.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.rules.doubt import doubts

if TYPE_CHECKING:
    import polars as pl

    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW308"
NAME = "no-trail"
SEVERITY: Severity = "warning"


def find(case: Case) -> pl.DataFrame:
    """A finding for each deploy and store whose writes no trail speaks of."""
    return doubts(case, {"no_trail": "no trail was given, and the deploy log alone proves nothing"})
