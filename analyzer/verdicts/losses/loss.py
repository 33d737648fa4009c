"""What happened to a write after it landed: deleted, purged, or overwritten by a writer with a stale copy.

In come LANDINGS (the calls that answer for writes) and all calls on their keys. Out goes LOSSES, at most one row for
each write.

- A **delete** of the key takes the write away, unless a later deploy of the same resource made the delete. The resource
  behind a delete is known where any key of the same call answers for one of its writes: SST purges by listing what is
  there, so a call deletes keys that its own resource never named. An exclusive set of keys does the same.
  A resource that moved to another URN is deleted under the old one in the same deploy, and takes the new keys away.
- A **removal** of the same entry by another resource takes it out of the list, in which it is one (`removed`).
- A **piece** of a long list that is deleted breaks the list (`pieces`).
- A **lost update**: entries share one key, which every writer reads, changes and writes back (`stale`).
- A **put by another resource** under the same key replaces the value: two namespaces collided.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.advisories.advisories import affected
from analyzer.resources.shown import sst_types
from analyzer.tables import TIME, conform, empty
from analyzer.verdicts.columns import COUNT, widened
from analyzer.verdicts.losses.leftover import LEFT_THREAT, leftovers, perhaps_removed_for_it, with_leftovers
from analyzer.verdicts.losses.meant import perhaps_meant, with_purges
from analyzer.verdicts.losses.order import came_later, distance, order_confidence
from analyzer.verdicts.losses.pieces import broken
from analyzer.verdicts.losses.removed import (
    MOVED_THREAT,
    first_removals,
    removed,
    removed_by_namesake,
    removed_without_a_call,
)
from analyzer.verdicts.losses.renewed import (
    RENEWED,
    perhaps_renewed,
    silent_deploys,
    unanswered_puts,
    unplaced_writes,
)
from analyzer.verdicts.losses.stale import blind_copies, has_some_copy, overwritten, sighted, with_copies
from analyzer.verdicts.losses.superseded import superseded
from analyzer.verdicts.losses.tables import KEY_HISTORY, LOSSES, TURNS
from analyzer.verdicts.losses.undone import (
    in_doubt,
    perhaps_its_own,
    perhaps_never_there,
    perhaps_undone,
    unanswered_ends,
)
from analyzer.verdicts.matching.match import about_keys

if TYPE_CHECKING:
    from collections.abc import Sequence

_KEY = ["store", "key"]
_LOSS = ["write", "loss_event_id"]

_MADE_AGAIN = (
    "took it away later, and a deploy that is not aligned with the trail may have made it again in between"
)
_UNSAID = ", and no log says with which value"
_STALE_THREAT = (
    "wrote the list later, and nothing shows whether it had read the list before this write: if so, SST "
    "before 3.11.2 removed this entry"
)
_BLIND_THREAT = (
    "wrote the list later, and no record shows that its writer had read it: what it wrote is hidden, and this entry "
    "may not be in it"
)

_RANKED = pl.Schema({**LOSSES, "rank": COUNT})
"""Of several things that happened to a write the one of the least rank is reported."""


def losses(  # noqa: PLR0913 - the tables of the stage, each by its name
    landings: pl.DataFrame,
    calls: pl.DataFrame,
    chain: pl.DataFrame,
    deploys: pl.DataFrame,
    writes: pl.DataFrame,
    *,
    facts: pl.DataFrame,
    clocks: pl.DataFrame,
) -> pl.DataFrame:
    """LOSSES: the writes that were taken away after they landed, or may have been.

    Args:
        landings: LANDINGS.
        calls: ORDERED_CALLS.
        chain: CHAIN.
        deploys: DEPLOYS.
        writes: WINDOWS, all of them.
        facts: FACTS.
        clocks: CLOCK_STATES.
    """
    if landings.is_empty():
        return empty(LOSSES)
    meant = writes.select("urn", "op", "entry", "was", "pattern", "end", "slack", "number", write="id")
    with_stack = landings.join(deploys.select("stack", deploy="id"), on="deploy").join(meant, on="write")
    history = _history(calls, with_stack, writes)
    in_order = with_stack.join(
        history.select(*_KEY, "event_id", "turn", "run", "position", "at"), on=[*_KEY, "event_id"]
    )
    turns = conform(in_order.filter(pl.col("action") != "delete"), TURNS)
    of_lists = turns.filter(pl.col("action").is_in(["append", "remove"]))
    old = affected(deploys, "lost-update")
    left = leftovers(writes, deploys)
    unsure = clocks.filter(pl.col("clock").ne_missing("aligned")).select(by_deploy="deploy")
    known = history.join(unsure, on="by_deploy", how="anti")
    copies = with_copies(of_lists, history, calls, chain, writes, writes_old_copies=old)
    gone = with_leftovers(_gone(turns, history, known), left, "next_deploy", "next_op")
    removals = first_removals(turns)
    deleted = _deleted(gone)
    by_others = perhaps_renewed(
        gone,
        history,
        silent_deploys(writes, deploys),
        unplaced_writes(writes, deploys, clocks),
        unanswered_puts(facts, deploys),
    )
    renewed = _perhaps_renewed(deleted, gone, history, by_others)
    parts = [
        deleted.join(renewed, on=_LOSS, how="anti"),
        removed(removals, left),
        broken(of_lists, history, calls, lambda struck: superseded(struck, known)),
        _stale(of_lists, copies),
        _collided(turns, history),
        _threatened(of_lists, copies, history, known),
        _moved_away(gone),
        perhaps_removed_for_it(of_lists, history, writes, deploys),
        removed_by_namesake(removals, left),
        removed_without_a_call(in_order, writes),
        deleted.join(renewed, on=_LOSS, how="semi"),
    ]
    ranked = [
        widened(part.with_columns(rank=pl.lit(rank, COUNT)), _RANKED)
        for rank, part in enumerate(parts)
        if not part.is_empty()
    ]
    if not ranked:
        return empty(LOSSES)
    first = (
        pl.concat(ranked)
        .sort("write", "rank", "loss_event_id", "threat")
        .unique("write", keep="first", maintain_order=True)
    )
    there = in_doubt(first, perhaps_never_there(first, turns, copies))
    apart = in_doubt(there, perhaps_its_own(there, turns, history, writes))
    wanted = in_doubt(apart, renewed.join(apart, on=_LOSS, how="semi").drop("loss_event_id"))
    sure = perhaps_undone(wanted, turns, history, known, unanswered_ends(facts, landings, deploys))
    meant_by = perhaps_meant(sure, turns, history, calls=calls, writes=writes, deploys=deploys, clocks=clocks)
    return conform(meant_by, LOSSES)


def _owners(landings: pl.DataFrame, on: Sequence[str]) -> pl.DataFrame:
    """The resource behind each call that answers for a write: `on` (an event and its keys), its columns as `by_…`."""
    return (
        landings.sort("number", "write")
        .group_by(on, maintain_order=True)
        .agg(
            by_deploy=pl.col("deploy").first(),
            by_stack=pl.col("stack").first(),
            by_type=pl.col("type").first(),
            by_name=pl.col("name").first(),
            by_urn=pl.col("urn").first(),
            by_op=pl.col("op").first(),
            by_start=pl.col("start").min(),
            by_since=(pl.col("start") - pl.duration(seconds=pl.col("slack").fill_null(0))).cast(TIME).min(),
        )
    )


def _history(calls: pl.DataFrame, landings: pl.DataFrame, writes: pl.DataFrame) -> pl.DataFrame:
    """KEY_HISTORY: the successful writes of each key of `landings` in their order, and who is behind them.

    That is the write of the key itself, if one claims it, and else of any key of the call; of a purge, see `meant`.
    """
    writers = (
        about_keys(calls, landings.select(_KEY).unique())
        .filter(pl.col("ok") & (pl.col("effect") != "read") & pl.col("key").is_not_null())
        .select(*_KEY, "event_id", "at", "api", "effect", "run", "position", "call", "caller", "writer")
    )
    keyed, of_call = _owners(landings, ["event_id", *_KEY]), _owners(landings, ["event_id"])
    others = writers.join(keyed, on=["event_id", *_KEY], how="anti").join(of_call, on="event_id", how="left")
    claimed = pl.concat([writers.join(keyed, on=["event_id", *_KEY]), others])
    history = (
        with_purges(claimed, calls, landings, writes)
        .sort(*_KEY, "run", "position")
        .with_columns(turn=pl.int_range(pl.len()).over(_KEY))
    )
    return conform(history, KEY_HISTORY)


def _following(turns: pl.DataFrame, history: pl.DataFrame, effect: str) -> pl.DataFrame:
    """`turns` with the first later successful call of `effect` on the same key, if there is one, as `next_…`."""
    later = (
        history.filter(pl.col("effect") == effect)
        .select(
            *_KEY,
            "turn",
            next_turn="turn",
            next_event_id="event_id",
            next_run="run",
            next_position="position",
            next_at="at",
            next_caller="caller",
            next_deploy="by_deploy",
            next_stack="by_stack",
            next_type="by_type",
            next_name="by_name",
            next_urn="by_urn",
            next_op="by_op",
        )
        .sort("turn")
    )
    return (
        turns.sort("turn")
        .join_asof(
            later,
            on="turn",
            by=_KEY,
            strategy="forward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        .filter(pl.col("next_event_id").is_not_null() & came_later("next_run", "next_at"))
    )


def _same_resource() -> pl.Expr:
    return ((pl.col("next_stack") == pl.col("stack")) & (pl.col("next_name") == pl.col("name"))).fill_null(
        False
    )


def _deleted(gone: pl.DataFrame) -> pl.DataFrame:
    """Writes whose key was deleted, however often others wrote it in between: an entry is deleted with its list.

    Where the resource itself wrote the key again before that, the later write was lost, not this one.
    """
    if gone.is_empty():
        return empty(LOSSES)
    own = _same_resource() & (pl.col("next_deploy") != pl.col("deploy")) & ~pl.col("left_behind")
    predecessor = _same_resource() & pl.col("left_behind")
    other = pl.col("next_name").is_not_null() & ~_same_resource()
    moved = _same_resource() & (pl.col("next_urn") != pl.col("urn")).fill_null(False)
    # Only SST's kinds delete by a namespace. An exclusive set of keys deletes whatever it does not list.
    shared = other & pl.col("type").is_in(sst_types()) & pl.col("next_type").is_in(sst_types())
    return gone.filter(~own).select(
        "write",
        loss_cause=pl.when(shared).then(pl.lit("namespace_collision")).otherwise(pl.lit("deleted")),
        loss_confidence=order_confidence("run", "next_run"),
        loss_event_id="next_event_id",
        loss_distance=distance("next_run", "next_position"),
        loss_detail=pl.when(shared)
        .then(
            pl.format("then deleted by {} of stack {}, which shares the namespace", "next_name", "next_stack")
        )
        .when(moved)
        .then(pl.format("then deleted by {} under its old URN", "next_name"))
        .when(predecessor)
        .then(
            pl.format("then deleted by {}, of which an earlier deploy had left the predecessor", "next_name")
        )
        .when(other)
        .then(pl.format("then deleted by {} of stack {}", "next_name", "next_stack"))
        .otherwise(pl.format("then deleted by {}", pl.col("next_caller").fill_null("an unknown caller"))),
    )


def _gone(turns: pl.DataFrame, history: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Writes whose key was deleted, and that their own resource did not surely make again before that.

    `known`: the rows of `history` but those that a deploy claims which is not aligned: its calls may be another's.
    """
    following = _following(turns.filter(pl.col("action") != "remove"), history, "delete")
    return following.join(superseded(following, known), on=["write", *_KEY], how="anti")


