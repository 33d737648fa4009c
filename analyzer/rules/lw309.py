"""LW309 time-not-covered: the files of the trail do not reach the time of the deploy.

## What it does
Finds deploys with writes that cannot be judged because the available files of the trail begin after
the operation, or end before it: verdict `unverifiable`, cause `not_covered`.

## Why it matters
The trail may well have recorded the calls: they are in files that were not given. That data events
are off is another matter (LW301): here, other files would decide.

## How it is proven
The files hold records, and none of them is of the hours of the deploy. CloudTrail names a file by the
time of its delivery: `..._20250320T1205Z_...` holds records of the minutes before 12:05.

## Example
    Log: shop/prod
        15:40:30-32  create SiteKvKeys  7c62: metadata={}
    Trail:
        09:05:00  UpdateKeys put other  E1 -> E2  by job
        09:10:00  UpdateKeys put other  E2 -> E3  by job
    Finding:
        warning LW309: 1 write to store 5f1c0d2e remains in doubt: the files of the trail do not reach
        the time of the operation.
    Not here, where the files of that hour are given too:
      + 15:40:31  UpdateKeys put 7c62:metadata  E3 -> E4

## What to do
Copy the hours that the report names, and the hours after them:

    aws s3 sync s3://BUCKET/AWSLogs/ACCOUNT/CloudTrail/us-east-1/YEAR/MONTH/DAY trail/

If the times of the deploy look wrong, see whether `--since` and `--until` were meant in another zone
(a time without a zone is UTC), and whether the clock of the machine was right (LW310).

## References
- Names of log files:
  https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.rules.doubt import doubts

if TYPE_CHECKING:
    import polars as pl

    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW309"
NAME = "time-not-covered"
SEVERITY: Severity = "warning"


def find(case: Case) -> pl.DataFrame:
    """A finding for each deploy and store whose writes are outside of what the files cover."""
    return doubts(case, {"not_covered": "the files of the trail do not reach the time of the operation"})
