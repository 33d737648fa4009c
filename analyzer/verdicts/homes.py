"""Where in the trail namespaces live: the small index of all calls by which deploys and stores find each other.

In come CALLS, and KEYS of listings. Out go HOMES and REQUESTS. A log that does not name its store is tied to one by
the namespaces of its components: `possible_stores` says by which, for every stage that asks.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from analyzer.tables import conform, empty
from analyzer.verdicts.matching.inferred_store import ROUTES, namespace_of_key, with_namespaces

HOMES: Final = pl.Schema(
    {
        "store": pl.String(),  # ARN; null of calls that name none
        "namespace": pl.String(),  # what stands before the colon of a key; null of calls that name no key
        "lists": pl.Boolean(),  # whether a list of routes is named in it
        "put": pl.Boolean(),  # whether a successful call put a key of it
    }
)
"""One namespace of one store that calls name, be they reads."""

REQUESTS: Final = pl.Schema({"request_id": pl.String(), "store": pl.String()})
"""The stores of the calls that logs name by their request ids."""


def homes_of(calls: pl.DataFrame) -> pl.DataFrame:
    """HOMES of CALLS; those of several parts are joined by `homes_together`."""
    # A key is named by many calls: its namespace is cut out once.
    keys = calls.lazy().group_by("store", "key").agg(put=(pl.col("ok") & (pl.col("effect") == "put")).any())
    return homes_together(
        keys.select(
            "store",
            namespace=namespace_of_key(),
            lists=pl.col("key").str.ends_with(ROUTES).fill_null(value=False),
            put=pl.col("put").fill_null(value=False),
        ).collect()
    )


def homes_together(homes: pl.DataFrame) -> pl.DataFrame:
    """HOMES with one row for each store and namespace, in their order."""
    both = homes.group_by("store", "namespace").agg(pl.col("lists", "put").any())
    return conform(both.sort("store", "namespace", nulls_last=True), HOMES)


def requests_of(calls: pl.DataFrame, writes: pl.DataFrame) -> pl.DataFrame:
    """REQUESTS: of the request ids that WRITES name.

    Args:
        calls: CALLS.
        writes: WRITES.
    """
    named = writes["request_id"].drop_nulls().unique()
    if named.is_empty():
        return empty(REQUESTS)
    asked = calls.lazy().filter(pl.col("request_id").is_in(named.implode()) & pl.col("store").is_not_null())
    return conform(asked.select("request_id", "store").unique().sort(pl.all()).collect(), REQUESTS)


def homes_of_listings(listings: pl.DataFrame, keys: pl.DataFrame) -> pl.DataFrame:
    """`store, namespace` of what listings hold: of their keys, and of the entries of their lists of routes.

    Args:
        listings: LISTINGS.
        keys: KEYS.
    """
    held = keys.join(listings.select("listing", "store").drop_nulls(), on="listing")
    words = pl.col("value").str.extract_all(r",[0-9A-Za-z_-]+").list.eval(pl.element().str.slice(1))
    of_lists = held.filter(pl.col("key").str.contains(ROUTES, literal=True))
    entries = of_lists.select("store", namespace=words)
    inside = entries.explode("namespace", empty_as_null=True, keep_nulls=True).drop_nulls()
    of_keys = held.select("store", namespace=namespace_of_key()).drop_nulls()
    return pl.concat([of_keys, inside]).unique(maintain_order=True)


MOST_STORES: Final = 50
"""Of a namespace that more stores have, nothing tells which of them it is: they are not looked at one by one."""


def possible_stores(writes: pl.DataFrame, deploys: pl.DataFrame, homes: pl.DataFrame) -> pl.DataFrame:
    """`id, store`: the stores in which calls name the namespace of each of `writes`; no row where none does.

    One row without a store where more than `MOST_STORES` do.

    Args:
        writes: WRITES.
        deploys: DEPLOYS.
        homes: HOMES.
    """
    known = homes.select("store", "namespace").drop_nulls().unique(maintain_order=True)
    many = pl.len().over("namespace") > MOST_STORES
    stores = known.with_columns(store=pl.when(~many).then("store")).unique(maintain_order=True)
    asked = with_namespaces(writes, deploys).select("id", "namespace").drop_nulls()
    return asked.join(stores, on="namespace", maintain_order="left_right").select("id", "store")
