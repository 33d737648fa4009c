"""LW315 form-lacks-columns: the form of the log or the trail has lost what a verdict needs.

## What it does
Finds deploys with writes that cannot be judged because the log or the export of the trail does not
hold what would tell: verdict `unverifiable`, cause `form_lost` (`degraded_form` in older reports).

## Why it matters
An export without the keys of a call, or with keys that were cut or hidden, cannot show that a key was
not written. Taken for the whole truth, it would make each write look dropped.

## How it is proven
The evidence of each write names the form and what it lacks: the keys (`requestParameters`), the ETags
(`ifMatch`, `responseElements.eTag`), or the caller. docs/formats.md says what each form keeps.

## Example
    Log: shop/prod
        15:40:25-26  update DocsKvKeys  aa01: a=1 -> aa01: a=2
        15:40:30-32  create SiteKvKeys  7c62: metadata={}
    Trail:
        15:20:00  UpdateKeys put other   E1 -> E2  by job
        15:40:26  UpdateKeys put aa01:a  E2 -> E3
        15:40:31  UpdateKeys             E3 -> E4
        17:00:00  UpdateKeys put other   E4 -> E5  by job
    Finding:
        warning LW315: 1 write to store 5f1c0d2e remains in doubt: the form of the log or the trail
        lacks what is needed to join calls and operations.
    Not here, where the record names its keys:
      - 15:40:31  UpdateKeys             E3 -> E4
      + 15:40:31  UpdateKeys put 7c62:metadata  E3 -> E4

## What to do
Give CloudTrail's own files from S3, which lose nothing:

    aws s3 sync s3://BUCKET/AWSLogs/ACCOUNT/CloudTrail/us-east-1/YEAR/MONTH/DAY trail/

or export again with the columns that the report names. For the deploy, give its event log in place
of its text.

## References
- What each form keeps: docs/formats.md.
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

CODE = "LW315"
NAME = "form-lacks-columns"
SEVERITY: Severity = "warning"


def find(case: Case) -> pl.DataFrame:
    """A finding for each deploy and store whose writes a form with losses leaves open."""
    return doubts(
        case,
        {
            "form_lost": "the form of the log or the trail lacks what is needed to join calls and operations",
            "degraded_form": "the log or the trail does not show which calls belong to them",
        },
    )
