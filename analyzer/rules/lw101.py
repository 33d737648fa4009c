"""LW101 dropped-write: the deploy says that it made the write, and no call ever did.

## What it does
Finds intended writes that the deploy reports as done, that the trail covers, and that no successful
call made: verdict `dropped`.

## Why it matters
No step failed, so no error is reported. The key or the route is not in the store, the site answers
"Failed to contact the origin" or with an old version, and the state of the deploy tool says that
all is well: the next deploy sees no change and does not try again.

## How it is proven
`Created` or `Updated` in a deploy log only means that the provider returned without an error. Three
defects of SST are known that return without an error and without a write:

- `never_attempted`: SST 3.10.0 makes no UpdateKeys when a router's list of routes does not exist
  yet. Its trail shows GetKey (ResourceNotFoundException) and no UpdateKeys. Fixed in 3.10.1.
  SST 3.10.0 to 3.10.10 also lose the later batches of more than 50 keys once the first was refused
  with "Pre-Condition failed": only that batch is sent again. Fixed in 3.10.11.
- `read_failed`: since SST 3.12.5, an update or a delete of a route whose GetKey fails ends as a
  success: the error is lost in a shadowed variable. Its trail shows DescribeKeyValueStore, a failed
  GetKey, DescribeKeyValueStore, and no UpdateKeys. Not fixed in 4.17.0.

A missing call proves nothing unless writes were being logged. It is `proven` when successful writes
before and after the deploy are joined, `ifMatch` to `eTag`, without a gap, and none of them is this
write: every write of a store names the ETag that the one before it returned, so nothing can hide
between. A log that does not name the key gives `high` at most. It is `high`, too, where the chain
begins with a write to an empty store, and goes on to one after the operation; and where digests and
selectors show that every write of the store was recorded and is available, until 30 minutes after
the operation. A trail that merely reaches so far proves nothing: the file that is missing may hold
the store's last write. With less, the verdict is `unverifiable`.

Where fewer calls were made than there are operations that they fit, one operation made no call, and
nothing shows which one: all are `unverifiable`, one of them with the cause `never_attempted`. This
rule reports that cause too.

## Example
    Log: shop/prod
        15:40:30-32  create SiteKvKeys        50f6: metadata={}
        15:40:33-34  create SiteRoutesUpdate  7c62:routes + site,50f6,,/
    Trail:
        15:20:00  UpdateKeys put other          E1 -> E2  by job
        15:40:31  UpdateKeys put 50f6:metadata  E2 -> E3
        15:40:33  GetKey 7c62:routes            fails ResourceNotFoundException
        17:00:00  UpdateKeys put other          E3 -> E4  by job
    Finding:
        error LW101: Entry site,50f6,,/ of key 7c62:routes (SiteRoutesUpdate, store 5f1c0d2e) never
        landed: the deploy reports success, and no call ever made it.
    Beside it: LW209 names the defect of SST
    Not here, where the list is written:
      - 17:00:00  UpdateKeys put other          E3 -> E4  by job
      + 15:40:34  UpdateKeys put 7c62:routes    E3 -> E4
      + 17:00:00  UpdateKeys put other          E4 -> E5  by job

## What to do
Make the write by hand with the command in the report, then update SST past the defect and deploy a
change of that resource. Where a read failed, allow `cloudfront-keyvaluestore:GetKey` to the role
that deploys.

## References
- Samples: `first-route-never-written`, `console-lines-only`, `failed-read-taken-for-success`.
- SST: pkg/server/resource/aws-kv-routes-update.go; commit f3342e55f,
  https://github.com/anomalyco/sst/issues/5584; commit 167cc9089 for the batches.
- UpdateKeys and If-Match:
  https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_kvs_UpdateKeys.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.rules.phrase import about_writes, cause, one_of, write_or_another

if TYPE_CHECKING:
    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW101"
NAME = "dropped-write"
SEVERITY: Severity = "error"

_NO_CALL = "the deploy reports success, and no call ever made it"
_FACTS = {
    "read_failed": "the read before it failed, and the deploy took that for success",
    "precondition_failed": "the store had changed, and its call was not sent again",
}


def find(case: Case) -> pl.DataFrame:
    """A finding for each dropped write."""
    shared = one_of("never_attempted", *_FACTS)
    dropped = case.writes.filter((pl.col("verdict") == "dropped") | shared)
    return about_writes(
        dropped, pl.format("{} never landed: {}.", write_or_another(shared), cause(_FACTS, _NO_CALL))
    )
