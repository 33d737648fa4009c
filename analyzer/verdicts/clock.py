"""How far the clock of a deploy's log is from CloudTrail's, told by the calls that the deploy surely made.

Such a call happened within one of the operations on its key, whatever the clocks say. Both times are whole seconds,
cut off, so a call recorded at `at`, of operations of which the first began at `start` and the last ended at `end`,
says that the log's clock is behind by more than `at - end - 1 s` and by less than `at + 1 s - start`. All calls of a
deploy together leave a narrow span. An operation that ended in the second `end` ended before the next one: its calls
are recorded at `end` and the most that is left, at the latest.
"""

from __future__ import annotations

import polars as pl

from analyzer.tables import TIME
from analyzer.verdicts.within import within

_SECOND = pl.duration(seconds=1)


def by_the_clock(writes: pl.DataFrame, pairs: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """`writes` with `low` and `high` no wider than what its deploy's own calls leave of the clocks' difference.

    Where no call tells of it, or where two contradict each other, they stay as they are; `clock_known` says which.

    Args:
        writes: WRITES with `windows`.
        pairs: what `match.candidates` gives.
        calls: what `match.ordered_calls` gives.
    """
    told = (
        _own(writes, pairs, calls)
        .group_by("deploy", "call")
        .agg(pl.col("at").first(), pl.col("start").min(), pl.col("end").max())
        .group_by("deploy")
        .agg(
            least=(pl.col("at") - pl.col("end")).max() - _SECOND,
            most=(pl.col("at") - pl.col("start")).min() + _SECOND,
        )
        .filter(pl.col("least") <= pl.col("most"))
    )
    low = pl.max_horizontal("low", (pl.col("start") + pl.col("least")).cast(TIME))
    high = pl.min_horizontal("high", (pl.col("end") + pl.col("most")).cast(TIME))
    known = pl.col("least").is_not_null()
    return (
        writes.join(told, on="deploy", how="left", maintain_order="left")
        .with_columns(clock_known=known)
        .with_columns(
            low=pl.when("clock_known").then(low).otherwise("low"),
            high=pl.when("clock_known").then(high).otherwise("high"),
        )
        .drop("least", "most")
    )


def _own(writes: pl.DataFrame, pairs: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """Pairs of a write and a call, tried or read for it, that its deploy made: `deploy, call, at, start, end`.

    A deploy's writers are those of the calls that answer for one write and could answer for no other.
    """
    tried = pairs.select("write", "call", "at", "writer", "start", "end")
    asked = writes.select("store", "key", "low", "high", "start", "end", write="id")
    reads = calls.filter(pl.col("api") == "GetKey").select("store", "key", "call", "at", "writer")
    claims = pl.concat([tried, within(asked, reads, ["store", "key"]).select(tried.columns)]).join(
        writes.select("deploy", write="id"), on="write"
    )
    one_deploy = claims.filter(pl.col("deploy").n_unique().over("call") == 1)
    good = pairs.filter("ok").select("write", "call")
    alone = good.filter((pl.len().over("write") == 1) & (pl.len().over("call") == 1))
    writers = one_deploy.join(alone, on=["write", "call"], how="semi").select("deploy", "writer").unique()
    return one_deploy.join(writers, on=["deploy", "writer"], how="semi")
