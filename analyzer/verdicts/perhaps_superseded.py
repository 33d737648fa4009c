"""The writes that a deploy whose clock may be wrong may have superseded: a store may rightly not hold what they meant.

In come writes beside the newest listing of their store. Out goes PERHAPS_LATER. Such a deploy explains what the listing
shows only where the listing shows what it meant: its put explains neither a missing key nor a third value.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from analyzer.tables import conform
from analyzer.verdicts.listed_state import SHOWN
from analyzer.verdicts.matching.match import usual_apis
from analyzer.verdicts.superseded import RESOURCE, latest_deploys, superseded_by_write
from analyzer.verdicts.tables import PERHAPS_LATER

_UNDOES: Final = pl.DataFrame(
    [
        ("put", "put", True),
        ("put", "delete", True),
        ("delete", "put", True),
        ("append", "remove", True),
        ("append", "append", False),
        ("remove", "append", True),
    ],
    {"action": pl.String(), "by": pl.String(), "same_entry": pl.Boolean()},
    orient="row",
)
"""What a resource does to undo its own write of an earlier deploy: to the same entry (or none), or by another one."""


def perhaps_superseded(
    states: pl.DataFrame, at_any_time: pl.DataFrame, late: pl.DataFrame, calls: pl.DataFrame
) -> pl.DataFrame:
    """PERHAPS_LATER: another deploy may have undone this write, were its clock, or this write's own, wrong.

    Args:
        states: writes with `low`, `listing_at`, `shown`, `event_id`, `clock` and `unbroken`.
        at_any_time: the same with windows as wide as the clocks allow.
        late: those of them whose deploys fit the trail nowhere, and may have run until `high`.
        calls: ORDERED_CALLS.
    """
    showing = pl.col("shown").is_in(SHOWN)
    by_write = superseded_by_write(at_any_time, at_any_time.filter(showing)).select("id")
    by_resource = _by_resource(states, late, late.filter(showing), calls)
    found = pl.concat([by_write, by_resource]).unique()
    return conform(found.with_columns(perhaps=pl.lit(value=True)), PERHAPS_LATER)


def _by_resource(
    states: pl.DataFrame, late: pl.DataFrame, showing: pl.DataFrame, calls: pl.DataFrame
) -> pl.DataFrame:
    """`id` of writes that another deploy of the same resource may have undone, by a call that may have been its own.

    One that wrote the entry which this write replaced (`was`) came before it, unless one replaced this write's entry.
    """
    met = states.join(latest_deploys(showing), on=RESOURCE)
    other = pl.col("by_deploy") != pl.col("deploy")
    updates = late.filter(pl.col("action") == "append").select(*RESOURCE, entry="was", by_deploy="deploy")
    replaced = states.join(updates.unique(), on=[*RESOURCE, "entry"]).filter(other)["id"].unique()
    before = (pl.col("by") == "append") & (pl.col("by_entry") == pl.col("was"))
    first = before.fill_null(value=False) & ~pl.col("id").is_in(replaced.implode())
    possible = pl.col("unbroken").is_null() | pl.col("id").is_in(_called_since(states, calls).implode())
    return (
        met.with_columns(same_entry=pl.col("by_entry").eq_missing(pl.col("entry")))
        .join(_UNDOES, on=_UNDOES.columns, how="semi")
        .filter(other & (pl.col("by_high") > pl.col("low")) & possible & ~first)
        .select("id")
    )


def _called_since(states: pl.DataFrame, calls: pl.DataFrame) -> pl.Series:
    """The ids of writes whose key a call of their kind wrote before the listing: not their own, nor surely another's.

    A call that answers for a write of an aligned deploy is surely that deploy's.
    """
    doubtful = pl.any_horizontal(pl.col("contested", "stepped").fill_null(value=False))
    claimed = states.filter((pl.col("clock") == "aligned") & ~doubtful)["event_id"].drop_nulls().unique()
    writing = pl.col("ok") & (pl.col("effect") != "read") & pl.col("key").is_not_null()
    able = (
        calls.filter(writing & ~pl.col("event_id").is_in(claimed.implode()))
        .sort("at", "run", "position")
        .select("store", "key", "api", "at", made_by="event_id")
    )
    asked = states.join(usual_apis(), on="type", how="left").explode("apis").sort("listing_at")
    last = asked.join_asof(
        able,
        left_on="listing_at",
        right_on="at",
        by_left=["store", "key", "apis"],
        by_right=["store", "key", "api"],
        check_sortedness=False,
    )
    other = pl.col("made_by").ne_missing(pl.col("event_id"))
    return last.filter((pl.col("at") >= pl.col("low")) & other)["id"]
