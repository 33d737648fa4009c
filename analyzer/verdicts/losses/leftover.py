"""Predecessors that a deploy left behind: a later deploy deletes them, and with them what took their place.

A replacement is created first and its predecessor deleted afterwards. Where a deploy ends in between, the next one
deletes the predecessor, as `delete-replaced`, without replacing anything itself. So it is with a resource that moved
to another URN: it is created under the new one first, and where the deploy fails in between, the next one deletes it
under the old. SST deletes by the namespace or the entry, so that it takes away what the new resource had written
(docs/facts/sst-output.md#s3-delete-after-create).

In come the writes of all deploys. Out goes, for each write, the next such delete of a later deploy; and which entries
such a delete may have removed of which no log is available.
"""

from __future__ import annotations

import polars as pl

from analyzer.tables import empty
from analyzer.verdicts.matching.match import usual_apis

_KEY = ["store", "key"]
_RESOURCE = ["group", "stack", "urn"]

LEFT_THREAT = (
    "deleted it later for a resource that had been replaced: if that is the one whose place this write's resource "
    "took, it took this write away"
)


_PENDING_THREAT = (
    "wrote the list later, by no deploy whose log is available: this deploy may have left the predecessor of its "
    "resource behind, and the next one of its stack removes that one's entry, which may be this one"
)

_LEFT = pl.Schema(
    {"by_deploy": pl.String(), "by_op": pl.String(), "write": pl.String(), "sure": pl.Boolean()}
)


def leftovers(writes: pl.DataFrame, deploys: pl.DataFrame) -> pl.DataFrame:
    """`write, by_deploy, by_op, sure`: the later deploy that deleted a predecessor of the write's resource.

    It is the predecessor of this very resource (`sure`) where the last replacement before was the write's own, or came
    before it, and the deploy that made it did not delete what it had replaced. A replacement after the write means that
    the delete may be of the write's own resource: no row then.

    Args:
        writes: WINDOWS.
        deploys: DEPLOYS with their `group`.
    """
    if not writes["op"].is_in(["delete", "delete-replaced"]).any():
        return empty(_LEFT)
    operations = writes.join(deploys.select("stack", "group", deploy="id"), on="deploy").filter(
        (pl.col("reported") == "succeeded") & pl.col("urn").is_not_null() & pl.col("start").is_not_null()
    )
    return pl.concat([_of_replacements(operations), _of_moves(operations, writes, deploys)])


def _of_replacements(operations: pl.DataFrame) -> pl.DataFrame:
    """What `leftovers` gives of predecessors that were replaced under the same URN."""
    by_deploy = [*_RESOURCE, "deploy"]
    of_op = {
        op: operations.filter(pl.col("op") == op)
        .group_by(by_deploy)
        .agg(start=pl.col("start").min(), end=pl.col("end").max())
        for op in ("create-replacement", "delete-replaced")
    }
    replacing, deleting = of_op["create-replacement"], of_op["delete-replaced"]
    finished = deleting.select(by_deploy).with_columns(finished=pl.lit(value=True))
    replaced = replacing.join(finished, on=by_deploy, how="left").select(
        *_RESOURCE, "start", replaced_at="start", finished=pl.col("finished").fill_null(value=False)
    )
    later = deleting.join(replacing, on=by_deploy, how="anti").sort("start")
    met = (
        operations.select("id", *_RESOURCE, "deploy", "op", since="start")
        .sort("since")
        .join_asof(
            later.select(*_RESOURCE, "start", by_deploy="deploy"),
            left_on="since",
            right_on="start",
            by=_RESOURCE,
            strategy="forward",
            coalesce=False,
            check_sortedness=False,
        )
        .filter((pl.col("by_deploy") != pl.col("deploy")).fill_null(value=False))
        .sort("start")
        .join_asof(replaced.sort("start"), on="start", by=_RESOURCE, check_sortedness=False)
    )
    before = pl.col("replaced_at") <= pl.col("since")
    return met.filter(before.fill_null(value=True)).select(
        "by_deploy",
        by_op=pl.lit("delete-replaced"),
        write="id",
        sure=(before & ~pl.col("finished")).fill_null(value=False),
    )