def _perhaps_renewed(
    deleted: pl.DataFrame, gone: pl.DataFrame, history: pl.DataFrame, by_others: pl.DataFrame
) -> pl.DataFrame:
    """`write, loss_event_id, perhaps`: of the rows of `deleted`, the writes that may have been no more by then.

    A deploy that is not aligned, or of which nothing is known but its times, may have made the write again.
    """
    if deleted.is_empty():
        return pl.DataFrame(schema=RENEWED)
    again = gone.join(superseded(gone, history), on=["write", *_KEY], how="semi")
    claimed = again.select("write", loss_event_id="next_event_id", perhaps=pl.lit(_MADE_AGAIN))
    met = pl.concat([claimed, by_others]).join(deleted, on=_LOSS, how="semi")
    # Joins give no order: of several deploys that may have done it, the one that is named is always the same.
    return met.sort(*_LOSS, "perhaps").unique(_LOSS, keep="first", maintain_order=True)


def _moved_away(gone: pl.DataFrame) -> pl.DataFrame:
    """Keys that a resource of the same name, but another URN, deleted in another deploy; or for a predecessor.

    Either the resource was removed after its URN had changed, and means that; or it is its own predecessor, and took
    away what the new one had put (docs/facts/sst-output.md, S3). The logs do not show which.
    """
    if gone.is_empty():
        return empty(LOSSES)
    other_urn = (pl.col("next_urn") != pl.col("urn")).fill_null(False)
    own = _same_resource() & (pl.col("next_deploy") != pl.col("deploy"))
    detail = pl.when(other_urn).then(pl.lit(MOVED_THREAT)).otherwise(pl.lit(LEFT_THREAT))
    return gone.filter(own & (other_urn | pl.col("maybe_left"))).select(
        "write", threat="next_event_id", threat_detail=detail
    )


