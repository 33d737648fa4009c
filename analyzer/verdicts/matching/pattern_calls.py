"""The calls that fit the pools of writes whose key the log does not name, and who read a list in their time.

A call on another store than a pool's fits it not; where the pool has none, it may be in any of its group.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.resources.drafts import ANY_KEY
from analyzer.verdicts.matching.claims import EFFECTS
from analyzer.verdicts.matching.inferred_store import ROUTES, namespace_of_key
from analyzer.verdicts.within import within

if TYPE_CHECKING:
    from analyzer.verdicts.groups import Groups


def fitting_calls(writes: pl.DataFrame, calls: pl.DataFrame, groups: Groups) -> pl.DataFrame:
    """Pairs of a pool and a write call in its window that fits its pattern and is on its store, or one of its group.

    A pattern is `NAMESPACE:*`, `*:routes` or, where not even the stack is known, `*:*`. A key that is not known
    at all, `*`, has no call that could be tied to it.
    """
    pools = (
        writes.filter(pl.col("key") != ANY_KEY)
        .join(EFFECTS, on="action")
        .unique(["pool", "effect"], maintain_order=True)
    )
    # SST makes no other call than UpdateKeys: PutKey and DeleteKey come from a person at the console.
    updates = calls.filter((pl.col("api") == "UpdateKeys") & pl.col("key").is_not_null()).with_columns(
        namespace=namespace_of_key(), routes=pl.col("key").str.ends_with(ROUTES)
    )
    needs = pools.select(
        "pool",
        "pool_store",
        "effect",
        "group",
        low="pool_low",
        high="pool_high",
        start="pool_start",
        end="pool_end",
        namespace=namespace_of_key(),
        routes=pl.col("key").str.ends_with(ROUTES),
    )
    anywhere = pl.col("namespace") == "*"
    of_namespace = within(needs.filter(~anywhere), updates, ["effect", "routes", "namespace"])
    of_any = within(needs.filter(anywhere).drop("namespace"), updates, ["effect", "routes"])
    pairs = pl.concat([of_namespace, of_any.select(of_namespace.columns)])
    return _in_its_stores(pairs, groups)


def _in_its_stores(pairs: pl.DataFrame, groups: Groups) -> pl.DataFrame:
    """Those of `pairs` of a pool and a call whose call is on the pool's store, or on one of its group, or on any."""
    named = pairs.join(
        groups.stores.rename({"group": "of_store"}), on="store", how="left", maintain_order="left"
    )
    in_group = (pl.col("of_store") == pl.col("group")) | pl.col("store").is_null()
    there = (
        pl.when(pl.col("pool_store").is_null())
        .then(in_group)
        .otherwise(pl.col("pool_store") == pl.col("store"))
    )
    return named.filter(there.fill_null(value=False)).drop("of_store", "group")


def readers_of_lists(writes: pl.DataFrame, calls: pl.DataFrame, groups: Groups) -> pl.DataFrame:
    """`pool, writer`: the writers that read a list of routes in the time of a pool, where its store may be."""
    pools = (
        writes.filter(pl.col("key").str.ends_with(ROUTES))
        .unique("pool", keep="first", maintain_order=True)
        .select("pool", "low", "high", "pool_store", "group")
    )
    reads = calls.filter((pl.col("api") == "GetKey") & pl.col("key").str.contains(ROUTES, literal=True))
    found = within(pools, reads.select("at", "writer", "store"), [])
    return _in_its_stores(found, groups).select("pool", "writer").unique()
