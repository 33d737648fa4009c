"""What reads of a list show: SST reads it before it writes it.

A read by the deploy's own writer within one operation's time shows that the operation ran then, though no write
followed. Where a deploy is aligned by one operation alone and another principal read the list within its time, that
other may be the deploy, whose write was dropped (docs/facts/alignment.md#1-event-logs-the-estimator).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from analyzer.verdicts.alignment.attempts import with_writer
from analyzer.verdicts.columns import NUMBER
from analyzer.verdicts.within import within

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from analyzer.verdicts.alignment.attempts import Attempts
    from analyzer.verdicts.alignment.decide import Placed
    from analyzer.verdicts.alignment.fit import Fit
    from analyzer.verdicts.alignment.operations import Operations


_SOON = 30.0
"""Seconds after its read within which SST has written the list, with all its tries."""


class Reads:
    """The reads of the lists that operations write."""

    def __init__(self, calls: pl.DataFrame, ops: Operations, found: Attempts) -> None:
        routes = ops.table.filter("route").select("number", "deploy", "start", "end")
        lists = ops.needs.select("number", "store", "key").unique(maintain_order=True)
        self._lists = lists.drop_nulls().join(routes, on="number", maintain_order="left")
        if self._lists.is_empty():
            self._reads = self._lists
            return
        keys = self._lists["key"].unique().implode()
        reads = (
            calls.lazy()
            .filter((pl.col("api") == "GetKey") & pl.col("key").is_in(keys))
            .select(
                "store",
                "key",
                "caller",
                "access_key",
                "source_ip",
                at=pl.col("at").dt.epoch("us") / 1_000_000,
            )
            .collect()
        )
        named = with_writer(reads, found.writers).select("store", "key", "caller", "writer", "at")
        self._reads = _with_writes(named, found)

    def own(self, fits: Iterable[tuple[str, Fit]]) -> dict[str, set[int]]:
        """Of each deploy, with where it lies: the operations within whose time alone its writers read their list."""
        placed = list(fits)
        if not placed or self._lists.is_empty():
            return {}
        found = self._theirs(placed)
        alone = found.filter(pl.col("number").n_unique().over("deploy", "read") == 1)
        by_deploy: dict[str, set[int]] = {}
        for deploy, number in alone.select("deploy", "number").unique().iter_rows():
            by_deploy.setdefault(deploy, set()).add(number)
        return by_deploy

    def _theirs(self, fits: Iterable[tuple[str, Fit]]) -> pl.DataFrame:
        """The reads by each deploy's own writers within the time of its operations on that list."""
        rows = [(deploy, writer, *fit.span) for deploy, fit in fits for writer in fit.writers]
        return self._within(rows, {"writer": NUMBER}, "deploy").filter(pl.col("writer") == pl.col("by"))

    def doubtful(self, places: Mapping[str, Placed], callers: Sequence[str | None]) -> dict[str, Placed]:
        """The deploys that are aligned by one operation, in whose time another principal read its list.

        Not one that tried to write it thereafter: that one's calls were looked at. Nor another deploy of which the log
        shows that it ran then.
        """
        rows = [
            (
                *place.best.fit.taken,
                callers[place.best.fit.writers[0]],
                *place.best.fit.span,
            )
            for place in places.values()
            if place.state == "aligned" and place.best is not None
            if place.best.fit.matched == 1 and not place.best.fit.fixed
        ]
        if not rows or self._lists.is_empty():
            return {}
        found = self._within(rows, {"own": pl.String()}, "number")
        others = found.filter(pl.col("caller").ne_missing(pl.col("own")) & ~pl.col("wrote"))
        if not others.is_empty():
            aligned = [
                (place.deploy, place.best.fit)
                for place in places.values()
                if place.state == "aligned" and place.best is not None
            ]
            others = others.join(self._theirs(aligned).select("read"), on="read", how="anti")
        return {
            deploy: replace(places[deploy], state="ambiguous", doubt="reader")
            for deploy in others["deploy"].unique().to_list()
        }

    def _within(
        self, rows: Sequence[tuple[object, ...]], more: dict[str, pl.DataType], on: str
    ) -> pl.DataFrame:
        """The reads of lists within the time of the operations of `rows`: `ON, ..., least offset, largest`."""
        key = {on: self._lists.schema[on]}
        schema = {**key, **more, "least": pl.Float64(), "most": pl.Float64()}
        placed = pl.DataFrame(rows, schema, orient="row").join(self._lists, on=on, maintain_order="left")
        spans = placed.with_columns(
            low=pl.col("start") - pl.col("most") - 1, high=pl.col("end") - pl.col("least") + 1
        )
        reads = self._reads.rename({"writer": "by"}).with_row_index("read")
        return within(spans, reads, ["store", "key"])


def _with_writes(reads: pl.DataFrame, found: Attempts) -> pl.DataFrame:
    """`reads` with `wrote`: whether their writer tried to write the list soon after."""
    lanes = found.lanes.filter(pl.col("key").is_not_null()).select("lane", "store", "key")
    attempts = (
        found.keys.select("lane", "attempt", wrote_at="at")
        .join(lanes, on="lane")
        .join(found.table.select("attempt", "writer"), on="attempt")
    )
    on = ["store", "key", "writer"]
    joined = reads.sort("at").join_asof(
        attempts.select(*on, "wrote_at").sort("wrote_at"),
        left_on="at",
        right_on="wrote_at",
        by=on,
        strategy="forward",
        tolerance=_SOON,
        check_sortedness=False,
    )
    return joined.with_columns(wrote=pl.col("wrote_at").is_not_null()).drop("wrote_at")
