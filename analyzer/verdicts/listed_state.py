"""What the newest listing of its store shows of each write: a word of `listed`.

In come writes beside that listing and its keys. Out go the lists of routes that they need, and the state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.store.routes import RouteList, assemble
from analyzer.verdicts.listed_words import LISTS

if TYPE_CHECKING:
    from collections.abc import Mapping

SHOWN: Final = ("there", "present")
"""The states in which the store may hold what the write meant."""

Lists = dict[tuple[str, str], RouteList]
"""The lists of routes that were listed, by store and key."""


def lists_of(beside: pl.DataFrame, keys: pl.DataFrame) -> tuple[Lists, pl.DataFrame]:
    """The lists of routes that the writes need; and `listing, key, entries, parts, list_problem` of each.

    A list that is masked is not among the lists: a remedy knows no more of it than without a listing.
    """
    keys_of_lists = (
        beside.filter("spoken", pl.col("action").is_in(LISTS)).select("store", "listing", "key").unique()
    )
    stored: Mapping[int, dict[str, str | None]] = {
        number: dict(keys.filter(pl.col("listing") == number).select("key", "value").iter_rows())
        for number in keys_of_lists["listing"].unique()
    }
    lists: Lists = {}
    rows = []
    for store, listing, key in keys_of_lists.iter_rows():
        routes = assemble(stored[listing], key)
        if routes.stored or routes.problem is None:
            lists[store, key] = routes
        entries = None if routes.entries is None else list(routes.entries)
        rows.append((listing, key, entries, max(len(routes.stored) - 1, 0), routes.problem))
    schema: dict[str, type[pl.DataType] | pl.DataType] = {
        "listing": pl.Int64,
        "key": pl.String,
        "entries": pl.List(pl.String),
        "parts": pl.Int64,
        "list_problem": pl.String,
    }
    return lists, pl.DataFrame(rows, schema=schema, orient="row")


def state() -> pl.Expr:
    """What the listing shows of the write, a word of `listed`."""
    action, absent = pl.col("action"), pl.col("held").is_null()
    has = pl.col("entries").list.contains(pl.col("entry")).fill_null(False)
    adds = action == "append"
    return (
        pl.when(action == "put")
        .then(
            pl.when(absent)
            .then(pl.lit("missing"))
            .when(pl.any_horizontal(pl.col("value", "stored_value").is_null()))
            .then(pl.lit("present"))
            .when(pl.col("stored_value") == pl.col("value"))
            .then(pl.lit("there"))
            .otherwise(pl.lit("other_value"))
        )
        .when(action == "delete")
        .then(pl.when(absent).then(pl.lit("there")).otherwise(pl.lit("still_there")))
        .when(pl.col("list_problem").is_not_null() | pl.col("entry").is_null())
        .then(pl.when(pl.col("list_problem").is_not_null()).then(pl.lit("unreadable")))
        .when(has == adds)
        .then(pl.lit("there"))
        .otherwise(pl.when(adds).then(pl.lit("missing")).otherwise(pl.lit("still_there")))
    )


def changed_by_then() -> pl.Expr:
    """Whether a listing shows the new value of a key although the operation may go on: it has put the key by then.

    That the key held another value before is what the log's old outputs say.
    """
    changes = (pl.col("action") == "put") & (pl.col("shown") == "there") & (pl.col("was") != pl.col("value"))
    within = (pl.col("listing_at") >= pl.col("low")) & ~pl.col("pattern")
    return (changes & within & (pl.col("trail_verdict") == "unverifiable")).fill_null(value=False)
