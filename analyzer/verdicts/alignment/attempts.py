"""CALLS as attempts: the write records on what the operations write, by lanes that are sorted by time.

In come CALLS and the operations. Out go WRITERS, ATTEMPTS, LANES and ATTEMPT_KEYS. A million other calls are left out
before anything is joined.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from analyzer.tables import conform
from analyzer.verdicts.alignment.operations import ANY_LIST
from analyzer.verdicts.alignment.tables import ATTEMPT_KEYS, ATTEMPTS, LANES, NAMED, WRITERS
from analyzer.verdicts.columns import COUNT, NUMBER

if TYPE_CHECKING:
    from analyzer.verdicts.alignment.operations import Operations

_PAUSE = 30.0
"""Seconds without a call after which a writer's next one is of another run."""

_KNOWN = 7 * 86_400.0
"""Seconds for which a store's calls must be known before the lack of calls on a namespace shows anything: a stack that
is updated was deployed before, but not on the same day."""

_WHO = ("caller", "access_key", "source_ip", "user_agent")

_CHUNK = r":routes:\d+$"
"""A long list is cut into parts, which the call that names the list names too."""

_LIST = r":routes$"


@dataclass(frozen=True, slots=True)
class Attempts:
    """What the trail says.

    Attributes:
        table: ATTEMPTS.
        writers: WRITERS.
        lanes: LANES.
        keys: ATTEMPT_KEYS.
        named: NAMED.
    """

    table: pl.DataFrame
    writers: pl.DataFrame
    lanes: pl.DataFrame
    keys: pl.DataFrame
    named: pl.DataFrame


def attempts(calls: pl.DataFrame, ops: Operations) -> Attempts:
    """The attempts on the keys and in the namespaces that the operations write.

    Args:
        calls: CALLS.
        ops: the operations.
    """
    rows = _rows(calls, ops.needs)
    requested = _requested(calls, ops.requests)
    writers = _writers(rows, requested)
    table = _table(rows, writers, _births(calls, rows))
    lanes = _lanes(ops.needs)
    return Attempts(table, writers, lanes, _keys(rows, table, lanes), _named(requested, ops, writers))


def _rows(calls: pl.DataFrame, needs: pl.DataFrame) -> pl.DataFrame:
    """All rows of the write records that name what an operation writes, where it may have written it."""
    keys, namespaces = needs["key"].drop_nulls().unique(), needs["namespace"].drop_nulls().unique()
    about = pl.col("key").is_in(keys.implode())
    if len(namespaces) > 0:
        about |= namespace_of_key().is_in(namespaces.implode())
    if (needs["namespace"] == "*").any():
        about |= pl.col("key").str.ends_with(ANY_LIST[1:])
    columns = ["event_id", "store", "key", "effect", "api", "at", "ok", *_WHO]
    # Two passes over few columns: a join would copy all columns of a million calls.
    changes = calls["effect"] != "read"
    keyed = calls.select("event_id", "store", "key").filter(changes).filter(about)
    events = _where_needed(keyed, needs)["event_id"].unique()
    mine = changes & calls["event_id"].is_in(events.implode())
    return (
        calls.select(columns)
        .filter(mine)
        .with_columns(
            key=pl.col("key").str.replace(_CHUNK, ":routes"), part=pl.col("key").str.contains(_CHUNK)
        )
        .with_columns(at=_seconds())
        .filter(pl.col("at").is_not_null())
    )


