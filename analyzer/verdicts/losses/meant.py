"""Deletes that no write claims: which resource made them all the same, and which deploy may have meant them.

SST purges a namespace by listing what is there: a call deletes keys that the log of its own resource never named, and
a long list is deleted in batches of fifty, of which one may hold no key that the log named. Such a batch is its
operation's by writer, namespace and time.

A deploy of which no engine events are available may have purged as well: its text names no keys, and of an update
whose log was pruned nothing is left but its times. But no deploy meant what its resources cannot do: each kind has its
APIs, SST's has UpdateKeys alone; and an operation on a list of routes writes the list, whatever it takes out of it, and
never deletes it (docs/facts/sst-output.md#42-calls-per-operation).

Nor is the log of every later deploy available (`next_deploy`). Before the last event log of a stack that is no excuse:
who has event logs of two deploys has those between them, unless the second one creates the resource again: then its
state had lost it in between. A text log is often all that is left of its deploy: after it, a delete is a doubt whatever
follows. What others did stays a loss, and so does what was done while the deploy ran: it locks its stage.
"""

from __future__ import annotations

import polars as pl

from analyzer.resources.shown import sst_types
from analyzer.verdicts.losses.next_deploy import UNALIGNED, by_next_deploy, can_make, clock_margin
from analyzer.verdicts.losses.renewed import silent_deploys
from analyzer.verdicts.losses.undone import in_doubt
from analyzer.verdicts.matching.inferred_store import namespace_of_key
from analyzer.verdicts.matching.match import usual_apis

_KEY = ["store", "key"]
_PLACE = ["store", "namespace", "writer"]

_UNPLACED = (
    "took it away later, and a deploy that writes the same key, and cannot be aligned with the trail, may have meant "
    "that"
)
_RENEWED = (
    "took it away later, and deploy {} of the same resource, which cannot be aligned with the trail, may have replaced "
    "this write before"
)
_TEXT = "took it away later, and deploy {}, whose log names no keys, may have meant that"
_PRUNED = "took it away later, and deploy {} of the same stage, whose event log is not available, may have meant that"

_MADE_ANEW = (
    "took it away later, and deploy {} then created the resource again: its state did not have it any more, so that a "
    "deploy whose log is not available may have removed it"
)

_PURGING = ("update", "delete", "delete-replaced")
_SST_API = "UpdateKeys"


def with_purges(
    history: pl.DataFrame, calls: pl.DataFrame, landings: pl.DataFrame, writes: pl.DataFrame
) -> pl.DataFrame:
    """`history` with the resource behind the deletes of a purge that holds no key which a write claims.

    It is that of the operation in whose time the delete lies, by the writer of another call of the operation in the
    same namespace of the same store.

    Args:
        history: KEY_HISTORY without `turn`.
        calls: ORDERED_CALLS.
        landings: LANDINGS with `stack, urn, op, start`.
        writes: WINDOWS.
    """
    unclaimed = _unclaimed_deletes(history)
    if unclaimed.is_empty():
        return history
    writers = calls.select("event_id", "writer").unique("event_id")
    operations = (
        landings.filter(pl.col("type").is_in(sst_types()))
        .join(writers, on="event_id")
        .join(writes.select("low", "high", write="id"), on="write")
        .filter(pl.col("low").is_not_null())
        .group_by("deploy", "name", "urn", namespace=namespace_of_key(), store="store", writer="writer")
        .agg(
            pl.col("low", "start").min(),
            pl.col("high").max(),
            pl.col("stack", "type", "op").first(),
        )
        .sort("low", "deploy", "name", "urn")
    )
    owned = (
        unclaimed.sort("at")
        .join_asof(operations, left_on="at", right_on="low", by=_PLACE, check_sortedness=False)
        .filter(pl.col("at") <= pl.col("high"))
        .select(
            "event_id",
            "namespace",
            **{f"its_{name}": name for name in ("deploy", "stack", "type", "name", "urn", "op", "start")},
        )
    )
    owned = owned.join(
        _of_own_puts(owned, history, writes), on=["event_id", "its_deploy", "its_urn"], how="anti"
    )
    known = {name.replace("its_", "by_") for name in owned.columns if name.startswith("its_")}
    by = [name for name in history.columns if name in known]
    found = history.with_columns(namespace=namespace_of_key()).join(
        owned, on=["event_id", "namespace"], how="left", maintain_order="left"
    )
    return found.with_columns(
        pl.coalesce(name, name.replace("by_", "its_")).alias(name) for name in by
    ).select(history.columns)


