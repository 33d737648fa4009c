"""The writes that a later write supersedes: a store rightly does not hold what they meant.

In come writes beside the newest listing of their store. Out go LATER_WRITES and LATER_CALLS, by which `listed` excuses
a value or an entry that is missing.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from analyzer.tables import conform
from analyzer.verdicts.tables import LATER_CALLS, LATER_WRITES

_COUNTER: Final = {"put": "put", "delete": "put", "remove": "append"}
"""The action that, by another write, undoes an action rightly: an entry is its own resource's alone to remove."""

_ENTRY: Final = ["store", "key", "entry"]
RESOURCE: Final = ["store", "key", "stack", "name"]
"""What is the same in each deploy that writes a key by the same resource."""
_ENOUGH: Final = 2
"""Deploys, and entries, that are kept of each: one of so many is not the write's own."""


def superseded_by_write(states: pl.DataFrame, others: pl.DataFrame | None = None) -> pl.DataFrame:
    """LATER_WRITES: another write of the available deploys undid this one, not surely before it, by the listing's time.

    A put is undone by any other put of its key. A put or an append is undone by its own resource in another deploy: who
    else removes an entry loses it to this resource too (docs/facts/sst-output.md#s3-delete-after-create). A delete or
    removal is superseded by a put or append of the same that its deploy, or a later one, also meant.

    Args:
        states: writes with `low, high`, `listing_at` and `stack`.
        others: those of them that may have undone one; all where it is not given.
    """
    others = states if others is None else others
    counters = (
        others.filter(pl.col("low") <= pl.col("listing_at"))
        .group_by(*_ENTRY, counter="action")
        .agg(latest=pl.col("high").max(), second=pl.col("high").top_k(2).min(), many=pl.len())
    )
    since = pl.when(pl.col("action") == "put").then("low").otherwise(pl.col("low").min().over("deploy"))
    windows = states.select(
        "id",
        "action",
        "high",
        *_ENTRY,
        since=since,
        among=pl.col("id").is_in(others["id"].implode()),
        counter=pl.col("action").replace_strict(_COUNTER, default=None, return_dtype=pl.String),
    ).filter(pl.col("counter").is_not_null())
    met = windows.join(counters, on=[*_ENTRY, "counter"], nulls_equal=True)
    # Among the puts is the write itself: then it is the other ones' end that counts.
    itself = pl.col("among") & (pl.col("action") == "put") & (pl.col("high") == pl.col("latest"))
    last = pl.when(itself & (pl.col("many") > 1)).then("second").when(~itself).then("latest")
    undone = met.filter((last > pl.col("since")).fill_null(False)).select("id")
    later = pl.concat([undone, _by_itself(states, others)]).unique()
    return conform(later.with_columns(by_write=pl.lit(value=True)), LATER_WRITES)


def _by_itself(states: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """`id` of puts whose key, and of appends whose entry, another deploy of the same resource removed.

    A resource's update of its entry takes the old one out of the list.
    """
    latest = latest_deploys(others.filter(pl.col("low") <= pl.col("listing_at")))
    deletes, removes, appends = (latest.filter(pl.col("by") == by) for by in ("delete", "remove", "append"))
    puts, added = (states.filter(pl.col("action") == action) for action in ("put", "append"))
    met = [
        puts.join(deletes, on=RESOURCE),
        added.join(removes, left_on=[*RESOURCE, "entry"], right_on=[*RESOURCE, "by_entry"]),
        added.join(appends.filter(pl.col("place") <= _ENOUGH), on=RESOURCE).filter(
            pl.col("by_entry").ne_missing(pl.col("entry"))
        ),
    ]
    later = (pl.col("by_deploy") != pl.col("deploy")) & (pl.col("by_high") > pl.col("low"))
    return pl.concat([part.filter(later).select("id") for part in met]).unique()


def latest_deploys(writes: pl.DataFrame) -> pl.DataFrame:
    """The latest two deploys that meant each action of a resource on each entry: one is not the write's own.

    Gives the columns of RESOURCE, `by` (the action), `by_entry, by_deploy, by_high`, and `place`: which entry, by the
    latest write of each.
    """
    of_entry = [*RESOURCE, "by", "by_entry"]
    ended = writes.group_by(*RESOURCE, by="action", by_entry="entry", by_deploy="deploy").agg(
        by_high=pl.col("high").max()
    )
    return (
        ended.drop_nulls("by_high")
        .sort("by_high", "by_deploy", descending=True)
        .with_columns(
            newest=pl.col("by_high").max().over(of_entry), turn=pl.int_range(pl.len()).over(of_entry)
        )
        .filter(pl.col("turn") < _ENOUGH)
        .with_columns(place=pl.col("newest").rank("dense", descending=True).over(*RESOURCE, "by"))
    )


def superseded_by_call(states: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """LATER_CALLS: a recorded call, not the write's own, undid it between its beginning and the listing.

    Another value shows that a put superseded it, an absent key a delete, a key that is still there a put. A list is
    rewritten by every route's writer, so that a put of it says nothing.

    Args:
        states: writes with `low`, `listed`, `listing_at`, `stored_value` and `event_id`.
        calls: ORDERED_CALLS.
    """
    effect = (
        pl.when(pl.col("listed") == "missing")
        .then(pl.when(pl.col("stored_value").is_null()).then(pl.lit("delete")))
        .when(pl.col("listed").is_in(["other_value", "still_there"]) & (pl.col("action") != "remove"))
        .then(pl.lit("put"))
    )
    windows = (
        states.select("id", "store", "key", "low", "event_id", "listing_at", effect=effect)
        .filter(pl.col("effect").is_not_null() & pl.col("listing_at").is_not_null())
        .sort("listing_at")
    )
    successes = (
        calls.filter(pl.col("ok") & (pl.col("effect") != "read") & pl.col("key").is_not_null())
        .sort("at", "run", "position")
        .select("store", "key", "effect", "at", made_by="event_id")
    )
    last = windows.join_asof(
        successes, left_on="listing_at", right_on="at", by=["store", "key", "effect"], check_sortedness=False
    )
    other = pl.col("made_by").ne_missing(pl.col("event_id"))
    later = last.filter((pl.col("at") >= pl.col("low")) & other).select("id", by_call=pl.lit(value=True))
    return conform(later, LATER_CALLS)
