"""The store of a write whose store the log does not name, inferred from the trail.

It is the one store of whose keys a call names the write's namespace. The namespace is that of the pattern; of a
route, that of its entry, where the log says it, else the one that SST hashes from the component's name: a site's own
keys lie in the store of its router. A store that was deleted before the deploy, or created after it, is another one of
the same namespace. Stores of two accounts, or of two stages that share a namespace, leave it open.
"""

from __future__ import annotations

import polars as pl

from analyzer.resources.namespace import namespace
from analyzer.tables import STORE_LIVES, conform, empty
from analyzer.verdicts.matching.tables import INFERRED_STORES
from analyzer.writes.console import base_name

ROUTES = ":routes"

ANY = "*"
"""What stands for a namespace that the log does not tell."""

_LIFE = ("store", "created_at", "deleted_at")


def inferred_stores(
    writes: pl.DataFrame, calls: pl.DataFrame, deploys: pl.DataFrame, lives: pl.DataFrame | None = None
) -> pl.DataFrame:
    """INFERRED_STORES: `writes` with the store; null where no call, or calls on several stores, name the namespace.

    Args:
        writes: WINDOWS, of patterns.
        calls: ORDERED_CALLS.
        deploys: DEPLOYS.
        lives: STORE_LIVES.
    """
    namespaces = (
        calls.filter(pl.col("key").is_not_null() & pl.col("store").is_not_null())
        .select("store", namespace=namespace_of_key())
        .unique()
        .join((empty(STORE_LIVES) if lives is None else lives).select(_LIFE), on="store", how="left")
        .rename({"store": "only_store"})
    )
    with_namespace = with_namespaces(writes, deploys)
    gone = (pl.col("deleted_at") < pl.col("low")).fill_null(value=False)
    to_come = (pl.col("created_at") > pl.col("high")).fill_null(value=False)
    only = (
        with_namespace.select("id", "namespace", "low", "high")
        .join(namespaces, on="namespace")
        .filter(~gone & ~to_come)
        .filter(pl.len().over("id") == 1)
        .select("id", "only_store")
    )
    with_store = with_namespace.join(only, on="id", how="left", maintain_order="left")
    return conform(
        with_store.with_columns(inferred_store=pl.coalesce("store", "only_store")), INFERRED_STORES
    )


def with_namespaces(writes: pl.DataFrame, deploys: pl.DataFrame) -> pl.DataFrame:
    """`writes` with `namespace`: by which calls may show where each belongs; null where nothing tells it.

    Args:
        writes: WRITES.
        deploys: DEPLOYS.
    """
    of_entry = pl.col("entry").str.split(",").list.get(1, null_on_oob=True)
    named = pl.when(pl.col("key").str.ends_with(ROUTES)).then(pl.coalesce(of_entry, "hashed"))
    own = pl.coalesce(named, namespace_of_key())
    with_hash = writes.join(
        hashed_namespaces(writes, deploys), on=["deploy", "name"], how="left", maintain_order="left"
    )
    return with_hash.with_columns(namespace=pl.when(own != ANY).then(own)).drop("hashed")


def namespace_of_key() -> pl.Expr:
    """What stands before the first colon of `key`."""
    return pl.col("key").str.split(":").list.first()


def hashed_namespaces(writes: pl.DataFrame, deploys: pl.DataFrame) -> pl.DataFrame:
    """`deploy, name, hashed`: the namespace that SST gives to the component of each resource, by its name."""
    stacks = deploys.select("stack", deploy="id").drop_nulls()
    components = (
        writes.select("deploy", "name", base=base_name(pl.col("name")))
        .unique()
        .drop_nulls("base")
        .join(stacks, on="deploy")
    )
    pairs = zip(components["stack"], components["base"], strict=True)
    hashed = pl.Series("hashed", [namespace(stack, base) for stack, base in pairs], dtype=pl.String)
    return components.select("deploy", "name").with_columns(hashed)