def _of_own_puts(owned: pl.DataFrame, history: pl.DataFrame, writes: pl.DataFrame) -> pl.DataFrame:
    """The rows of `owned` whose call deletes what the operation puts: no purge does that, so it is another's.

    A resource that is replaced in the same deploy deletes what it has just put (S3).
    """
    deletes = history.filter(pl.col("effect") == "delete").select("event_id", "store", "key")
    puts = writes.filter((pl.col("action") == "put") & ~pl.col("pattern")).select(
        "store", "key", its_deploy="deploy", its_urn="urn"
    )
    place = ["store", "key", "its_deploy", "its_urn"]
    replaced = writes.filter(pl.col("op").is_in(["delete", "delete-replaced"])).select(
        its_deploy="deploy", its_urn="urn"
    )
    puts = puts.join(replaced.unique(), on=["its_deploy", "its_urn"], how="anti")
    return owned.join(deletes, on="event_id").join(puts.unique(place), on=place, how="semi")


def perhaps_meant(  # noqa: PLR0913 - the tables of the stage, each by its name
    lost: pl.DataFrame,
    turns: pl.DataFrame,
    history: pl.DataFrame,
    *,
    calls: pl.DataFrame,
    writes: pl.DataFrame,
    deploys: pl.DataFrame,
    clocks: pl.DataFrame,
) -> pl.DataFrame:
    """`lost`, with a doubt in the place of a delete that no write claims, where a deploy may have meant it.

    Args:
        lost: LOSSES.
        turns: TURNS.
        history: KEY_HISTORY.
        calls: ORDERED_CALLS.
        writes: WINDOWS.
        deploys: DEPLOYS.
        clocks: CLOCK_STATES.
    """
    claimless = history.filter(pl.col("by_deploy").is_null() & (pl.col("effect") == "delete"))
    if claimless.is_empty():
        return lost
    struck = (
        lost.filter(pl.col("loss_cause") == "deleted")
        .select("write", event_id="loss_event_id")
        .join(
            turns.select(
                "write",
                *_KEY,
                "stack",
                "name",
                "type",
                "pattern",
                "event_id",
                "at",
                own="deploy",
                began="start",
            )
            .sort("at", "event_id")
            .unique(["write", *_KEY], keep="last", maintain_order=True)
            .drop("at")
            .rename({"event_id": "made_by"}),
            on="write",
        )
        .join(claimless.select("event_id", *_KEY, "at", "api", "caller"), on=["event_id", *_KEY])
        .with_columns(namespace=namespace_of_key())
    )
    if struck.is_empty():
        return lost
    reasons = (
        _by_unplaced(struck, calls, writes, clocks),
        _by_purge(struck, writes, clocks),
        _by_renewal(struck, writes, deploys, clocks),
        _by_text(struck, writes, deploys, clocks),
        _by_pruned(struck, writes, deploys),
        _by_creation(struck, writes, deploys),
        by_next_deploy(struck, history, calls, writes, deploys=deploys, clocks=clocks),
    )
    # Joins give no order: of several deploys that may have meant it, the one that is named is always the same.
    ranked = pl.concat(reason.with_columns(rank=pl.lit(rank)) for rank, reason in enumerate(reasons))
    why = ranked.sort("write", "rank", "perhaps").unique("write", keep="first", maintain_order=True)
    by_next = why.filter(pl.col("rank") == len(reasons) - 1)["write"]
    return in_doubt(lost, why.drop("rank")).with_columns(
        threat_by_next=pl.col("write").is_in(by_next.implode())
    )


def _unclaimed_deletes(history: pl.DataFrame) -> pl.DataFrame:
    """`event_id, store, namespace, writer, at` of the deletes that no write claims, and that SST may have made."""
    of_sst = (pl.col("effect") == "delete") & (pl.col("api") == _SST_API)
    deletes = history.filter(pl.col("by_deploy").is_null() & of_sst)
    return deletes.select("event_id", "store", "writer", "at", namespace=namespace_of_key()).unique()


def _by_unplaced(
    struck: pl.DataFrame, calls: pl.DataFrame, writes: pl.DataFrame, clocks: pl.DataFrame
) -> pl.DataFrame:
    """A deploy that writes the same key, or another one of the same call, and is not aligned with the trail.

    Nothing shows when it ran. SST's delete of a namespace takes keys along that its log does not name.
    """
    unplaced = clocks.filter(pl.col("clock").ne_missing("aligned"))
    mine = _deleting(writes).join(unplaced, on="deploy", how="semi")
    keys = mine.drop_nulls(_KEY).select(*_KEY, "apis").unique()
    deletes = calls.filter(pl.col("effect") == "delete").join(struck, on="event_id", how="semi")
    events = deletes.join(keys, on=_KEY).filter(can_make()).select("event_id").unique()
    return struck.join(events, on="event_id", how="semi").select("write", perhaps=pl.lit(_UNPLACED))


