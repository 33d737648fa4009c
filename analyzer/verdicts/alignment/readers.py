"""Who else read a list while a deploy's only matched operation wrote it: then the write may be another deploy's.

SST reads a list before it writes it. Where the deploy's own write was dropped, its read remains, and the call that
fits is another's (docs/facts/alignment.md#1-event-logs-the-estimator).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from analyzer.verdicts.columns import NUMBER
from analyzer.verdicts.within import within

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.verdicts.alignment.decide import Placed
    from analyzer.verdicts.alignment.operations import Operations


class Readers:
    """The reads of the lists that operations write."""

    def __init__(self, calls: pl.DataFrame, ops: Operations) -> None:
        routes = ops.table.filter("route").select("number", "start", "end")
        self._lists = ops.needs.join(routes, on="number").drop_nulls(["store", "key"])
        keys = self._lists["key"].unique().implode()
        self._reads = (
            calls.lazy()
            .filter((pl.col("api") == "GetKey") & pl.col("key").is_in(keys))
            .select("store", "key", "caller", at=pl.col("at").dt.epoch("us") / 1_000_000)
            .collect()
        )

    def doubtful(self, places: Mapping[str, Placed], callers: Sequence[str | None]) -> dict[str, Placed]:
        """The deploys that are aligned by one operation, in whose time another principal read its list."""
        lone = [
            (deploy, *place.best.fit.taken, callers[place.best.fit.writers[0]], place.best.fit.low, place.best.fit.high)
            for deploy, place in places.items()
            if place.state == "aligned" and place.best is not None and place.best.fit.matched == 1
            and not place.best.fit.fixed
        ]  # fmt: skip
        schema = {
            "deploy": pl.String(),
            "number": NUMBER,
            "own": pl.String(),
            "least": pl.Float64(),
            "most": pl.Float64(),
        }
        windows = pl.DataFrame(lone, schema, orient="row").join(self._lists, on="number")
        spans = windows.select(
            "deploy",
            "own",
            "store",
            "key",
            low=pl.col("start") - pl.col("most") - 1,
            high=pl.col("end") - pl.col("least") + 1,
        )
        others = within(spans, self._reads, ["store", "key"]).filter(
            pl.col("caller").ne_missing(pl.col("own"))
        )
        return {
            deploy: replace(places[deploy], state="ambiguous", doubt="reader")
            for deploy in others["deploy"].unique().to_list()
        }
