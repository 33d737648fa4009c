"""LW314 maybe-nothing-to-write: the log does not show whether the operation had anything to write.

## What it does
Finds deploys with writes that cannot be judged because the operation may have had nothing to do:
verdict `unverifiable`, cause `maybe_nothing`.

## Why it matters
An update of a resource may change something else than its keys, and SST before 3.12.5 sends no call
for a route that is in the list already, nor for the removal of one that is not. No call is then right.

## How it is proven
A text log says that a resource was updated, and not what changed. No call fits the operation, and
nothing shows that one was due. Or an event log shows that an update adds the entry that it had added
before, as after an upgrade of SST: the list should have it, whether the update wrote it again or not.

## Example
    Log: shop/prod
        15:40:25-26  update DocsKvKeys  aa01: a=1 -> aa01: a=2
        15:40:30-32  delete SiteKvKeys  7c62: metadata={}
    Trail:
        15:20:00  UpdateKeys put other   E1 -> E2  by job
        15:40:26  UpdateKeys put aa01:a  E2 -> E3
        17:00:00  UpdateKeys put other   E3 -> E4  by job
    Finding:
        warning LW314: 1 write to store 5f1c0d2e remains in doubt: the log does not show whether there
        was anything to write, so no call need be missing.
    Not here, where the deploy deleted the key:
      - 17:00:00  UpdateKeys put other   E3 -> E4  by job
      + 15:40:31  UpdateKeys delete 7c62:metadata  E3 -> E4
      + 17:00:00  UpdateKeys put other   E4 -> E5  by job

## What to do
Give the event log of the deploy, which has the inputs before and after. Or list the keys:

    aws cloudfront-keyvaluestore list-keys --kvs-arn ARN > keys.json

## References
- SST: pkg/server/resource/aws-kv-routes-update.go before and after 3.12.5 (commit 6a93099c2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.rules.doubt import doubts

if TYPE_CHECKING:
    import polars as pl

    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW314"
NAME = "maybe-nothing-to-write"
SEVERITY: Severity = "warning"


def find(case: Case) -> pl.DataFrame:
    """A finding for each deploy and store with writes that may not have been meant."""
    return doubts(
        case,
        {
            "maybe_nothing": "the log does not show whether there was anything to write, so no call need be missing"
        },
    )
