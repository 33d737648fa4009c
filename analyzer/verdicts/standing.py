"""What else explains that a listing shows what a write meant, or forbids that it lacks it.

In come writes beside the newest listing of their store, ORDERED_CALLS and CHAIN. Out go RESTORED, CONTRADICTED,
CALLS_AFTER_LISTING and CHAINS_TO_LISTING.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import polars as pl

from analyzer.tables import conform
from analyzer.verdicts.closing import is_listing
from analyzer.verdicts.tables import CALLS_AFTER_LISTING, CHAINS_TO_LISTING, CONTRADICTED, RESTORED

_LISTS: Final = ("append", "remove")
_EFFECT: Final = {"put": "put", "append": "put", "remove": "put", "delete": "delete"}
"""The effect of a call that makes what an action meant."""


def restored(states: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """RESTORED: what the listing shows may be the work of a later write of an available deploy, or of a later call.

    A call on a list of routes that is not the write's own says nothing of its entry, but where the write surely failed.

    Args:
        states: writes with `high`, `listed`, `listing_at`, `event_id` and `trail_verdict`.
        calls: ORDERED_CALLS.
    """
    there = states.filter(pl.col("listed") == "there")
    same = ["store", "key", "entry", "action"]
    latest = (
        states.filter((pl.col("reported") == "succeeded") & (pl.col("high") <= pl.col("listing_at")))
        .group_by(same)
        .agg(latest=pl.col("low").max())
    )
    by_write = (
        there.join(latest, on=same, nulls_equal=True).filter(pl.col("latest") > pl.col("high")).select("id")
    )
    asks = there.filter(
        ~pl.col("action").is_in(_LISTS) | pl.col("trail_verdict").is_in(["dropped", "errored"])
    ).select("id", "store", "key", "high", "event_id", "listing_at", effect=pl.col("action").replace(_EFFECT))
    successes = calls.filter(pl.col("ok") & (pl.col("effect") != "read") & pl.col("key").is_not_null())
    last = asks.sort("listing_at").join_asof(
        successes.sort("at", "run", "position").select("store", "key", "effect", "at", made_by="event_id"),
        left_on="listing_at",
        right_on="at",
        by=["store", "key", "effect"],
        check_sortedness=False,
    )
    other = pl.col("made_by").ne_missing(pl.col("event_id"))
    by_call = last.filter((pl.col("at") > pl.col("high")) & other).select("id")
    either = pl.concat([by_write, by_call]).unique()
    return conform(either.with_columns(restored=pl.lit(value=True)), RESTORED)


def chains_to_listing(states: pl.DataFrame, chain: pl.DataFrame) -> pl.DataFrame:
    """CHAINS_TO_LISTING: the writes from which on the chain is unbroken to beyond the listing: no call is missing.

    Args:
        states: writes with `high`, `listed` and `listing_at`.
        chain: CHAIN, with the listings that close it.
    """
    asks = states.filter(pl.col("listed").is_not_null() & pl.col("high").is_not_null()).select(
        "id", "store", "high", "listing_at"
    )
    links = chain.sort("at", "run", "position").select("store", "at", "run", "position")
    since = asks.sort("high").join_asof(
        links, left_on="high", right_on="at", by="store", check_sortedness=False
    )
    found = _beyond(since, chain).filter(
        (pl.col("run") == pl.col("past_run")) & (pl.col("past") >= pl.col("position"))
    )
    return conform(found.select("id", unbroken=pl.lit(value=True)).unique("id"), CHAINS_TO_LISTING)


def _beyond(asks: pl.DataFrame, chain: pl.DataFrame) -> pl.DataFrame:
    """`asks` with the first link of the store's chain beyond the listing: `past_run, past`."""
    # A listing is a link at its own moment; a call of the same second may come before it.
    since = (
        pl.when(is_listing(pl.col("event_id"))).then(pl.col("at") + timedelta(microseconds=1)).otherwise("at")
    )
    beyond = chain.select("store", since=since, past_run="run", past="position").sort(
        "since", "past_run", "past"
    )
    return asks.sort("listing_at").join_asof(
        beyond,
        left_on="listing_at",
        right_on="since",
        by="store",
        strategy="forward",
        allow_exact_matches=False,
        check_sortedness=False,
    )


def calls_after_listing(states: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """CALLS_AFTER_LISTING: the writes whose key a recorded call wrote, not surely before the listing.

    Args:
        states: writes with `listed` and `listing_at`.
        calls: ORDERED_CALLS.
    """
    there = states.filter(pl.col("listed") == "there").select("id", "store", "key", "listing_at")
    last = (
        calls.filter(pl.col("ok") & (pl.col("effect") != "read"))
        .group_by("store", "key")
        .agg(last_at=pl.col("at").max())
    )
    # eventTime is cut to whole seconds: the call may have been up to a second later.
    later = pl.col("last_at") + timedelta(seconds=1) > pl.col("listing_at")
    found = there.join(last, on=["store", "key"]).filter(later)
    return conform(found.select("id", rewritten=pl.lit(value=True)), CALLS_AFTER_LISTING)


def contradicted(states: pl.DataFrame, calls: pl.DataFrame, chain: pl.DataFrame) -> pl.DataFrame:
    """CONTRADICTED: the chain is unbroken from the write's call to beyond the listing, without a call that undid it.

    The chain shows keys, not entries and not values: it contradicts only that a key is missing, or still there.

    Args:
        states: writes with `listed`, `listing_at` and `event_id`.
        calls: ORDERED_CALLS.
        chain: CHAIN, with the listings that close it.
    """
    undoing = {"missing": "delete", "still_there": "put"}
    asks = (
        states.filter(
            pl.col("listed").is_in(list(undoing))
            & ~pl.col("action").is_in(_LISTS)
            & pl.col("event_id").is_not_null()
        )
        .select(
            "id", "store", "key", "event_id", "listing_at", effect=pl.col("listed").replace_strict(undoing)
        )
        .join(chain.select("event_id", "run", "position"), on="event_id")
    )
    bracketed = _beyond(asks, chain).filter(
        (pl.col("run") == pl.col("past_run")) & (pl.col("past") > pl.col("position"))
    )
    linked = calls.filter(pl.col("position").is_not_null())
    named = linked.select("store", "run", "key", "effect", next_named="position").drop_nulls()
    unnamed = linked.filter(pl.col("key").is_null()).select("store", "run", next_unnamed="position")
    both = bracketed.sort("position")
    for table, by in ((named, ["store", "run", "key", "effect"]), (unnamed, ["store", "run"])):
        both = both.join_asof(
            table.sort(table.columns[-1]),
            left_on="position",
            right_on=table.columns[-1],
            by=by,
            strategy="forward",
            allow_exact_matches=False,
            coalesce=False,
            check_sortedness=False,
        )
    undone = pl.min_horizontal("next_named", "next_unnamed") < pl.col("past")
    found = both.filter(~undone.fill_null(False)).select("id", contradicted=pl.lit(value=True)).unique("id")
    return conform(found, CONTRADICTED)
