"""Gaps of the chain after a write landed: a call is missing there, and nothing shows what it did.

In come LANDINGS, CHAIN and the writes. Out goes GAPS_AFTER, at most one row for each write: the first record beyond the
gap. A chain that no later write closes is no gap: nothing shows that a call is missing. But records go missing
together, by the file: of a list whose last record follows a gap in its deploy's time, out goes LAST_BEHIND_GAPS. Not
where a listing bears the ETag of that record: then nothing was written since.

- A write that its own resource made again, or took back, before the gap or after it, is not in doubt: what became of it
  from then on is the fate of the later one. Nor is a key that a recorded call deleted later: SST deletes what it finds.
- A gap is `explained` where an operation of an available log on the store has no call, and ran at that time: the call
  that is missing may be its own. It is not known that it is the only one.
- An ETag that a record does not have is no gap either: the call is there.

Source: docs/architecture.md#6-verdicts.
"""

from __future__ import annotations

import polars as pl

from analyzer.tables import conform, empty
from analyzer.verdicts.closing import is_listing
from analyzer.verdicts.losses.tables import GAPS_AFTER, LAST_BEHIND_GAPS

_KEY = ["store", "key"]
_RUN = ["store", "run"]


def gaps_after(
    landings: pl.DataFrame,
    calls: pl.DataFrame,
    chain: pl.DataFrame,
    deploys: pl.DataFrame,
    writes: pl.DataFrame,
) -> pl.DataFrame:
    """GAPS_AFTER: the writes after whose call a call is missing that may have taken them away.

    Args:
        landings: LANDINGS.
        calls: ORDERED_CALLS.
        chain: CHAIN.
        deploys: DEPLOYS.
        writes: WINDOWS.
    """
    gaps = _gaps(chain)
    if gaps.is_empty() or landings.is_empty():
        return empty(GAPS_AFTER)
    placed = chain.select("store", "event_id", "run", "position").with_row_index("place")
    mine = (
        landings.filter(pl.col("action") != "delete")
        .join(placed, on=["store", "event_id"])
        .join(gaps, on=_RUN)
        .join(_explained(gaps, landings, writes), on=_RUN, how="left")
    )
    if mine.is_empty():
        return empty(GAPS_AFTER)
    stacks = deploys.select("stack", deploy="id")
    resource = [*_KEY, "stack", "name"]
    own = landings.join(placed, on=["store", "event_id"]).join(stacks, on="deploy")
    last = own.group_by(resource).agg(last=pl.col("place").max())
    deletes = calls.filter(pl.col("ok") & (pl.col("effect") == "delete") & pl.col("key").is_not_null())
    deleted = deletes.join(placed, on=["store", "event_id"]).group_by(_KEY).agg(deleted=pl.col("place").max())
    standing = (
        mine.join(stacks, on="deploy")
        .join(last, on=resource, how="left", nulls_equal=True)
        .join(deleted, on=_KEY, how="left")
        .filter((pl.col("last") == pl.col("place")) & ~(pl.col("deleted") > pl.col("place")).fill_null(False))
        .sort("write", "place")
        .unique("write", keep="first", maintain_order=True)
    )
    return conform(
        standing.select("write", "gap_event", gap_explained=pl.col("explained").fill_null(value=False)),
        GAPS_AFTER,
    )


def last_behind_gaps(landings: pl.DataFrame, chain: pl.DataFrame, writes: pl.DataFrame) -> pl.DataFrame:
    """LAST_BEHIND_GAPS: the writes of lists after which a call may be missing as one is before them.

    Args:
        landings: LANDINGS.
        chain: CHAIN.
        writes: WINDOWS.
    """
    if landings.is_empty() or (chain["run"] == 0).all():
        return empty(LAST_BEHIND_GAPS)
    ends, begins = _ends(chain), _begins(chain)
    # The last gap that is surely one: the record before it has its ETag, and the one beyond it names another.
    gaps = (
        begins.join(ends.select("store", next_run=pl.col("run") + 1), on=["store", "next_run"])
        .sort("next_run")
        .unique("store", keep="last", maintain_order=True)
    )
    of_last_run = pl.col("run") == pl.col("run").max().over("store")
    last = chain.filter(of_last_run).filter(
        pl.col("position") == pl.col("position").max().over("store"), ~is_listing(pl.col("event_id"))
    )
    began = writes.group_by("deploy").agg(began=pl.col("low").min())
    found = (
        landings.filter(pl.col("action").is_in(["append", "remove"]))
        .join(last.select("store", "event_id"), on=["store", "event_id"])
        .join(gaps.select("store", "begun", last_behind_gap="gap_event"), on="store")
        .join(began, on="deploy")
        .filter(pl.col("begun") >= pl.col("began"))
    )
    return conform(found.unique("write"), LAST_BEHIND_GAPS)


def _gaps(chain: pl.DataFrame) -> pl.DataFrame:
    """`store, run, ended, begun, gap_event`: the first gap after each run, and the first record beyond it."""
    if (chain["run"] == 0).all():
        return pl.DataFrame(schema={"store": pl.String(), "run": pl.Int64()})
    # Of the runs that follow, the first whose first record says which ETag it replaced.
    return (
        _ends(chain)
        .sort("run")
        .join_asof(
            _begins(chain).sort("next_run"),
            left_on="run",
            right_on="next_run",
            by="store",
            strategy="forward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        .filter(pl.col("gap_event").is_not_null())
    )


def _ends(chain: pl.DataFrame) -> pl.DataFrame:
    """`store, run, ended` of the runs whose last record has its ETag."""
    records = chain.filter(~is_listing(pl.col("event_id")))
    last = pl.col("position") == pl.col("position").max().over(_RUN)
    return records.filter(last & pl.col("etag").is_not_null()).select(*_RUN, ended="at")


def _begins(chain: pl.DataFrame) -> pl.DataFrame:
    """`store, gap_event, begun, next_run`: the first records of runs, if they say which ETag they replaced."""
    linked = pl.col("if_match").is_not_null() & (pl.col("position") == 0)
    records = chain.filter(linked & ~is_listing(pl.col("event_id")))
    return records.select("store", gap_event="event_id", begun="at", next_run="run")


def _explained(gaps: pl.DataFrame, landings: pl.DataFrame, writes: pl.DataFrame) -> pl.DataFrame:
    """`store, run, explained`: the gaps in whose time an operation ran that has no call."""
    unseen = (
        writes.filter(pl.col("reported").is_in(["succeeded", "unfinished"]) & pl.col("store").is_not_null())
        .join(landings.select(id="write").unique(), on="id", how="anti")
        .select("store", "low", "high")
        .drop_nulls()
        .unique()
    )
    # Of the operations that end after the gap has opened, the one that begins first.
    first = unseen.sort("high").select(
        "store", "high", pl.col("low").cum_min(reverse=True).over("store", order_by="high")
    )
    met = gaps.sort("ended").join_asof(
        first.sort("high"),
        left_on="ended",
        right_on="high",
        by="store",
        strategy="forward",
        check_sortedness=False,
    )
    return met.filter((pl.col("low") <= pl.col("begun")).fill_null(False)).select(
        *_RUN, explained=pl.lit(value=True)
    )
