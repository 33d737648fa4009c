"""LW204 created-then-purged: one deploy created a resource, and then deleted another with the same keys.

## What it does
Says of writes that landed and were lost (LW105) that the same deploy took them away: it created a
resource, and afterwards deleted one under another URN that has the same namespace, or the same entry.

## Why it matters
Pulumi creates before it deletes. A component that moves to another parent, or is replaced, is created
under its new URN; then the old one is deleted, and SST deletes every key under the namespace, the new
ones too. Both steps succeed. The state holds the new resource, so no later deploy writes its keys.

## How it is proven
The write landed, by its call; a later call of the same deploy deleted the key (LW105 has the error and
the evidence); and the deploy's events have the delete of the other resource after the create. From the
log alone LW212 says that this may have happened.

## Example
    Log: shop/prod
        15:40:30-31  create SiteKvKeys  7c62: metadata={}
        15:40:40-41  delete-replaced SiteKvKeys  7c62: metadata={1}
    Trail:
        15:20:00  UpdateKeys put other             E1 -> E2  by job
        15:40:31  UpdateKeys put 7c62:metadata     E2 -> E3
        15:40:40  UpdateKeys delete 7c62:metadata  E3 -> E4
        17:00:00  UpdateKeys put other             E4 -> E5  by job
    Finding:
        note LW204: The deploy created SiteKvKeys and then deleted another resource of that name, which has
        the same namespace: that took 1 of its writes away.
    Beside it: LW105 has the error, LW209 names the defect
    Not here, where the other resource has a namespace of its own:
      - 15:40:40-41  delete-replaced SiteKvKeys  7c62: metadata={1}
      + 15:40:40-41  delete-replaced SiteKvKeys  aa01: metadata={1}
      - 15:40:40  UpdateKeys delete 7c62:metadata  E3 -> E4
      + 15:40:40  UpdateKeys delete aa01:metadata  E3 -> E4

## What to do
Write the keys again with the command in the report, or deploy a change of each entry. Keep the names and
parents of components; where one must move, rename it too, so that it gets a namespace of its own.

## References
- SST: pkg/server/resource/aws-kv-keys.go, docs/facts/sst-output.md#s3-delete-after-create
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.rules.key_resources import DELETES, ROUTES
from analyzer.rules.phrase import resource

if TYPE_CHECKING:
    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW204"
NAME = "created-then-purged"
SEVERITY: Severity = "note"

_THING: Final = ["deploy", "store", "namespace", "entry"]


def find(case: Case) -> pl.DataFrame:
    """A finding for each resource whose writes a later delete of the same deploy took away."""
    taken = purged(case)
    if taken.is_empty():
        return taken
    same = pl.col("name") == pl.col("other")
    message = pl.format(
        "The deploy created {} and then deleted {}, which has the same {}: that took {} of its writes away.",
        resource(),
        pl.when(same).then(pl.lit("another resource of that name")).otherwise(resource("other")),
        pl.when(pl.col("entry") == "").then(pl.lit("namespace")).otherwise(pl.lit("entry")),
        "count",
    )
    return taken.select("deploy", "source", "line", "store", "confidence", message=message, about="name")


def purged(case: Case) -> pl.DataFrame:
    """What a deploy made and took away: `deploy, store, namespace, name, entry, other, count`, and where it stands."""
    lost = case.writes.filter(
        (pl.col("verdict") == "lost") & pl.col("cause").is_in(["namespace_collision", "deleted"])
    ).with_columns(namespace=pl.col("key").str.split(":").list.first(), entry=pl.col("entry").fill_null(""))
    if lost.is_empty():
        return lost
    known = case.key_resources
    of_list = pl.col("of_class") == ROUTES
    deletes = (
        known.filter(pl.col("op").is_in(DELETES))
        .with_columns(entry=pl.when(of_list).then("entry").otherwise(pl.lit("")))
        .select(*_THING, other="name", other_urn="urn", at_line="line", other_source="source", other_op="op")
        .unique([*_THING, "other_urn"], keep="last", maintain_order=True)
    )
    return (
        lost.join(deletes, on=_THING, maintain_order="left")
        .filter(
            (pl.col("source") == pl.col("other_source"))
            & (pl.col("at_line") > pl.col("line"))
            & ((pl.col("urn") != pl.col("other_urn")) | (pl.col("other_op") == "delete-replaced"))
        )
        .unique("id", keep="first", maintain_order=True)
        .group_by("deploy", "store", "namespace", "name", "entry", "other", maintain_order=True)
        .agg(pl.col("confidence", "source", "line").first(), count=pl.len())
    )