def _by_purge(struck: pl.DataFrame, writes: pl.DataFrame, clocks: pl.DataFrame) -> pl.DataFrame:
    """A deploy at that time that is not aligned with the trail, and may purge the namespace of the key.

    A purge is made in batches of fifty, of which most name no key that the log names, and always by SST's own API.
    """
    unplaced = clocks.filter(pl.col("clock").ne_missing("aligned"))
    purging = (
        _deleting(writes.filter(~pl.col("pattern") & pl.col("type").is_in(sst_types())))
        .filter(pl.col("op").is_in(_PURGING))
        .join(unplaced.select("deploy"), on="deploy", how="semi")
        .with_columns(namespace=namespace_of_key())
        .select("store", "namespace", "deploy", "low", "high")
        .unique(maintain_order=True)
    )
    met = struck.filter(pl.col("api") == _SST_API).join(purging, on=["store", "namespace"])
    near = _within("low", "high", pl.lit(UNALIGNED)).fill_null(value=True)
    meant = met.filter((pl.col("deploy") != pl.col("own")) & near)
    return meant.select("write", perhaps=pl.lit(_UNPLACED))


def _by_renewal(
    struck: pl.DataFrame, writes: pl.DataFrame, deploys: pl.DataFrame, clocks: pl.DataFrame
) -> pl.DataFrame:
    """A later deploy of the same resource that is not aligned: what was there may have been its own by then.

    One that took away its own work made a call of its kind; of a call that its kind cannot make, see `renewed`.
    """
    unplaced = clocks.filter(pl.col("clock").ne_missing("aligned"))
    renewing = (
        writes.join(unplaced, on="deploy", how="semi")
        .join(deploys.select("stack", deploy="id"), on="deploy")
        .select("stack", "name", "deploy", "start")
        .unique(maintain_order=True)
    )
    off = pl.duration(seconds=UNALIGNED)
    between = pl.col("start").is_between(pl.col("began") - off, pl.col("at") + off).fill_null(value=True)
    able = struck.join(usual_apis(), on="type", how="left", maintain_order="left").filter(can_make())
    met = able.join(renewing, on=["stack", "name"])
    meant = met.filter((pl.col("deploy") != pl.col("own")) & between)
    return meant.select("write", perhaps=pl.format(_RENEWED, "deploy"))


def _by_text(
    struck: pl.DataFrame, writes: pl.DataFrame, deploys: pl.DataFrame, clocks: pl.DataFrame
) -> pl.DataFrame:
    """A deploy whose log names the resource or the namespace but no keys, at that time, or at one that nothing shows.

    The namespace follows from the resource's name, unless the program says another one, which no text shows.
    """
    patterns = (
        _deleting(writes.filter("pattern"))
        .with_columns(namespace=namespace_of_key())
        .select("namespace", "name", "deploy", "low", "high", "apis")
        .unique(maintain_order=True)
        .join(clocks.select("deploy", "clock"), on="deploy", how="left", maintain_order="left")
        .join(deploys.select("stack", deploy="id"), on="deploy", how="left", maintain_order="left")
    )
    meant = (
        (pl.col("deploy") != pl.col("own"))
        & can_make()
        & _within("low", "high", clock_margin()).fill_null(value=True)
    )
    alike = [struck.join(patterns, on=on).filter(meant) for on in (["namespace"], ["stack", "name"])]
    return pl.concat(met.select("write", perhaps=pl.format(_TEXT, "deploy")) for met in alike)


def _by_pruned(struck: pl.DataFrame, writes: pl.DataFrame, deploys: pl.DataFrame) -> pl.DataFrame:
    """A deploy of the same stack, at that time, of whose steps nothing is known."""
    silent = silent_deploys(writes, deploys)
    able = struck.join(usual_apis(), on="type", how="left", maintain_order="left").filter(can_make())
    met = able.join(silent, on="stack").filter(_within("started_at", "ended", pl.lit(UNALIGNED)))
    return met.select("write", perhaps=pl.format(_PRUNED, "deploy"))


def _by_creation(struck: pl.DataFrame, writes: pl.DataFrame, deploys: pl.DataFrame) -> pl.DataFrame:
    """A later deploy of the same stack that created the resource again."""
    creating = (
        writes.filter(pl.col("op") == "create", ~pl.col("pattern"))
        .join(deploys.select("stack", deploy="id"), on="deploy")
        .select("stack", "name", "deploy", since="start")
        .unique(maintain_order=True)
    )
    able = struck.join(usual_apis(), on="type", how="left", maintain_order="left").filter(can_make())
    met = able.join(creating, on=["stack", "name"])
    anew = met.filter(pl.col("deploy") != pl.col("own"), pl.col("since") >= pl.col("at"))
    return anew.select("write", perhaps=pl.format(_MADE_ANEW, "deploy"))


def _deleting(writes: pl.DataFrame) -> pl.DataFrame:
    """The `writes` whose operations delete keys, with the `apis` of their kind."""
    of_keys = writes.filter(~pl.col("action").is_in(["append", "remove"]))
    return of_keys.join(usual_apis(), on="type", how="left", maintain_order="left")


def _within(start: str, end: str, seconds: pl.Expr) -> pl.Expr:
    margin = pl.duration(seconds=seconds)
    return pl.col("at").is_between(pl.col(start) - margin, pl.col(end) + margin)
