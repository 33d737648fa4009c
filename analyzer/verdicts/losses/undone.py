"""Losses that may be no loss: a later deploy meant to take the write back itself, and no call answers for that.

In come LOSSES; a loss becomes a doubt where a later deploy of the same resource meant the opposite: to delete the key,
to remove the entry, or to replace it. That deploy may be one whose clock nothing shows, or stepped, or whose call's
record is missing: the call that took the write away is then its call, or the write had ended before it.
"""

from __future__ import annotations

import polars as pl

from analyzer.tables import TIME
from analyzer.verdicts.matching.claims import INNER
from analyzer.verdicts.matching.match import usual_apis

_PLACE = ["store", "key", "stack", "name"]

_UNSEEN = (
    "took it away later, and deploy {}, which meant to take this write back, may have made that call, or had taken it "
    "back before: no call answers for it"
)
_ITS_OWN = (
    "wrote the list within the operation too, by the same writer: it may be this write's own call, and the one before "
    "it another job's"
)
_NOT_SHOWN = (
    "wrote the list from a copy that is older than the removal, and no call that is available shows that the entry was "
    "in it"
)
_ALIGNED, _UNALIGNED = 10, 3700
"""Seconds by which a log's clock may be off."""


def perhaps_undone(
    lost: pl.DataFrame, turns: pl.DataFrame, history: pl.DataFrame, known: pl.DataFrame, ends: pl.DataFrame
) -> pl.DataFrame:
    """`lost`, with a doubt in the place of a loss, where a later deploy of the resource meant that before.

    Args:
        lost: LOSSES.
        turns: TURNS.
        history: KEY_HISTORY.
        known: its rows, but those that a deploy claims which is not aligned.
        ends: what `unanswered_ends` gives.
    """
    if ends.is_empty():
        return lost
    own = turns.select("write", *_PLACE, "entry", "type", "run", own="deploy", own_start="start").unique(
        "write"
    )
    when = history.select("store", "api", loss_event_id="event_id", lost_at="at", lost_run="run").unique(
        ["store", "loss_event_id"]
    )
    # Where no record is missing in between, only a call that such a resource makes, and that no write of another deploy
    # claims, can have been the deploy's.
    claimed = known.filter(pl.col("by_deploy").is_not_null())["event_id"].unique().implode()
    usual = pl.col("apis").list.contains(pl.col("api")).fill_null(value=True)
    possible = (usual & ~pl.col("loss_event_id").is_in(claimed)) | (pl.col("run") != pl.col("lost_run"))
    struck = (
        lost.select("write", "loss_event_id")
        .drop_nulls()
        .join(own, on="write")
        .join(when, on=["store", "loss_event_id"])
        .join(usual_apis(), on="type", how="left")
        .filter(possible.fill_null(value=True))
    )
    # A purge deletes keys that its log does not name, beside some that it names.
    deletes = history.filter(pl.col("effect") == "delete").select("store", "key", loss_event_id="event_id")
    of_call = ends.join(deletes, on=["store", "key"]).drop("key", "entry")
    met = pl.concat(
        [
            each.select("write", "own", "own_start", "lost_at", "deploy", "start", "off")
            for each in (
                struck.join(ends, on=[*_PLACE, "entry"], nulls_equal=True),
                struck.join(of_call, on=["loss_event_id", "store", "stack", "name"]),
            )
        ]
    ).filter(
        pl.col("deploy") != pl.col("own"),
        pl.col("start") > pl.col("own_start"),
        pl.col("start") <= pl.col("lost_at") + pl.duration(seconds="off"),
    )
    why = met.sort("write", "start", "deploy").unique("write", keep="first", maintain_order=True)
    return in_doubt(lost, why.select("write", perhaps=pl.format(_UNSEEN, "deploy")))


def perhaps_its_own(
    lost: pl.DataFrame, turns: pl.DataFrame, history: pl.DataFrame, writes: pl.DataFrame
) -> pl.DataFrame:
    """`write, perhaps`: entries that a call of the same writer overwrote within the operation, claimed by no write.

    It may as well be the operation's own, and the one that it overwrote another job's: nothing tells them apart.

    Args:
        lost: LOSSES.
        turns: TURNS.
        history: KEY_HISTORY.
        writes: WINDOWS.
    """
    key = ["store", "key"]
    writers = history.select("event_id", *key, "writer")
    taker = history.filter(pl.col("by_deploy").is_null() & (pl.col("effect") == "put")).select(
        *key, "writer", loss_event_id="event_id", lost_at="at"
    )
    met = (
        lost.filter(pl.col("loss_cause") == "lost_update")
        .select("write", "loss_event_id")
        .join(turns.select("write", "event_id", *key).unique("write"), on="write")
        .join(writers, on=["event_id", *key])
        .join(taker, on=["loss_event_id", *key, "writer"])
        .join(writes.select("start", "end", write="id"), on="write")
    )
    inside = pl.col("lost_at").is_between(
        (pl.col("start") - INNER).cast(TIME), (pl.col("end") + INNER).cast(TIME)
    )
    return met.filter(inside).select("write", perhaps=pl.lit(_ITS_OWN)).unique("write")