def _where_needed(rows: pl.DataFrame, needs: pl.DataFrame) -> pl.DataFrame:
    """Those of `rows` that are on a store that an operation writes them in; of one that names no store, on any."""
    named = rows.with_columns(namespace=namespace_of_key(), any=pl.lit("*"))
    lists = pl.col("key").str.contains(_LIST)
    in_store, anywhere = needs.filter(pl.col("store").is_not_null()), needs.filter(pl.col("store").is_null())
    of_any = anywhere["namespace"].drop_nulls().unique().implode()
    parts = [named.join(in_store.select("store", "key").drop_nulls(), on=["store", "key"], how="semi")]
    namespaces = in_store.select("store", "namespace").drop_nulls()
    if not namespaces.is_empty():
        parts += [
            named.join(namespaces, on=["store", "namespace"], how="semi"),
            named.filter(lists).join(
                namespaces.rename({"namespace": "any"}), on=["store", "any"], how="semi"
            ),
        ]
    if not anywhere.is_empty():
        parts += [
            named.filter(pl.col("namespace").is_in(of_any)),
            named.filter(lists & pl.lit(value=bool((anywhere["namespace"] == "*").any()))),
        ]
    return pl.concat(parts).select("event_id")


def namespace_of_key() -> pl.Expr:
    """What stands before the colon of `key`."""
    return pl.col("key").str.extract(r"^([^:]+):", 1)


def machine() -> pl.Expr:
    """Whose machine made a call, where no access key tells the runs of one principal apart."""
    return pl.when(pl.col("access_key").is_null()).then("source_ip")


def _requested(calls: pl.DataFrame, requests: pl.DataFrame) -> pl.DataFrame:
    """The one record of each request that a log names; none of ids that several records have."""
    ids = requests["request_id"].unique().implode()
    records = calls.lazy().filter(pl.col("request_id").is_in(ids) & pl.col("at").is_not_null())
    one = records.unique("event_id", keep="first").filter(pl.len().over("request_id") == 1)
    return one.select("request_id", *_WHO, at=_seconds()).collect()


def _named(requested: pl.DataFrame, ops: Operations, writers: pl.DataFrame) -> pl.DataFrame:
    return conform(with_writer(requested, writers).join(ops.requests, on="request_id"), NAMED)


def _seconds() -> pl.Expr:
    return pl.col("at").dt.epoch("us") / 1_000_000


def _writers(rows: pl.DataFrame, requested: pl.DataFrame) -> pl.DataFrame:
    """WRITERS, by who they are: their order does not hang on what else is in the trail."""
    who = pl.concat([rows.select(_WHO), requested.select(_WHO)])
    by = who.with_columns(machine=machine()).group_by("caller", "access_key", "machine", maintain_order=True)
    writers = by.agg(pl.col("source_ip", "user_agent").drop_nulls().first()).sort(
        "caller", "access_key", "machine"
    )
    writers = writers.with_row_index("writer")
    return conform(writers.cast({"writer": NUMBER}), WRITERS)


def with_writer(rows: pl.DataFrame, writers: pl.DataFrame) -> pl.DataFrame:
    """`rows` of calls with their `writer`; null where `writers` has them not."""
    on = ["caller", "access_key", "machine"]
    known = writers.with_columns(machine=machine()).select(*on, "writer")
    return rows.with_columns(machine=machine()).join(
        known, on=on, how="left", nulls_equal=True, maintain_order="left"
    )