def _collided(turns: pl.DataFrame, history: pl.DataFrame) -> pl.DataFrame:
    """Keys that a resource of another stack wrote next: two namespaces are the same.

    Where both meant the same value, as the logs say, nothing was lost; where a log does not say it, that is open.
    """
    puts = turns.filter(pl.col("action") == "put")
    found = _following(puts, history, "put")
    if found.is_empty():
        return empty(LOSSES)
    values = puts.select(*_KEY, next_event_id="event_id", next_value="value").unique(
        [*_KEY, "next_event_id"], keep="first", maintain_order=True
    )
    following = found.join(values, on=[*_KEY, "next_event_id"], how="left")
    other = pl.col("next_name").is_not_null() & (pl.col("next_stack") != pl.col("stack"))
    same = (pl.col("value") == pl.col("next_value")).fill_null(False)
    unsaid = pl.any_horizontal(pl.col("value", "next_value").is_null())
    detail = pl.format("then overwritten by {} of stack {}", "next_name", "next_stack")
    lost = {
        "loss_cause": pl.lit("namespace_collision"),
        "loss_confidence": order_confidence("run", "next_run"),
        "loss_event_id": pl.col("next_event_id"),
        "loss_distance": distance("next_run", "next_position"),
        "loss_detail": detail,
    }
    doubt = {"threat": pl.col("next_event_id"), "threat_detail": detail + pl.lit(_UNSAID)}
    return following.filter(other & ~same & (pl.col("next_turn") == pl.col("turn") + 1)).select(
        "write",
        **{name: pl.when(~unsaid).then(column) for name, column in lost.items()},
        **{name: pl.when(unsaid).then(column) for name, column in doubt.items()},
    )


