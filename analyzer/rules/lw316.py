"""LW316 outcome-unknown: the records do not show whether the calls succeeded.

## What it does
Finds deploys with writes that cannot be judged because the calls that fit have neither an error nor
a returned ETag: verdict `unverifiable`, cause `outcome_unknown`.

## Why it matters
Without the error field, a refused call looks like one that succeeded. A report of success from such
records would hide exactly the failures that matter.

## How it is proven
A successful write returns an ETag (`responseElements.eTag`), and a failed call has an `errorCode`. An
export that leaves out both says nothing of the outcome, and such a call proves nothing either way.

## Example
    Log: shop/prod
        15:40:25-26  update DocsKvKeys  aa01: a=1 -> aa01: a=2
        15:40:30-32  create SiteKvKeys  7c62: metadata={}
    Trail:
        15:20:00  UpdateKeys put other   E1 -> E2  by job
        15:40:26  UpdateKeys put aa01:a  E2 -> E3
        15:40:31  UpdateKeys put 7c62:metadata  at E3
        17:00:00  UpdateKeys put other   E3 -> E4  by job
    Finding:
        warning LW316: 1 write to store 5f1c0d2e remains in doubt: the records of its calls do not show
        whether they succeeded.
    Not here, where the record has the ETag that the call returned:
      - 15:40:31  UpdateKeys put 7c62:metadata  at E3
      + 15:40:31  UpdateKeys put 7c62:metadata  E3 -> E4

## What to do
Export again with `errorCode`, `errorMessage`, `requestParameters` and `responseElements`, or give
CloudTrail's own files from S3. A listing of the store shows what is there now:

    aws cloudfront-keyvaluestore list-keys --kvs-arn ARN > keys.json

## References
- The fields of a record:
  https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.rules.doubt import doubts

if TYPE_CHECKING:
    import polars as pl

    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW316"
NAME = "outcome-unknown"
SEVERITY: Severity = "warning"


def find(case: Case) -> pl.DataFrame:
    """A finding for each deploy and store whose calls have no known outcome."""
    return doubts(case, {"outcome_unknown": "the records of its calls do not show whether they succeeded"})