def perhaps_never_there(lost: pl.DataFrame, turns: pl.DataFrame, copies: pl.DataFrame) -> pl.DataFrame:
    """`write, perhaps`: removals that an old copy undid, if the entry was in it, which no write that stayed shows.

    Args:
        lost: LOSSES.
        turns: TURNS.
        copies: COPIES.
    """
    place = ["store", "key", "entry"]
    read = copies.select("store", "key", "copied_at", loss_event_id="by_event")
    overwrites = lost.filter(pl.col("loss_cause") == "lost_update").select("write", "loss_event_id")
    removals = (
        turns.filter(pl.col("action") == "remove")
        .select("write", *place)
        .join(overwrites, on="write")
        .join(read, on=["store", "key", "loss_event_id"], how="left")
    )
    losses = lost.drop_nulls("loss_event_id").select(other="write")
    entries = turns.select(*place, "at", "action", other="write")
    before = pl.concat(
        [
            entries.filter(action="append").join(losses, on="other", how="anti"),
            entries.filter(action="remove"),
        ]
    )
    last = (
        removals.join(before, on=place)
        .filter((pl.col("other") != pl.col("write")) & (pl.col("at") < pl.col("copied_at")))
        .sort("at", pl.col("action") == "remove")
        .group_by("write")
        .agg(pl.col("action").last())
    )
    never = removals.join(last.filter(action="append"), on="write", how="anti")
    return never.select("write", perhaps=pl.lit(_NOT_SHOWN)).unique("write")


def unanswered_ends(facts: pl.DataFrame, landings: pl.DataFrame, deploys: pl.DataFrame) -> pl.DataFrame:
    """`store, key, stack, name, entry, deploy, start, off`: what deploys meant to take back, without a call for it.

    Their clocks may be off by `off` seconds. What an aligned deploy surely did not do, nor may have done by a call that
    no operation claims, is left out.

    Args:
        facts: FACTS.
        landings: LANDINGS.
        deploys: DEPLOYS.
    """
    known = (pl.col("clock") == "aligned") & ~pl.any_horizontal(
        pl.col("stepped", "tied", "shifted", "far").fill_null(value=True)
    )
    off = pl.when(known).then(_ALIGNED).otherwise(_UNALIGNED)
    contested = pl.col("contested").fill_null(value=False)
    near = pl.any_horizontal(pl.col("near_event", "near_attempt").is_not_null())
    not_made = known & pl.col("absent").is_not_null() & ~contested & ~near
    unseen = (
        facts.filter(~pl.col("pattern") & ~not_made.fill_null(value=False))
        .join(landings.select(id="write").unique(), on="id", how="anti")
        .join(deploys.select("stack", deploy="id"), on="deploy")
        .with_columns(off=off)
    )
    removals = unseen.filter(pl.col("action").is_in(["delete", "remove"]))
    replaced = unseen.filter(
        (pl.col("action") == "append")
        & pl.col("was").is_not_null()
        & pl.col("was").ne_missing(pl.col("entry"))
    )
    return pl.concat(
        [
            removals.select(*_PLACE, "entry", "deploy", "start", "off"),
            replaced.select(*_PLACE, "deploy", "start", "off", entry="was").select(
                *_PLACE, "entry", "deploy", "start", "off"
            ),
        ]
    ).drop_nulls(["stack", "name", "start"])


def in_doubt(lost: pl.DataFrame, why: pl.DataFrame) -> pl.DataFrame:
    """LOSSES, with a doubt in the place of some losses.

    Args:
        lost: LOSSES.
        why: `write, perhaps`: what the call that took the write away may have been, for a line of evidence.
    """
    flagged = lost.join(why, on="write", how="left", maintain_order="left")
    perhaps = pl.col("perhaps").is_not_null()
    of_loss = [name for name in lost.columns if name.startswith("loss_")]
    return flagged.with_columns(
        threat=pl.when(perhaps).then("loss_event_id").otherwise("threat"),
        threat_detail=pl.coalesce("perhaps", "threat_detail"),
        **{name: pl.when(~perhaps).then(name) for name in of_loss},
    ).drop("perhaps")
