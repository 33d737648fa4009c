"""How many write attempts of a writer lie within a deploy, whatever keys they name: what no operation takes is extra.

An attempt of which not all keys can be read may be that of an operation, and is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.verdicts.alignment.attempts import with_writer
from analyzer.verdicts.columns import NUMBER
from analyzer.verdicts.ranges import ranges

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.verdicts.alignment.attempts import Attempts

Query = tuple[int, str, float, float]
"""A writer, a store, and the first and the last second."""


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
        self._records = (
            with_writer(records, found.writers).select("writer", "store", "at").sort("writer", "store", "at")
        )

    def counts(self, queries: Sequence[Query]) -> list[int]:
        """How many attempts answer each query."""
        schema = {"writer": NUMBER, "store": pl.String(), "low": pl.Float64(), "high": pl.Float64()}
        windows = pl.DataFrame(queries, schema, orient="row")
        found = ranges(windows, self._records, ["writer", "store"])
        return (found["past"] - found["first"]).to_list()
