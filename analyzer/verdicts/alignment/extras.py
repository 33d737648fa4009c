"""How many write attempts of a writer lie within a deploy, whatever keys they name: what no operation takes is extra.

An attempt of which not all keys can be read may be that of an operation, and is none. Nor is a purge: an update of
which the log does not tell the keys deletes whatever else it finds in its namespace, in calls of their own
(docs/facts/sst-output.md#42-calls-per-operation).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.verdicts.alignment.attempts import namespace_of_key, with_writer
from analyzer.verdicts.columns import NUMBER
from analyzer.verdicts.ranges import ranges

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.verdicts.alignment.attempts import Attempts

Query = tuple[int, str, float, float, frozenset[str]]
"""A writer, a store, the first and the last second, and the namespaces that the deploy purges."""

_WINDOW = {"writer": NUMBER, "store": pl.String(), "low": pl.Float64(), "high": pl.Float64()}


class Activity:
    """The write records of the writers that may be a deploy's, on all keys."""

    def __init__(self, calls: pl.DataFrame, found: Attempts) -> None:
        stores = found.table["store"].unique().implode()
        callers = found.writers["caller"].unique().implode()
        unread = (
            calls.filter((pl.col("effect") != "read") & pl.col("key").is_null())["event_id"]
            .unique()
            .implode()
        )
        columns = ["event_id", "store", "at", "caller", "access_key", "source_ip"]
        records = (
            calls.lazy()
            .filter((pl.col("effect") != "read") & pl.col("store").is_in(stores))
            .filter(pl.col("caller").is_in(callers, nulls_equal=True) & ~pl.col("event_id").is_in(unread))
            .select(columns)
            .filter((pl.col("event_id") != pl.col("event_id").shift()).fill_null(value=True))
            .unique("event_id")
            .with_columns(at=pl.col("at").dt.epoch("us") / 1_000_000)
            .collect()
        )
        timed = with_writer(records, found.writers)
        self._records = timed.select("writer", "store", "at").sort("writer", "store", "at")
        self._purges = (
            timed.join(_purges(calls), on="event_id")
            .select("writer", "store", "namespace", "at")
            .sort("writer", "store", "namespace", "at")
        )

    def counts(self, queries: Sequence[Query]) -> list[int]:
        """How many attempts answer each query."""
        windows = pl.DataFrame([query[:4] for query in queries], _WINDOW, orient="row")
        found = ranges(windows, self._records, ["writer", "store"])
        counts = (found["past"] - found["first"]).to_list()
        purging = [
            (number, *query[:4], namespace)
            for number, query in enumerate(queries)
            for namespace in sorted(query[4])
        ]
        if purging:
            schema = {"query": pl.Int64(), **_WINDOW, "namespace": pl.String()}
            spans = pl.DataFrame(purging, schema, orient="row")
            purges = ranges(spans, self._purges, ["writer", "store", "namespace"])
            for number, count in zip(spans["query"], purges["past"] - purges["first"], strict=True):
                counts[number] -= count
        return counts


def _purges(calls: pl.DataFrame) -> pl.DataFrame:
    """`event_id, namespace` of the records that name nothing but keys of one namespace to delete."""
    keys = calls.select("event_id", "effect", "key")
    deletes = keys.filter(pl.col("effect") == "delete")["event_id"].unique().implode()
    named = keys.filter(pl.col("event_id").is_in(deletes)).with_columns(namespace=namespace_of_key())
    return (
        named.group_by("event_id")
        .agg(
            pl.col("namespace").first(),
            one=(pl.col("effect") == "delete").all() & (pl.col("namespace").n_unique() == 1),
        )
        .filter("one")
        .select("event_id", "namespace")
    )
