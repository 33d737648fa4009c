"""LW312 another-writer: calls that fit were made by somebody else, or nothing shows by whom.

## What it does
Finds deploys with writes that cannot be judged because the only calls that fit are not surely the
deploy's: verdict `unverifiable`, cause `other_writer`.

## Why it matters
A person at the console, a monitor or another pipeline may write the same key in the same minutes.
Such a call must not be taken for the deploy's, and the deploy's must not be taken for theirs.

## How it is proven
CloudTrail records who made a call (`userIdentity`), from where, and with what. The deploy's writer is
the principal and session whose calls match its other operations. A call of another one, or a PutKey
where SST would use UpdateKeys, shows that the key was written, but not by the deploy.

## What to do
Ask whoever is named in the evidence whether the call was theirs. A listing shows what the key holds
now, whoever wrote it:

    aws cloudfront-keyvaluestore list-keys --kvs-arn ARN > keys.json

If the deploy runs as several principals, give the log of each part in one run.

## References
- userIdentity:
  https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.rules.doubt import doubts

if TYPE_CHECKING:
    import polars as pl

    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW312"
NAME = "another-writer"
SEVERITY: Severity = "warning"


def find(case: Case) -> pl.DataFrame:
    """A finding for each deploy and store whose writes only calls of uncertain writers fit."""
    return doubts(
        case,
        {
            "other_writer": "calls that fit were made by another principal, or by an API that the deploy does not use"
        },
    )
