"""LW310 clocks-differ: the log's clock is not CloudTrail's, so calls and operations cannot be joined by time.

## What it does
Finds deploys with writes that cannot be judged because the log's clock was not CloudTrail's, or was
set while the deploy ran: verdict `unverifiable`, cause `clocks_differ`.

## Why it matters
With a clock that is a minute off, each call of a healthy deploy lies outside of its operation. That
looks like a deploy of which nothing landed.

## How it is proven
Calls that could be the deploy's are in the trail at another time than the log says. Where enough of
them fit at one offset, and no other run fits as well, the report names the offset and corrects all
times by it. Where too few fit, or the clock was set within the deploy, it does not guess.

## Example
    Log: shop/prod
        15:40:30-32  create SiteKvKeys  7c62: metadata={}
    Trail:
        15:20:00  UpdateKeys put other          E1 -> E2  by job
        16:13:31  UpdateKeys put 7c62:metadata  E2 -> E3
        17:00:00  UpdateKeys put other          E3 -> E4  by job
    Finding:
        warning LW310: 1 write to store 5f1c0d2e remains in doubt: the log's clock is not CloudTrail's,
        so the times do not show which call is whose.
    Not here, where the call lies in the time of the operation:
      - 16:13:31  UpdateKeys put 7c62:metadata  E2 -> E3
      + 15:40:31  UpdateKeys put 7c62:metadata  E2 -> E3

## What to do
Give a clock that is right: the event log of the deploy from the state bucket, the CI's log with time
stamps, or the logs of other deploys of the same machine, which had the same clock. Give all of them
in one run. Times of CI are the times of printing, which may be minutes late.

A listing of the store needs no clock:

    aws cloudfront-keyvaluestore list-keys --kvs-arn ARN > keys.json

## References
- docs/facts/alignment.md: how the offset is found, and when it is not trusted.
- eventTime: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.rules.doubt import doubts

if TYPE_CHECKING:
    import polars as pl

    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW310"
NAME = "clocks-differ"
SEVERITY: Severity = "warning"


def find(case: Case) -> pl.DataFrame:
    """A finding for each deploy and store whose writes a wrong clock leaves open."""
    return doubts(
        case,
        {
            "clocks_differ": "the log's clock is not CloudTrail's, so the times do not show which call is whose"
        },
    )
