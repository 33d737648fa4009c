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

## Example
    Log: shop/prod
        15:40:20-21  update DocsKvKeys        aa01: a=1 -> aa01: a=2
        15:40:25-26  update BlogKvKeys        bb02: a=1 -> bb02: a=2
        15:40:30-32  create SiteRoutesUpdate  ea01:routes + site,7c62,,/
    Trail:
        15:20:00  UpdateKeys put other        E1 -> E2  by job
        15:40:21  UpdateKeys put aa01:a       E2 -> E3
        15:40:26  UpdateKeys put bb02:a       E3 -> E4
        15:40:31  UpdateKeys put ea01:routes  E4 -> E5  by admin
        17:00:00  UpdateKeys put other        E5 -> E6  by job
    Finding:
        warning LW312: 1 write to store 5f1c0d2e remains in doubt: calls that fit were made by another
        principal, or by an API that the deploy does not use.
    Beside it: LW311, as the admin's calls may be another run of the stack
    Not here, where the deploy's own role made the call:
      - 15:40:31  UpdateKeys put ea01:routes  E4 -> E5  by admin
      + 15:40:31  UpdateKeys put ea01:routes  E4 -> E5

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