def _of_moves(operations: pl.DataFrame, writes: pl.DataFrame, deploys: pl.DataFrame) -> pl.DataFrame:
    """What `leftovers` gives of resources that were created under another URN by a deploy that did not end well.

    The first one after it that ends well deletes the predecessor.
    """
    named = [*_RESOURCE[:2], "name"]
    failed = deploys.filter(pl.col("result").is_in(["failed", "interrupted"])).select(deploy="id")
    created = operations.filter(pl.col("op") == "create").join(failed, on="deploy", how="semi")
    deletes = operations.filter(pl.col("op") == "delete").select(
        *named, "start", at="start", by_urn="urn", by_deploy="deploy", by_op="op"
    )
    met = (
        created.select(*named, "urn", "deploy", "start", write="id")
        .sort("start")
        .join_asof(
            deletes.sort("start"),
            on="start",
            by=named,
            strategy="forward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        .filter(pl.col("by_deploy") != pl.col("deploy"), pl.col("by_urn") != pl.col("urn"))
    )
    first = _before(met, _ended_well(writes, deploys), named[:2])
    return first.select("by_deploy", "by_op", "write", sure=pl.lit(value=True))


def with_leftovers(taken: pl.DataFrame, left: pl.DataFrame, deploy: str, op: str) -> pl.DataFrame:
    """`taken` with `left_behind` and `maybe_left`: whether the predecessor of its resource was deleted by that.

    Args:
        taken: writes, each with who took it away: its `deploy` and its `op`.
        left: what `leftovers` gives.
        deploy: the column of the later deploy.
        op: the column of the operation that it did.
    """
    if left.is_empty() or taken.is_empty():
        return taken.with_columns(left_behind=pl.lit(value=False), maybe_left=pl.lit(value=False))
    on = ["write", deploy, op]
    flagged = taken.join(
        left.rename({"by_deploy": deploy, "by_op": op}), on=on, how="left", maintain_order="left"
    )
    return flagged.with_columns(
        left_behind=pl.col("sure").fill_null(value=False), maybe_left=~pl.col("sure").fill_null(value=True)
    ).drop("sure")


def perhaps_removed_for_it(
    of_lists: pl.DataFrame, history: pl.DataFrame, writes: pl.DataFrame, deploys: pl.DataFrame
) -> pl.DataFrame:
    """`write, threat, threat_detail`: entries whose resource's predecessor no available log deletes.

    It has one if the resource is a replacement; and it may have one if it was created, perhaps in another's place, by a
    deploy that did not end well: deletes come last. The next deploy that ends well deletes it.

    Args:
        of_lists: TURNS of lists.
        history: KEY_HISTORY.
        writes: WINDOWS.
        deploys: DEPLOYS with their `group`.
    """
    of_groups = deploys.select("group", deploy="id")
    ended_well = deploys.filter(pl.col("result") == "succeeded").select(deploy="id")
    entries = of_lists.filter(pl.col("action") == "append").join(of_groups, on="deploy")
    pending = pl.concat(
        [
            entries.filter(pl.col("op") == "create-replacement"),
            entries.filter(pl.col("op") == "create").join(ended_well, on="deploy", how="anti"),
        ]
    ).select("write", "type", *_RESOURCE, "start", *_KEY, "turn")
    usual = usual_apis().join(pending, on="type", how="semi").select(api="apis").explode("api").unique()
    unexplained = history.filter(pl.col("by_deploy").is_null() & (pl.col("effect") == "put"))
    later = unexplained.join(usual, on="api", how="semi").select(*_KEY, "turn", "at", threat="event_id")
    met = (
        pending.sort("turn")
        .join_asof(
            later.sort("turn"),
            on="turn",
            by=_KEY,
            strategy="forward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        .drop_nulls("threat")
    )
    deletes = writes.filter((pl.col("op") == "delete-replaced") & (pl.col("reported") == "succeeded"))
    deleted = deletes.join(deploys.select("stack", "group", deploy="id"), on="deploy")
    unfinished = _before(met, deleted.select(*_RESOURCE, began="start", ended="start"), _RESOURCE)
    left = _before(unfinished, _ended_well(writes, deploys), _RESOURCE[:2])
    return left.select("write", "threat", threat_detail=pl.lit(_PENDING_THREAT))


def _ended_well(writes: pl.DataFrame, deploys: pl.DataFrame) -> pl.DataFrame:
    """`group, stack, began, ended` of the deploys that ended well, by the times of their writes, else of their logs."""
    times = writes.group_by(id="deploy").agg(first=pl.col("start").min(), last=pl.col("end").max())
    return (
        deploys.filter(pl.col("result") == "succeeded")
        .join(times, on="id", how="left")
        .select(
            "group",
            "stack",
            began=pl.coalesce("first", "started_at"),
            ended=pl.coalesce("last", "ended_at"),
        )
    )


def _before(met: pl.DataFrame, others: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    """The rows of `met` whose call came no later than the end of the first of `others` that began after the write."""
    following = met.sort("start").join_asof(
        others.drop_nulls().sort("began"),
        left_on="start",
        right_on="began",
        by=on,
        strategy="forward",
        allow_exact_matches=False,
        check_sortedness=False,
    )
    return following.filter((pl.col("at") <= pl.col("ended")).fill_null(value=True)).drop("began", "ended")
