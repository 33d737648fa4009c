"""Wild lists: where the list of routes may be whose entry's namespace no call names.

In come WRITES, DEPLOYS and HOMES. Out goes WILD_LISTS. A text log names neither the list nor its store. Where calls
name the namespace of its component, `possible_stores` says where it is. Where none does, the component's keys were
last written before the trail begins, or never, and the list is *wild*. Then it is looked for

1. in the stores that exact logs of the same stack name for the same resource;
2. else in those that they name for any resource of the stack;
3. else in every store with lists, if there are few of them (`MOST_LISTS`), be they of other stacks;
4. else nowhere: in an account with many routers nothing tells whose list it is.

A stack is known by its name, which another account may have too, and a store may have been made anew, or lie where only
text logs name it: so no list is absent from these stores, and nothing is `dropped` by them. They say where a call of
the deploy's own writer is looked for.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from analyzer.tables import conform
from analyzer.verdicts.matching.inferred_store import with_namespaces

WILD_LISTS: Final = pl.Schema(
    {
        "write": pl.String(),
        "deploy": pl.String(),
        "store": pl.String(),  # where its list may be; null: nothing tells
    }
)
"""One store in which the list of one write may be; one row without a store where there is none."""

MOST_LISTS: Final = 8
"""Stores with lists, of which a list that nothing places may be in any: a stack has about one for each stage."""

_WILD: Final = ("*:routes", "*:*")


def has_few_lists(homes: pl.DataFrame) -> bool:
    """Whether the stores with lists of routes are so few that a list may be looked for in each.

    Args:
        homes: HOMES of the whole trail.
    """
    return homes.filter("lists")["store"].drop_nulls().n_unique() <= MOST_LISTS


def wild_lists(
    writes: pl.DataFrame, deploys: pl.DataFrame, homes: pl.DataFrame, *, few: bool | None = None
) -> pl.DataFrame:
    """WILD_LISTS of `writes`.

    Args:
        writes: WRITES; `value` and `was` are not looked at.
        deploys: DEPLOYS.
        homes: HOMES; at least of all stores that anything said here may be about.
        few: `has_few_lists` of the whole trail; None: `homes` is of the whole trail.
    """
    open_lists = writes.filter(pl.col("store").is_null() & pl.col("key").is_in(_WILD))
    if open_lists.is_empty():
        return WILD_LISTS.to_frame()
    known = homes.drop_nulls(["store", "namespace"])
    wild = (
        with_namespaces(open_lists, deploys)
        .join(known, on="namespace", how="anti", maintain_order="left")
        .select("deploy", "name", write="id")
        .join(deploys.select("stack", deploy="id"), on="deploy", how="left", maintain_order="left")
    )
    told = (
        writes.filter(pl.col("store").is_not_null() & ~pl.col("pattern"))
        .select("deploy", "name", "store")
        .unique()
        .join(deploys.select("stack", deploy="id").drop_nulls(), on="deploy")
    )
    of_resource = _in(wild, told, ["stack", "name"])
    of_stack = _in(wild.join(of_resource, on="write", how="anti", maintain_order="left"), told, ["stack"])
    placed = pl.concat([of_resource, of_stack])
    left = wild.join(placed, on="write", how="anti", maintain_order="left").select("write", "deploy")
    everywhere = homes.filter("lists").select("store").drop_nulls().unique().sort("store")
    is_few = has_few_lists(homes) if few is None else few
    if is_few and not everywhere.is_empty():
        left = left.join(everywhere, how="cross", maintain_order="left_right")
    else:
        left = left.with_columns(store=pl.lit(None, pl.String))
    return conform(pl.concat([placed, left]), WILD_LISTS)


def _in(wild: pl.DataFrame, told: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    """The wild writes with the stores that logs tell of what they share with them."""
    stores = told.select(*on, "store").unique().sort("store")
    found = wild.join(stores, on=on, maintain_order="left_right")
    return found.select(WILD_LISTS.names())
