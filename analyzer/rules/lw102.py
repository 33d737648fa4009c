"""LW102 swallowed-error: every call for the write failed, and the deploy reports success.

## What it does
Finds writes for which calls were made, all of which failed, in an operation that the deploy's log
reports as done: verdict `errored`, reported `succeeded`.

## Why it matters
The error reached nobody. The key is as it was before the deploy, and the deploy tool's state says
otherwise, so the next deploy does not try again.

## How it is proven
CloudTrail records a failed call with its `errorCode`. UpdateKeys is all or nothing: one record with
an error means that none of its keys was written. The verdict is given when no later successful call
that is available made the write. The confidence says how sure that is: `proven` where the chain of
`ifMatch` and `eTag` shows that no successful write is missing between the failure and the next
known write.

Calls that are not authenticated ("Authentication failed", a version 1 session token with SigV4A)
may never reach CloudTrail; such a write shows as one that was never attempted.

## Example
    Log: shop/prod
        15:40:25-26  update DocsKvKeys  aa01: a=1 -> aa01: a=2
        15:40:30-32  create SiteKvKeys  7c62: metadata={}
    Trail:
        15:20:00  UpdateKeys put other          E1 -> E2  by job
        15:40:26  UpdateKeys put aa01:a         E2 -> E3
        15:40:31  UpdateKeys put 7c62:metadata  at E3  fails AccessDeniedException
        17:00:00  UpdateKeys put other          E3 -> E4  by job
    Finding:
        error LW102: Key 7c62:metadata (SiteKvKeys, store 5f1c0d2e) failed, and the deploy reports
        success: AWS denied the call.
    Beside it: LW206 says what to allow
    Not here, where the deploy reports the failure (LW103):
      - 15:40:30-32  create SiteKvKeys  7c62: metadata={}
      + 15:40:30-32  create SiteKvKeys  7c62: metadata={}  fails: AccessDeniedException

## What to do
Read the error code in the report: `AccessDenied...` needs the named permission of
`cloudfront-keyvaluestore`, `ServiceQuotaExceededException` a smaller value (1 KB) or fewer keys,
`ThrottlingException` a later try. Then make the write by hand with the command in the report, or
deploy a change of that resource.

## References
- Sample: `denied-and-swallowed`.
- Errors of UpdateKeys:
  https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_kvs_UpdateKeys.html
- Session tokens:
  https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/kvs-with-functions-kvp.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.rules.failures import why
from analyzer.rules.phrase import about_writes, write

if TYPE_CHECKING:
    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW102"
NAME = "swallowed-error"
SEVERITY: Severity = "error"


def find(case: Case) -> pl.DataFrame:
    """A finding for each write whose calls failed while the deploy reports success."""
    swallowed = case.writes.filter((pl.col("verdict") == "errored") & (pl.col("reported") == "succeeded"))
    return about_writes(
        swallowed, pl.format("{} failed, and the deploy reports success: {}.", write(), why())
    )
