"""LW301 data-events-off: the trail records no data events of the store, so its writes cannot be judged.

## What it does
Finds deploys with writes that cannot be judged because the available trail shows no data events of
their store: verdict `unverifiable`, cause `data_events_off`.

## Why it matters
GetKey, UpdateKeys and the other calls on the keys of a CloudFront KeyValueStore are data events.
CloudTrail does not record them unless a trail asks for them, and they are never in the Event
history. Without them, the absence of a call says nothing: a dropped write and a good one look the
same.

## How it is proven
No record of `edgekeyvaluestore.amazonaws.com` for the store is available. Management events and
data events of other services do not show that those of this store are on, and do not count as
evidence of it.

## Example
    Log: shop/prod
        15:40:30-32  create SiteKvKeys  7c62: metadata={}
    Trail:
        15:20:00  s3 GetObject
        17:00:00  s3 GetObject
    Finding:
        warning LW301: 1 write to store 5f1c0d2e remains in doubt: the trail records no data events of
        it, so a missing call proves nothing.
    Not here, where the trail records calls on the keys of the store:
      + 15:20:00  UpdateKeys put other          E1 -> E2  by job
      + 15:40:31  UpdateKeys put 7c62:metadata  E2 -> E3
      + 17:00:00  UpdateKeys put other          E3 -> E4  by job

## What to do
Ask a trail to record them. The trail must be a multi-Region one, or one in us-east-1: that is where
CloudFront's events are. `aws cloudtrail put-event-selectors` replaces all of the trail's selectors,
so the script that this prints reads them, and adds one:

    lostwrite setup-trail > setup-trail.sh

Read it, then run it: `sh setup-trail.sh`. `--format cloudformation`, `terraform` or `sst` makes a
trail of its own instead.

Data events cost extra; what is printed says how much. The reads are recorded, too: without GetKey
and DescribeKeyValueStore, lost updates and failed reads cannot be detected. What happened before
they were switched on stays unknown; list the keys of the store, and give the file with `--keys` to
see what is missing now:

    aws cloudfront-keyvaluestore list-keys --kvs-arn ARN > keys.json

## References
- Sample: `data-events-off`.
- https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/logging_using_cloudtrail.html
- https://awscli.amazonaws.com/v2/documentation/api/latest/reference/cloudtrail/put-event-selectors.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.rules.doubt import doubts

if TYPE_CHECKING:
    import polars as pl

    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW301"
NAME = "data-events-off"
SEVERITY: Severity = "warning"


def find(case: Case) -> pl.DataFrame:
    """A finding for each deploy and store whose writes the trail could not have recorded."""
    return doubts(
        case, {"data_events_off": "the trail records no data events of it, so a missing call proves nothing"}
    )