def _births(calls: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """`store, namespace, born_at, known_at`: the first calls on each namespace and store of which no error is known.

    Args:
        calls: CALLS.
        rows: what `_rows` gives: on their namespaces.
    """
    stores = rows["store"].drop_nulls().unique().implode()
    namespaces = rows.select(namespace_of_key()).to_series().drop_nulls().unique().implode()
    # The namespace is cut out of each key once, not of each call.
    keys = calls.select(pl.col("key").unique()).filter(namespace_of_key().is_in(namespaces))
    known = calls.lazy().filter(
        (pl.col("effect") != "read") & pl.col("store").is_in(stores) & pl.col("ok").fill_null(value=True)
    )
    begun = known.group_by("store").agg(known_at=_seconds().min())
    firsts = known.filter(pl.col("key").is_in(keys["key"].implode())).group_by("store", "key")
    return (
        firsts.agg(pl.col("at").min())
        .with_columns(namespace=namespace_of_key())
        .group_by("store", "namespace")
        .agg(born_at=_seconds().min())
        .join(begun, on="store")
        .collect()
    )


def _table(rows: pl.DataFrame, writers: pl.DataFrame, births: pl.DataFrame) -> pl.DataFrame:
    whole = ~pl.col("part").fill_null(value=False)
    one = rows.group_by("event_id", maintain_order=True).agg(
        pl.col("store", "api", "at", "ok", *_WHO).first(),
        key=pl.col("key").drop_nulls().first(),
        size=whole.sum().cast(COUNT),
        puts=(whole & (pl.col("effect") == "put")).sum().cast(COUNT),
    )
    table = (
        with_writer(one, writers)
        .with_columns(namespace=namespace_of_key())
        .join(births, on=["store", "namespace"], how="left", maintain_order="left")
        .with_columns(
            first=_of_the_first_run().fill_null(value=False),
            known=(pl.col("at") - pl.col("known_at") > _KNOWN).fill_null(value=False),
        )
        .sort("at", "event_id")
        .with_row_index("attempt")
        .cast({"attempt": NUMBER})
    )
    return conform(table, ATTEMPTS)


def _of_the_first_run() -> pl.Expr:
    """Whether a call belongs to the run that made the first one on its namespace: it may have several operations."""
    first = pl.col("writer").filter(pl.col("at") <= pl.col("born_at")).first().over("store", "namespace")
    return (pl.col("at") <= pl.col("born_at") + _PAUSE) & (pl.col("writer") == first)


def _lanes(needs: pl.DataFrame) -> pl.DataFrame:
    lanes = needs.select("store", "key", "namespace", "effect").unique(maintain_order=True)
    return conform(lanes.with_row_index("lane").cast({"lane": NUMBER}), LANES)


def _keys(rows: pl.DataFrame, table: pl.DataFrame, lanes: pl.DataFrame) -> pl.DataFrame:
    whole = rows.filter(~pl.col("part").fill_null(value=False)).with_columns(namespace=namespace_of_key())
    exact = whole.join(lanes.filter(pl.col("key").is_not_null()), on=["store", "key", "effect"])
    named = lanes.filter(pl.col("key").is_null())
    parts = [exact] if named.is_empty() else [exact, *_of_namespaces(whole, named)]
    on_lanes = pl.concat(part.select("event_id", "lane", "effect") for part in parts)
    keys = (
        on_lanes.group_by("event_id", "lane")
        .agg(names=pl.len().cast(COUNT), puts=(pl.col("effect") == "put").sum().cast(COUNT))
        .join(table.select("event_id", "attempt", "at", "writer"), on="event_id")
        .sort("lane", "writer", "at")
        .with_columns(
            run=(
                (pl.col("lane") != pl.col("lane").shift())
                | (pl.col("writer") != pl.col("writer").shift())
                | (pl.col("at") - pl.col("at").shift() > _PAUSE)
            )
            .fill_null(value=True)
            .cum_sum()
            .cast(COUNT)
        )
        .sort("lane", "at", "attempt")
    )
    return conform(keys, ATTEMPT_KEYS)


def _of_namespaces(whole: pl.DataFrame, named: pl.DataFrame) -> list[pl.DataFrame]:
    """The rows on the lanes of operations that name no key: of their namespaces, and of any list."""
    in_store = named.filter(pl.col("store").is_not_null())
    of_store = whole.join(in_store, on=["store", "namespace", "effect"])
    every_list = whole.filter(pl.col("key").str.ends_with(ANY_LIST[1:]))
    lists_of_store = every_list.join(
        in_store.filter(pl.col("namespace") == "*").drop("namespace"), on=["store", "effect"]
    )
    anywhere = named.filter(pl.col("store").is_null())
    of_any = whole.join(anywhere, on=["namespace", "effect"])
    lists = every_list.join(anywhere.filter(pl.col("namespace") == "*").drop("namespace"), on="effect")
    return [of_store, of_any, lists_of_store, lists]