def _stale(of_lists: pl.DataFrame, copies: pl.DataFrame) -> pl.DataFrame:
    """Entries that a later writer overwrote, because it had read the list before they landed.

    Never `proven`: the chain orders writes, but does not show that no read is missing.
    """
    if copies.is_empty():
        return empty(LOSSES)
    return overwritten(of_lists, copies, "copied_at", strictly=True).select(
        "write",
        loss_cause=pl.lit("lost_update"),
        loss_confidence=pl.lit("high"),
        loss_event_id="by_event",
        loss_distance=distance("by_run", "by_position"),
        loss_detail=pl.format(
            "then overwritten by {}, which had read the list at {}, before this write",
            pl.col("by_name").fill_null("another writer"),
            pl.col("read_at").dt.strftime("%H:%M:%SZ"),
        ),
    )


def _threatened(
    of_lists: pl.DataFrame, copies: pl.DataFrame, history: pl.DataFrame, known: pl.DataFrame
) -> pl.DataFrame:
    """Entries that a later writer may have overwritten: no record shows when it had read the list.

    Who never read the list brings nothing back that was removed from it; who did, if before another call, may. An entry
    that its own resource wrote anew in between is not the one that such a writer took away. The two kinds are looked
    for apart: in a long history one that is harmless comes at some time, and would hide the other.
    """
    if copies.is_empty():
        return empty(LOSSES)
    stale = overwritten(of_lists, sighted(copies), "earliest", strictly=False)
    blind = overwritten(of_lists, blind_copies(copies), "earliest", strictly=False)
    turns = history.select(*_KEY, by_event="event_id", next_turn="turn")
    met = of_lists.join(blind.select("write", "by_event", "earliest"), on="write").join(
        turns, on=[*_KEY, "by_event"]
    )
    harmless = pl.concat(
        [
            met.filter((pl.col("action") == "remove") & ~has_some_copy()).select("write"),
            superseded(met, known).select("write"),
        ]
    )
    said = {"threat": pl.col("by_event"), "threat_detail": pl.lit(_STALE_THREAT)}
    return pl.concat(
        [
            stale.select("write", **said),
            blind.join(harmless, on="write", how="anti").select(
                "write", **said | {"threat_detail": pl.lit(_BLIND_THREAT)}
            ),
        ]
    ).unique("write", keep="first", maintain_order=True)
