"""Entries that another resource removed from their list after they landed.

Source: docs/facts/sst-output.md#s3-delete-after-create, docs/facts/sst-resources.md#n15-two-corners-of-kv.

In come TURNS: the writes that landed, in the order of the calls on their keys. Out go rows of LOSSES.

A list holds an entry once, however many resources mean it: who removes the entry removes it for all of them. A resource
that moves to another URN, or is replaced, appends its entry first, which changes nothing, and is deleted afterwards.
An update removes the entry that it replaces.

What a resource takes back itself in a later deploy is superseded, not lost. There the name tells the resource, not the
URN: a program may have given it another one by an alias.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from analyzer.tables import empty
from analyzer.verdicts.losses.leftover import LEFT_THREAT, with_leftovers
from analyzer.verdicts.losses.order import came_later, distance, order_confidence
from analyzer.verdicts.losses.tables import LOSSES

_KEY = ["store", "key"]
_ENTRY = [*_KEY, "entry"]
_OWNER = ["stack", "name"]


_UNSEEN_THREAT = (
    "made this write, which a later operation of the deploy was to undo: no call shows whether it did"
)

MOVED_THREAT = (
    "removed it later for a resource of the same name under another URN: if that is the one that this resource "
    "replaced, it took this write away"
)


class Removals(NamedTuple):
    """What was removed from lists.

    Attributes:
        first: the appends whose entry was removed later, with the first removal as `by_…`.
        removals: all removals.
        appends: all appends.
    """

    first: pl.DataFrame
    removals: pl.DataFrame
    appends: pl.DataFrame


def removed(found: Removals, left: pl.DataFrame) -> pl.DataFrame:
    """Rows of LOSSES: appends whose entry the first later removal of the same entry took away.

    Args:
        found: what `first_removals` gives.
        left: what `leftovers` gives.
    """
    first, removals, appends = found
    if first.is_empty():
        return empty(LOSSES)
    same_name = (pl.col("by_stack") == pl.col("stack")) & (pl.col("by_name") == pl.col("name"))
    same_deploy = pl.col("by_deploy") == pl.col("deploy")
    given_up = _given_up(removals).with_columns(given_up=pl.lit(value=True))
    taken = (
        with_leftovers(first, left, "by_deploy", "by_op")
        .join(given_up, on=[*_ENTRY, *_OWNER, "by_deploy"], how="left")
        .filter(
            same_deploy
            | (same_name & pl.col("left_behind"))
            | ~(same_name | pl.col("given_up")).fill_null(False)
        )
        .join(_appended_again(first, appends), on=["write", *_KEY], how="anti")
    )
    moved = same_name & same_deploy & (pl.col("by_urn") != pl.col("urn")).fill_null(False)
    by = (
        pl.when(moved)
        .then(pl.format("{} under its old URN", "by_name"))
        .when(same_name)
        .then(pl.format("{}, which it replaces", "by_name"))
        .otherwise(pl.format("{} of stack {}", "by_name", "by_stack"))
    )
    return taken.select(
        "write",
        loss_cause=pl.lit("deleted"),
        loss_confidence=order_confidence("run", "by_run"),
        loss_event_id="by_event_id",
        loss_distance=distance("by_run", "by_position"),
        loss_detail=pl.format("then removed from the list by {}, whose entry is the same", by),
        # The log says which of the two operations came first, so their calls cannot be each other's.
        loss_is_its_own=pl.col("end") <= pl.col("by_start"),
    )


def removed_by_namesake(found: Removals, left: pl.DataFrame) -> pl.DataFrame:
    """The entries that a resource of the same name removed in another deploy: of another URN, or for a predecessor.

    Args:
        found: what `first_removals` gives.
        left: what `leftovers` gives.
    """
    first, _, appends = found
    if first.is_empty():
        return empty(LOSSES)
    namesake = (
        (pl.col("by_stack") == pl.col("stack"))
        & (pl.col("by_name") == pl.col("name"))
        & (pl.col("by_deploy") != pl.col("deploy"))
    )
    other_urn = pl.col("by_urn") != pl.col("urn")
    detail = pl.when(other_urn).then(pl.lit(MOVED_THREAT)).otherwise(pl.lit(LEFT_THREAT))
    return (
        with_leftovers(first, left, "by_deploy", "by_op")
        .filter((namesake & (other_urn | pl.col("maybe_left"))).fill_null(False))
        .join(_appended_again(first, appends), on=["write", *_KEY], how="anti")
        .select("write", threat="by_event_id", threat_detail=detail)
    )


def removed_without_a_call(turns: pl.DataFrame, writes: pl.DataFrame) -> pl.DataFrame:
    """`write, threat, threat_detail`: what a later operation of the deploy was to undo; no call shows whether it did.

    Args:
        turns: TURNS.
        writes: WINDOWS.
    """
    undone = pl.col("action").replace({"remove": "append", "delete": "put"})
    unseen = (
        writes.filter(pl.col("action").is_in(["remove", "delete"]) & (pl.col("reported") == "succeeded"))
        .join(turns.select("write").unique(), left_on="id", right_on="write", how="anti")
        .select("deploy", *_KEY, "entry", action=undone, by_urn="urn", by_end="end")
    )
    if unseen.is_empty():
        return empty(LOSSES)
    meant = turns.join(
        unseen.unique(), on=["deploy", *_KEY, "entry", "action"], nulls_equal=True, maintain_order="left"
    )
    later = (pl.col("by_urn") != pl.col("urn")) & (pl.col("by_end") >= pl.col("end"))
    return meant.filter(later.fill_null(False)).select(
        "write", threat="event_id", threat_detail=pl.lit(_UNSEEN_THREAT)
    )


def first_removals(turns: pl.DataFrame) -> Removals:
    """What was removed from lists, of TURNS."""
    exact = turns.filter(~pl.col("pattern") & pl.col("action").is_in(["append", "remove"]))
    appends = exact.filter((pl.col("action") == "append") & pl.col("entry").is_not_null())
    removals = _removals(exact)
    if removals.is_empty():
        return Removals(removals, removals, appends)
    later = removals.select(*_ENTRY, "turn", pl.exclude(*_ENTRY, "turn").name.prefix("by_")).with_columns(
        by_turn="turn"
    )
    first = (
        appends.sort("turn")
        .join_asof(
            later.sort("turn"),
            on="turn",
            by=_ENTRY,
            strategy="forward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        .filter(pl.col("by_event_id").is_not_null() & came_later("by_run", "by_at"))
    )
    return Removals(first, removals, appends)


def _removals(exact: pl.DataFrame) -> pl.DataFrame:
    """The writes that took an entry out of a list, each with that `entry`: removals, and updates that replaced one."""
    replaced = (pl.col("action") == "append") & (pl.col("was") != pl.col("entry"))
    both = pl.concat(
        [exact.filter(pl.col("action") == "remove"), exact.filter(replaced).with_columns(entry="was")]
    )
    columns = ["turn", "event_id", "run", "position", "at", "start", "deploy", "urn", "op", *_OWNER]
    return both.filter(pl.col("entry").is_not_null()).select(*_ENTRY, *columns)


def _given_up(removals: pl.DataFrame) -> pl.DataFrame:
    """The entries that each resource removed, by the deploy: who removes its own does not miss it."""
    return removals.select(*_ENTRY, *_OWNER, by_deploy="deploy").unique()


def _appended_again(first: pl.DataFrame, appends: pl.DataFrame) -> pl.DataFrame:
    """`write, store, key` of writes that their own resource made again before the removal, by another deploy."""
    again = appends.select(*_KEY, *_OWNER, "turn", again="turn", again_by="deploy").sort("turn")
    return (
        first.sort("turn")
        .join_asof(
            again,
            on="turn",
            by=[*_KEY, *_OWNER],
            strategy="forward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        .filter((pl.col("again") < pl.col("by_turn")) & (pl.col("again_by") != pl.col("deploy")))
        .select("write", *_KEY)
    )
