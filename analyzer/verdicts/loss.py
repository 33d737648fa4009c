"""What happened to a write after it landed: deleted, purged, or overwritten by a writer with a stale copy.

- A **delete** of the key takes the write away, unless it is the same resource's own, by a later deploy. Which
  resource is behind a delete is known where any key of the same call answers for one of its writes: SST purges by
  listing what is there, so a call deletes keys that its own resource never named; so does an exclusive set of keys.
- A **lost update**: entries share one key, which every writer reads, changes and writes back (`stale`).
- A **put by another resource** under the same key replaces ours: two namespaces collided.
"""

from __future__ import annotations

import polars as pl

from analyzer.resources.shown import sst_types
from analyzer.tables import TIME
from analyzer.verdicts.match import about_keys
from analyzer.verdicts.stale import came_later, overwritten, with_copies

_PLACE = ["store", "key"]


def landed_columns() -> pl.DataFrame:
    """The columns that `losses` takes, without rows."""
    text = ("write", "action", "store", "key", "value", "deploy", "type", "name", "event_id")
    return pl.DataFrame(schema=dict.fromkeys(text, pl.String()) | {"start": TIME})


def losses(
    landed: pl.DataFrame,
    calls: pl.DataFrame,
    chain: pl.DataFrame,
    deploys: pl.DataFrame,
    writes: pl.DataFrame,
) -> pl.DataFrame:
    """The writes that were taken away after they landed, or may have been.

    Args:
        landed: `write, action, store, key, value, deploy, type, name, start, event_id`: a row per key of the calls
            that answer for writes.
        calls: what `ordered_calls` gives.
        chain: CHAIN.
        deploys: DEPLOYS.
        writes: WRITES, all of them.

    Returns:
        `write, loss_cause` (lost_update, deleted, namespace_collision), `loss_confidence, loss_event_id, loss_distance,
        loss_detail`; where `loss_cause` is null, only `threat` is told: the call of a later writer of the list, of
        which nothing tells whether it had read the list before the write landed.
    """
    known = landed.join(deploys.select("stack", deploy="id"), on="deploy")
    ordered = _ordered(calls, _owners(known), known.select(_PLACE).unique())
    placed = known.join(
        ordered.select(*_PLACE, "event_id", "place", "run", "position", "at"), on=[*_PLACE, "event_id"]
    ).filter(pl.col("action") != "delete")
    of_lists = placed.filter(pl.col("action").is_in(["append", "remove"]))
    copies = with_copies(of_lists, ordered, calls, chain, writes)
    found = pl.concat(
        [
            _deleted(placed, ordered),
            _stale(of_lists, copies),
            _collided(placed, ordered),
            _threatened(of_lists, copies),
        ],
        how="diagonal",
    )
    return (
        found.sort("write", "rank", "loss_event_id", "threat")
        .unique("write", keep="first", maintain_order=True)
        .drop("rank")
    )


def _owners(known: pl.DataFrame) -> pl.DataFrame:
    """The resource behind each call that answers for a write: `event_id`, and its columns as `by_…`."""
    return (
        known.sort("write")
        .group_by("event_id", maintain_order=True)
        .agg(
            by_deploy=pl.col("deploy").first(),
            by_stack=pl.col("stack").first(),
            by_type=pl.col("type").first(),
            by_name=pl.col("name").first(),
            by_start=pl.col("start").min(),
        )
    )


def _ordered(calls: pl.DataFrame, owners: pl.DataFrame, keys: pl.DataFrame) -> pl.DataFrame:
    """Successful writes of each of `keys` with `place`, their order in the store, and who is behind them."""
    made = (
        about_keys(calls, keys)
        .filter(pl.col("ok") & (pl.col("effect") != "read") & pl.col("key").is_not_null())
        .select(*_PLACE, "event_id", "at", "effect", "run", "position", "call", "caller", "writer")
    )
    return (
        made.join(owners, on="event_id", how="left")
        .sort(*_PLACE, "run", "position")
        .with_columns(place=pl.int_range(pl.len()).over(_PLACE))
    )


