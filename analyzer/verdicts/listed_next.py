"""Entries of a list that the next deploy may have removed on purpose, of which no log is available.

In come writes beside the newest listing of their store, and ORDERED_CALLS. Out goes PERHAPS_NEXT. A deploy rewrites the
list, so that a call on it says nothing of one entry; but after the last log of the stack, by the same principal, it may
be a deploy that took the entry out, as a delete of keys there may be one that meant that (`losses.next_deploy`). So it
is with a deploy of which there is a text alone: that names the resource, and not what it wrote.
"""

from __future__ import annotations

import polars as pl

from analyzer.tables import conform
from analyzer.verdicts.matching.match import usual_apis
from analyzer.verdicts.principals import principal
from analyzer.verdicts.tables import PERHAPS_NEXT

_LIST = ["store", "key"]


def perhaps_by_next(states: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """PERHAPS_NEXT: the entries that are missing, whose list such a call wrote before the listing.

    Args:
        states: writes with `stack`, `high`, `listed`, `listing_at` and `event_id`.
        calls: ORDERED_CALLS.
    """
    missing = states.filter((pl.col("action") == "append") & (pl.col("listed") == "missing"))
    ends = states.drop_nulls("stack").group_by("stack").agg(last=pl.col("high").max())
    writing = calls.filter(pl.col("ok") & (pl.col("effect") == "put") & pl.col("key").is_not_null())
    maker = writing.select("event_id", maker=principal()).drop_nulls().unique("event_id")
    claimed = states["event_id"].drop_nulls().unique().implode()
    unclaimed = writing.filter(~pl.col("event_id").is_in(claimed)).select(
        *_LIST, "api", "at", maker=principal()
    )
    asked = (
        missing.join(maker, on="event_id")
        .join(ends, on="stack")
        .join(usual_apis(), on="type", how="left")
        .explode("apis")
        .sort("listing_at")
    )
    last = asked.join_asof(
        unclaimed.drop_nulls().sort("at"),
        left_on="listing_at",
        right_on="at",
        by_left=[*_LIST, "apis", "maker"],
        by_right=[*_LIST, "api", "maker"],
        check_sortedness=False,
    )
    found = pl.concat(
        [last.filter(pl.col("at") > pl.col("last")).select("id"), _by_texts(missing, states)]
    ).unique()
    return conform(found.with_columns(by_next=pl.lit(value=True)), PERHAPS_NEXT)


def _by_texts(missing: pl.DataFrame, states: pl.DataFrame) -> pl.DataFrame:
    """`id` of the writes whose resource a later deploy wrote, by a log that does not name the entry."""
    texts = states.filter("pattern").select("stack", "name", by_deploy="deploy", by_low="low").drop_nulls()
    last = missing.sort("listing_at").join_asof(
        texts.sort("by_low"),
        left_on="listing_at",
        right_on="by_low",
        by=["stack", "name"],
        check_sortedness=False,
    )
    return last.filter(pl.col("by_deploy") != pl.col("deploy"), pl.col("by_low") > pl.col("low")).select("id")
