"""The list of routes of a write whose log names none: told by a listing, or by the calls.

In come FINAL_VERDICTS and ORDERED_CALLS. Out goes FINAL_VERDICTS for the remedies alone, in which such a write has the
store, and the key: then it gets the command that puts it right, and not one that looks for the list. A store can hold
the lists of several routers, so a list is told only where it is the one list of its store; by calls, where one was made
in the operation's time.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from analyzer.tables import conform
from analyzer.verdicts.tables import FINAL_VERDICTS
from analyzer.verdicts.within import within

_ROUTES: Final = ":routes"


def told(final: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """FINAL_VERDICTS, in which writes of a list of routes have their key where it is told.

    Args:
        final: FINAL_VERDICTS.
        calls: ORDERED_CALLS: all calls, where a log does not name its keys.
    """
    if not final["pattern"].any():
        return final
    of_lists = calls.filter(pl.col("key").str.ends_with(_ROUTES)).select(
        "at", called_store="store", called_key="key"
    )
    only = of_lists.unique(["called_store", "called_key"]).filter(pl.len().over("called_store") == 1)
    with_store = final.with_columns(called_store=pl.coalesce("store", "inferred_store", "told_store"))
    windows = with_store.filter("pattern").select("id", "low", "high", "called_store")
    in_time = within(
        windows, of_lists.join(only, on=["called_store", "called_key"], how="semi"), ["called_store"]
    )
    called = in_time.select("id", "called_key").unique("id")
    beside = with_store.join(called, on="id", how="left", maintain_order="left")
    key = pl.coalesce("told_key", "called_key")
    agree = pl.col("told_key").is_null() | (
        pl.col("called_key").fill_null(pl.col("told_key")) == pl.col("told_key")
    )
    known = (
        pl.col("pattern")
        & pl.col("action").is_in(["append", "remove"])
        & pl.col("entry").is_not_null()
        & pl.col("called_store").is_not_null()
        & key.is_not_null()
        & agree
    )
    named = beside.with_columns(
        store=pl.when("pattern").then("called_store").otherwise("store"),
        key=pl.when(known).then(key).otherwise("key"),
        pattern=pl.col("pattern") & ~known,
    )
    return conform(named, FINAL_VERDICTS)
