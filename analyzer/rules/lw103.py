"""LW103 failed-write: the write failed, and the deploy says so.

## What it does
Finds writes whose calls all failed, or were not sent because an earlier call of the same operation
failed, where the deploy's log reports the operation as failed or unfinished: verdict `errored`,
reported not `succeeded`.

## Why it matters
The deploy reported that a resource failed; it did not report which keys. An operation of more
than 50 keys is sent in batches, and the batches before the failed one did land: the store is left
half written.

## How it is proven
The log's error names an AWS request ID, which is the `requestID` of one CloudTrail record: an exact
join, that also gives the keys of the batch and the caller. Keys of batches that were never sent are
`errored` with the cause of the call that failed. Without a request ID, the failed calls on that key
in the operation's time are taken.

## Example
    Log: shop/prod
        15:40:30-32  create SiteKvKeys  7c62: metadata={}  fails: operation error
            CloudFront KeyValueStore: UpdateKeys, https response error StatusCode: 402, RequestID: r-1,
            ServiceQuotaExceededException: Limit exceeded
    Trail:
        15:20:00  UpdateKeys put other          E1 -> E2  by job
        15:40:31  UpdateKeys put 7c62:metadata  at E2  id r-1  fails ServiceQuotaExceededException
    Finding:
        error LW103: Key 7c62:metadata (SiteKvKeys, store 5f1c0d2e) failed: it exceeds a limit of the
        store (UpdateKeys: ServiceQuotaExceededException).
    Beside it: LW208 says that it is a limit
    Not here, where the call is made:
      - 15:40:30-32  create SiteKvKeys  7c62: metadata={}  fails: operation error
            CloudFront KeyValueStore: UpdateKeys, https response error StatusCode: 402, RequestID: r-1,
            ServiceQuotaExceededException: Limit exceeded
      + 15:40:30-32  create SiteKvKeys  7c62: metadata={}
      - 15:40:31  UpdateKeys put 7c62:metadata  at E2  id r-1  fails ServiceQuotaExceededException
      + 15:40:31  UpdateKeys put 7c62:metadata  E2 -> E3

## What to do
Fix the cause that the report names, then deploy again: a resource whose creation failed is not in
the state, and is tried again. Check first whether the keys that did land can stay.

## References
- Sample: `plain-pulumi-keys`.
- Limits (value 1 KB, 50 keys or 3 MB an update, store 5 MB):
  https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
- A value over 1 KB: https://github.com/anomalyco/sst/issues/5748
- SST: pkg/server/resource/aws-kv-keys.go
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.rules.failures import why
from analyzer.rules.phrase import about_writes, write

if TYPE_CHECKING:
    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW103"
NAME = "failed-write"
SEVERITY: Severity = "error"


def find(case: Case) -> pl.DataFrame:
    """A finding for each write whose failure the deploy admits."""
    admitted = pl.col("reported").ne_missing(pl.lit("succeeded"))
    failed = case.writes.filter((pl.col("verdict") == "errored") & admitted)
    return about_writes(failed, pl.format("{} failed: {}.", write(), why()))
