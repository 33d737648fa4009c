"""LW108 recovered-after-retries: the write landed, after calls for it had failed.

## What it does
Notes writes that landed after one or more failed calls of the same operation: verdict `landed`,
with `recovered` over 0.

## Why it matters
Nothing is lost. Failed calls in the trail look like trouble, and this says that they are not. Many
of them mean that several writers change one store at a time, which older SST versions do not
survive (LW101, LW104).

## How it is proven
Each failed UpdateKeys ("Pre-Condition failed": the store had changed since the ETag was read) is
followed by a successful call of the same writer that names the same key. SST reads the store again
and sends the write again, after 100 to 500 ms and as often as it takes.

## Example
    Log: shop/prod
        15:40:30-32  create SiteKvKeys  7c62: metadata={}
    Trail:
        15:20:00  UpdateKeys put other          E1 -> E2  by job
        15:40:30  UpdateKeys put other          E2 -> E3  by job
        15:40:31  UpdateKeys put 7c62:metadata  at E2  fails ValidationException: Pre-Condition failed
        15:40:32  UpdateKeys put 7c62:metadata  E3 -> E4
        17:00:00  UpdateKeys put other          E4 -> E5  by job
    Finding:
        note LW108: Key 7c62:metadata (SiteKvKeys, store 5f1c0d2e) landed after 1 failed call.
    Not here, where the first call made it:
      - 15:40:31  UpdateKeys put 7c62:metadata  at E2  fails ValidationException: Pre-Condition failed

## What to do
Nothing. Where it happens in every deploy, let fewer deploys write one store at the same time.

## References
- Sample: `precondition-recovered`.
- SST: pkg/server/resource/aws-kv-keys.go, aws-kv-routes-update.go
- If-Match: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_kvs_UpdateKeys.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.rules.phrase import about_writes, write

if TYPE_CHECKING:
    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW108"
NAME = "recovered-after-retries"
SEVERITY: Severity = "note"


def find(case: Case) -> pl.DataFrame:
    """A finding for each write that landed after failed calls."""
    recovered = case.writes.filter((pl.col("verdict") == "landed") & (pl.col("recovered") > 0))
    calls = pl.when(pl.col("recovered") == 1).then(pl.lit("call")).otherwise(pl.lit("calls"))
    return about_writes(
        recovered, pl.format("{} landed after {} failed {}.", write(), pl.col("recovered"), calls)
    )
