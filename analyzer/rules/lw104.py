"""LW104 lost-update: the write landed, and a writer that had not seen it overwrote it.

## What it does
Finds writes that a later successful call undid, where that call's writer had read the key before
the write landed: verdict `lost`, cause `lost_update`; and sets of writes, one of which was lost in
this way.

## Why it matters
All routes of a router are one value, `<namespace>:routes`. Adding a route reads the list, adds one
entry and writes the list back. Two writers that read before either writes each send a list without
the other's entry: both succeed, one route is gone, and counting calls shows nothing.

## How it is proven
By the order of the calls on the key: GetKey of B, then the successful UpdateKeys of A, then the
successful UpdateKeys of B. The chain of `ifMatch` and `eTag` gives the order of the writes even
inside one second. SST 3.10.0 to 3.11.1 read the list first and fetched the ETag afterwards, so that
the service's compare-and-swap did not protect the list; since 3.11.2 the ETag is read before the
list, and the second writer is refused and tries again.

CloudTrail hides values, so the lists themselves cannot be compared. Reads must be logged to see the
order: a selector with `readOnly=false` records no GetKey. A read has no place in the chain, so it
must be older by a whole second, and the verdict is never more than `high`. No write is reported as
lost where a read seems to be missing from the available trail: fewer reads than calls that need
one, or no Describe that could have given the writer its ETag. A deploy that read the list more
often than it has operations on it is of SST 3.11.2 or later, and loses nothing. Where nothing shows
when a later writer had read the list, the write is `landed` with `low` confidence, and the evidence
names that writer.

Where the calls of several writes fit each other's operations, one write is known to be lost, but
not which one: each is `unverifiable` with the cause `lost_update`, and this rule fires for each.
The command in the report adds the entry only where it is missing.

## Example
    Log: shop/prod
        15:40:30-33  update DocsRoutesUpdate  7c62:routes + site,aa01,,/d -> 7c62:routes + site,aa01,,/docs
    Trail:
        15:20:00  UpdateKeys put other        E1 -> E2  by job
        15:40:30  GetKey 7c62:routes
        15:40:31  GetKey 7c62:routes          by blog
        15:40:32  UpdateKeys put 7c62:routes  E2 -> E3
        15:40:35  UpdateKeys put 7c62:routes  E3 -> E4  by blog
        17:00:00  UpdateKeys put other        E4 -> E5  by job
    Finding:
        error LW104: Entry site,aa01,,/docs of key 7c62:routes (DocsRoutesUpdate, store 5f1c0d2e) landed
        and was lost: a writer that had read the key before it landed overwrote it.
    Beside it: LW209 names the defect of SST
    Not here, where the other writer reads after the first one wrote:
      - 15:40:31  GetKey 7c62:routes          by blog
      - 15:40:32  UpdateKeys put 7c62:routes  E2 -> E3
      + 15:40:32  UpdateKeys put 7c62:routes  E2 -> E3
      + 15:40:34  GetKey 7c62:routes          by blog

## What to do
Add the entry again: deploy a change of that route, or write the list by hand with the command in
the report. Update SST to 3.11.2 or later, and let one deploy at a time write a shared router.

## References
- Sample: `racing-routes`.
- SST: commit d4c65da34, https://github.com/anomalyco/sst/issues/5604
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.rules.phrase import about_writes, one_of, write_or_another

if TYPE_CHECKING:
    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW104"
NAME = "lost-update"
SEVERITY: Severity = "error"


def find(case: Case) -> pl.DataFrame:
    """A finding for each write lost to another writer."""
    shared = one_of("lost_update")
    lost = case.writes.filter(((pl.col("verdict") == "lost") & (pl.col("cause") == "lost_update")) | shared)
    fact = "{} landed and was lost: a writer that had read the key before it landed overwrote it."
    return about_writes(lost, pl.format(fact, write_or_another(shared)))
