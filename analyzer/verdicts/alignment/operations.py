"""WRITES as operations: what each may have written, when by its log's clock, and what its log says of it.

In come WRITES and DEPLOYS. Out go OPERATIONS and NEEDS: of the writes whose log has times, but for those of which the
log shows that they wrote nothing. An operation that moves to another store counts once for each of the two: its calls
on the one do not answer for those on the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from analyzer.resources import keyvaluestore_keys_exclusive
from analyzer.resources.shown import sst_types
from analyzer.tables import conform, empty
from analyzer.verdicts.alignment.tables import NEEDS, OPERATIONS
from analyzer.verdicts.columns import BATCH, COUNT, NUMBER
from analyzer.verdicts.homes import HOMES, possible_stores
from analyzer.verdicts.matching.claims import EFFECTS
from analyzer.verdicts.matching.match import usual_apis
from analyzer.verdicts.tables import UNRECORDED
from analyzer.verdicts.wild_lists import WILD_LISTS

ANY_LIST = "*:routes"

_COLUMNS = (
    "id", "deploy", "operation", "type", "name", "op", "action", "store", "key", "pattern", "reported", "start", "end",
    "exact", "unset", "unsure", "error_api", "request_id", "entry",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Operations:
    """What the logs say.

    Attributes:
        table: OPERATIONS.
        needs: NEEDS.
        members: `number, write`: the writes of each operation.
        requests: `number, request_id`: the requests that the log names.
    """

    table: pl.DataFrame
    needs: pl.DataFrame
    members: pl.DataFrame
    requests: pl.DataFrame


def operations(
    writes: pl.DataFrame,
    deploys: pl.DataFrame,
    homes: pl.DataFrame | None = None,
    wild: pl.DataFrame | None = None,
    unrecorded: pl.DataFrame | None = None,
) -> Operations:
    """The operations that may be aligned by their times, and what each writes.

    Args:
        writes: WRITES.
        deploys: DEPLOYS.
        homes: HOMES.
        wild: WILD_LISTS.
        unrecorded: UNRECORDED.
    """
    # An update id tells a beginning, but only stamps tell an end: other times of a text are those of a user's window.
    stamped = deploys.filter(pl.all_horizontal(pl.col("started_at", "ended_at").is_not_null()))[
        "id"
    ].implode()
    timed = (
        writes.select(_COLUMNS)
        .filter(pl.all_horizontal(pl.col("start", "end").is_not_null()))
        .filter(pl.col("exact") | pl.col("deploy").is_in(stamped))
        .filter(~pl.col("unset").fill_null(value=False))
        .join(usual_apis(), on="type", how="left", maintain_order="left")
        .with_columns(
            number=pl.struct("deploy", "operation", pl.col("store").fill_null("")).rank("dense").cast(NUMBER),
            called=pl.col("error_api").is_in(pl.col("apis")).fill_null(value=False),
        )
    )
    requests = timed.select("number", "request_id").drop_nulls().unique(maintain_order=True)
    open_lists = timed.filter(_of_any_list())
    named = possible_stores(open_lists, deploys, empty(HOMES) if homes is None else homes)
    wild = empty(WILD_LISTS) if wild is None else wild
    possible = pl.concat([named, wild.select("store", id="write").select(named.columns)])
    since = empty(UNRECORDED) if unrecorded is None else unrecorded
    return Operations(
        _table(timed, since), _needs(timed, possible), timed.select("number", write="id"), requests
    )


def _table(writes: pl.DataFrame, since: pl.DataFrame) -> pl.DataFrame:
    named = ~pl.col("pattern")
    puts = (named & (pl.col("action") == "put")).sum()
    deletes = (named & (pl.col("action") == "delete")).sum()
    route = pl.col("action").is_in(["append", "remove"]).any()
    of_sst = pl.col("type").is_in(sst_types())
    batches = (puts + BATCH - 1) // BATCH + (deletes + BATCH - 1) // BATCH
    succeeded = pl.col("reported") == "succeeded"
    born = pl.when(pl.col("op") == "create").then(1).when(pl.col("op") == "update").then(-1).otherwise(0)
    table = writes.group_by("number", maintain_order=True).agg(
        pl.col("deploy").first(),
        name=pl.col("name").first().str.replace(r"\.sst\.aws\..*$", ""),
        start=_seconds("start").min(),
        end=_seconds("end").max(),
        route=route,
        lists=(pl.col("key") == ANY_LIST).any(),
        succeeded=succeeded.any(),
        expected=((succeeded & ~pl.col("unsure").fill_null(value=False)) | pl.col("called")).any(),
        born=pl.when(route | ~of_sst.first()).then(0).otherwise(born.first()).cast(COUNT),
        keys=named.sum().cast(COUNT),
        batches=pl.when(route).then(named.sum()).otherwise(batches).cast(COUNT),
        party=pl.when(of_sst.first()).then(pl.lit("sst")).otherwise(pl.lit("pulumi")),
        by_listing=(pl.col("type").first() == keyvaluestore_keys_exclusive.TYPE),
        list=pl.when(route & (pl.col("key").n_unique() == 1)).then(
            pl.format("{} {}", pl.col("store").first(), pl.col("key").first())
        ),
        store=pl.col("store").first(),
    )
    timed = table.join(since, on="store", how="left", maintain_order="left")
    return conform(timed, OPERATIONS)


def _of_any_list() -> pl.Expr:
    """Whether the log tells neither the list nor its store."""
    return (pl.col("key") == ANY_LIST) & pl.col("store").is_null()


def _needs(writes: pl.DataFrame, possible: pl.DataFrame) -> pl.DataFrame:
    """What each operation writes; nothing where the log does not even tell the namespace of a key, but for a list.

    A list that the log does not name is in a store with the namespace of its entry, if the trail has any, else where
    `wild_lists` says.

    SST deletes whatever is in the namespace, be it more than the log knows
    (docs/facts/sst-output.md#42-calls-per-operation).
    """
    cleared = pl.col("type").is_in(sst_types()) & (pl.col("action") == "delete")
    known = ~pl.col("pattern") & ~(cleared & pl.col("key").str.contains(":", literal=True))
    namespace = pl.when(~known).then(pl.col("key").str.extract(r"^([^:]+):", 1))
    listed = pl.col("key") == ANY_LIST
    stores = possible.select("id", possible="store", many=pl.col("store").is_null())
    needs = (
        writes.with_columns(namespace=namespace)
        .join(stores, on="id", how="left", maintain_order="left_right")
        .filter(~pl.col("many").fill_null(value=False))
        .with_columns(store=pl.coalesce("store", "possible"))
        .filter(
            (~pl.col("pattern") & pl.col("store").is_not_null())
            | (pl.col("pattern") & ((pl.col("namespace") != "*") | listed))
        )
        .join(EFFECTS, on="action")
        .select("number", "store", "namespace", "effect", "apis", key=pl.when(known).then("key"))
        .unique(["number", "store", "key", "namespace", "effect"], maintain_order=True)
    )
    return conform(needs, NEEDS)


def _seconds(name: str) -> pl.Expr:
    return pl.col(name).dt.epoch("us") / 1_000_000
