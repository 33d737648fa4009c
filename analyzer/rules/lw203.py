"""LW203 namespace-collision: two components share one namespace of a store, and delete each other's keys.

## What it does
Finds components of different names, apps or stages that keep their keys under the same namespace of the
same store, in the logs that are given; and a component that has the namespace of a router's list.

## Why it matters
SST makes the namespace of four hex digits, the beginning of an MD5 of app, stage and name. Where many
stages share one router's store, two of them will have the same: with 300 namespaces it is a matter
of chance of about one half. Each then writes over the other's `metadata`, and the delete or purge of one
deletes the keys of the other. Concatenation helps: `a-b` and `c` give the same name as `a` and `b-c`.

## How it is proven
The engine events of both deploys hold the store and the namespace. A component that a deploy deleted
before the other was created shares nothing, nor does one that was only renamed (LW212). Where a write was
lost by it, LW105 has the error, and this is a note that says which two components it is. Text logs name
no store, so they show no collision.

## Example
    Log: shop/pr-415
        10:00:30-31  create WebKvKeys  2ecd: metadata={}
    Log: shop/pr-103
        10:20:30-31  update WebKvKeys  2ecd: metadata={1} -> 2ecd: metadata={2}
    Finding:
        warning LW203: WebKvKeys (shop/pr-415) and WebKvKeys (shop/pr-103) share the namespace 2ecd of
        store 5f1c0d2e: they overwrite each other's keys, and the delete or purge of one deletes all.
    Beside it: LW308, as there is no trail
    Not here, where they use different stores:
      - 10:20:30-31  update WebKvKeys  2ecd: metadata={1} -> 2ecd: metadata={2}
      + 10:20:30-31  update WebKvKeys  2ecd: metadata={1} in B -> 2ecd: metadata={2} in B

## What to do
Give one of the components, or its stage, another name; deploy it; then deploy the other once more with a
changed entry, as the delete of the old name takes its keys away too.

## References
- Sample: `purged-by-namespace-collision`.
- SST: platform/src/components/aws/ssr-site.ts, docs/facts/sst-output.md#41-components
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.rules.key_resources import DELETES, ROUTES
from analyzer.rules.phrase import resource, store

if TYPE_CHECKING:
    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW203"
NAME = "namespace-collision"
SEVERITY: Severity = "warning"

_PLACE: Final = ["store", "namespace"]


def find(case: Case) -> pl.DataFrame:
    """A finding for each namespace of a store that several components have."""
    owners = _owners(case)
    if owners.height <= 1:
        return pl.DataFrame()
    several = owners.group_by(_PLACE, maintain_order=True).agg(
        pl.col("deploy", "source", "line").first(),
        first=pl.col("who").first(),
        second=pl.col("who").get(1, null_on_oob=True),
        count=pl.len(),
    )
    more = (
        pl.when(pl.col("count") > 2)  # noqa: PLR2004
        .then(pl.format(" ({} in all)", "count"))
        .otherwise(pl.lit(""))
    )
    message = pl.format(
        "{} and {}{} share the namespace {} of {}: they overwrite each other's keys, and the delete or purge of one "
        "deletes all.",
        "first",
        "second",
        more,
        "namespace",
        store(),
    )
    collisions = several.filter(pl.col("count") > 1).join(
        _lost(case), on=_PLACE, how="left", maintain_order="left"
    )
    return collisions.select(
        "deploy",
        "source",
        "line",
        "store",
        message=message,
        confidence=pl.lit("proven"),
        severity=pl.when("lost").then(pl.lit("note")),
        about="namespace",
    )


def _owners(case: Case) -> pl.DataFrame:
    """A row for each component that has keys under a namespace, and one for the lists under it: `who` it is."""
    known = case.key_resources.drop_nulls(_PLACE)
    of_list = pl.col("of_class") == ROUTES
    stack = pl.concat_str("app", "stage", separator="/", ignore_nulls=True)
    who = (
        pl.when(of_list)
        .then(pl.lit("the list of routes of a router"))
        .otherwise(pl.format("{} ({})", resource(), stack))
    )
    # A list has many resources, one for each entry; a component that moved to another parent keeps its name.
    identity = [
        *_PLACE,
        "of_class",
        pl.when(~of_list).then("app").alias("of_app"),
        pl.when(~of_list).then("stage").alias("of_stage"),
        pl.when(~of_list).then("component").alias("of_component"),
    ]
    owners = (
        known.with_columns(identity, deploy_began=pl.col("at").min().over("deploy"))
        .sort("at", maintain_order=True, nulls_last=True)
        .group_by([*_PLACE, "of_class", "of_app", "of_stage", "of_component"], maintain_order=True)
        .agg(
            pl.col("deploy", "source", "line", "name", "app", "stage").first(),
            born=pl.when(pl.col("op").first() == "create").then(pl.col("at").first()),
            gone=pl.when(pl.col("op").last().is_in(DELETES) & ~of_list.any()).then(
                pl.col("deploy_began").last()
            ),
        )
    )
    return _together(owners).with_columns(who=who)


def _together(owners: pl.DataFrame) -> pl.DataFrame:
    """Those that were there at the same time as another of their place.

    What a deploy deletes counts as gone from its beginning: what it creates instead is a renamed component (LW212).
    """
    dtype = owners.schema["born"]
    born = pl.col("born").fill_null(pl.lit(datetime(1, 1, 1, tzinfo=UTC), dtype))
    gone = pl.col("gone").fill_null(pl.lit(datetime(9999, 1, 1, tzinfo=UTC), dtype))
    lives = owners.with_row_index("nth").with_columns(born=born, gone=gone).sort("born", maintain_order=True)
    with_later = pl.col("gone") > pl.col("born").shift(-1).over(_PLACE)
    with_earlier = pl.col("gone").cum_max().shift(1).over(_PLACE) > pl.col("born")
    together = with_later.fill_null(value=False) | with_earlier.fill_null(value=False)
    return lives.filter(together).sort("nth").drop("nth")


def _lost(case: Case) -> pl.DataFrame:
    """The namespaces in which a write was lost to another component."""
    collided = case.writes.filter(
        pl.col("verdict").is_in(["lost", "unverifiable"]) & (pl.col("cause") == "namespace_collision")
    )
    return collided.select(
        "store", namespace=pl.col("key").str.split(":").list.first(), lost=pl.lit(value=True)
    ).unique()