def _following(placed: pl.DataFrame, ordered: pl.DataFrame, effect: str) -> pl.DataFrame:
    """`placed` with the first later successful call of `effect` on the same key, if there is one, as `next_…`."""
    later = (
        ordered.filter(pl.col("effect") == effect)
        .select(
            *_PLACE,
            "place",
            next_place="place",
            next_event_id="event_id",
            next_run="run",
            next_position="position",
            next_at="at",
            next_caller="caller",
            next_deploy="by_deploy",
            next_stack="by_stack",
            next_type="by_type",
            next_name="by_name",
        )
        .sort("place")
    )
    return (
        placed.sort("place")
        .join_asof(
            later,
            on="place",
            by=_PLACE,
            strategy="forward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        .filter(pl.col("next_event_id").is_not_null() & came_later("next_run", "next_at"))
    )


def _confidence(run: str, later_run: str) -> pl.Expr:
    """Order is certain within one run; between two runs it rests on their times."""
    return pl.when(pl.col(run) == pl.col(later_run)).then(pl.lit("proven")).otherwise(pl.lit("high"))


def _distance(later_run: str, later_position: str) -> pl.Expr:
    """How many writes later in one run the loss came; null where two runs are not ordered by ETags."""
    return pl.when(pl.col("run") == pl.col(later_run)).then(pl.col(later_position) - pl.col("position"))


def _same_resource() -> pl.Expr:
    return ((pl.col("next_stack") == pl.col("stack")) & (pl.col("next_name") == pl.col("name"))).fill_null(
        False
    )


def _deleted(placed: pl.DataFrame, ordered: pl.DataFrame) -> pl.DataFrame:
    """Writes whose key was deleted, however often others wrote it in between: an entry goes with its list.

    Where the resource itself wrote the key again before that, it is that later write which was lost.
    """
    following = _following(placed.filter(pl.col("action") != "remove"), ordered, "delete")
    following = following.join(_superseded(following, ordered), on=["write", *_PLACE], how="anti")
    own = _same_resource() & (pl.col("next_deploy") != pl.col("deploy"))
    other = pl.col("next_name").is_not_null() & ~_same_resource()
    # Only SST's kinds delete by a namespace. An exclusive set of keys deletes whatever it does not list.
    shared = other & pl.col("type").is_in(sst_types()) & pl.col("next_type").is_in(sst_types())
    return following.filter(~own).select(
        "write",
        rank=pl.lit(0),
        loss_cause=pl.when(shared).then(pl.lit("namespace_collision")).otherwise(pl.lit("deleted")),
        loss_confidence=_confidence("run", "next_run"),
        loss_event_id="next_event_id",
        loss_distance=_distance("next_run", "next_position"),
        loss_detail=pl.when(shared)
        .then(
            pl.format("then deleted by {} of stack {}, which shares the namespace", "next_name", "next_stack")
        )
        .when(other)
        .then(pl.format("then deleted by {} of stack {}", "next_name", "next_stack"))
        .otherwise(pl.format("then deleted by {}", pl.col("next_caller").fill_null("an unknown caller"))),
    )


def _superseded(following: pl.DataFrame, ordered: pl.DataFrame) -> pl.DataFrame:
    """`write, store, key` of writes that their own resource made again, by another deploy, before `next_place`."""
    again = (
        ordered.filter((pl.col("effect") == "put") & pl.col("by_name").is_not_null())
        .select(*_PLACE, "place", stack="by_stack", name="by_name", again="place", again_by="by_deploy")
        .sort("place")
    )
    return (
        following.sort("place")
        .join_asof(
            again,
            on="place",
            by=[*_PLACE, "stack", "name"],
            strategy="forward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        .filter((pl.col("again") < pl.col("next_place")) & (pl.col("again_by") != pl.col("deploy")))
        .select("write", *_PLACE)
    )


def _collided(placed: pl.DataFrame, ordered: pl.DataFrame) -> pl.DataFrame:
    """Keys that a resource of another stack wrote next: two namespaces are the same.

    Where both meant the same value, as the logs say, nothing was lost.
    """
    puts = placed.filter(pl.col("action") == "put")
    meant = puts.select(*_PLACE, next_event_id="event_id", next_value="value").unique(
        [*_PLACE, "next_event_id"], keep="first", maintain_order=True
    )
    following = _following(puts, ordered, "put").join(meant, on=[*_PLACE, "next_event_id"], how="left")
    other = pl.col("next_name").is_not_null() & (pl.col("next_stack") != pl.col("stack"))
    same = (pl.col("value") == pl.col("next_value")).fill_null(False)
    return following.filter(other & ~same & (pl.col("next_place") == pl.col("place") + 1)).select(
        "write",
        rank=pl.lit(2),
        loss_cause=pl.lit("namespace_collision"),
        loss_confidence=_confidence("run", "next_run"),
        loss_event_id="next_event_id",
        loss_distance=_distance("next_run", "next_position"),
        loss_detail=pl.format("then overwritten by {} of stack {}", "next_name", "next_stack"),
    )


def _stale(of_lists: pl.DataFrame, copies: pl.DataFrame) -> pl.DataFrame:
    """Entries that a later writer, who had read the list before, wrote away.

    Never `proven`: the chain orders writes, and that no read is missing from hand it does not show.
    """
    return overwritten(of_lists, copies, "read_at", strictly=True).select(
        "write",
        rank=pl.lit(1),
        loss_cause=pl.lit("lost_update"),
        loss_confidence=pl.lit("high"),
        loss_event_id="by_event",
        loss_distance=_distance("by_run", "by_position"),
        loss_detail=pl.format(
            "then overwritten by {}, which had read the list at {}, before this write",
            pl.col("by_name").fill_null("another writer"),
            pl.col("read_at").dt.strftime("%H:%M:%SZ"),
        ),
    )


def _threatened(of_lists: pl.DataFrame, copies: pl.DataFrame) -> pl.DataFrame:
    """Entries that a later writer may have written away: nothing tells when it had read the list."""
    return overwritten(of_lists, copies, "earliest", strictly=False).select(
        "write", rank=pl.lit(3), threat="by_event"
    )
