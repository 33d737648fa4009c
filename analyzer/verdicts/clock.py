"""How far the clock of a deploy's log is from CloudTrail's, told by the calls that only one write can claim.

Such a call happened within its operation, whatever the clocks say. Both times are whole seconds, cut off, so a call
recorded at `at` of an operation from `start` to `end` says that the log's clock is behind by more than
`at - end - 1 s` and by less than `at + 1 s - start`. All calls of a deploy together leave a narrow span.
"""

from __future__ import annotations

import polars as pl

from analyzer.tables import TIME

_SECOND = pl.duration(seconds=1)


def by_the_clock(writes: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """`writes` with `low` and `high` no wider than what its deploy's own calls leave of the clocks' difference.

    Where no call tells of it, or where two contradict each other, they stay as they are.

    Args:
        writes: WRITES with `windows`.
        pairs: what `match.candidates` gives.
    """
    good = pairs.filter("ok")
    alone = good.filter((pl.len().over("write") == 1) & (pl.len().over("call") == 1))
    told = (
        alone.join(writes.select("deploy", write="id"), on="write")
        .group_by("deploy")
        .agg(
            least=(pl.col("at") - pl.col("end")).max() - _SECOND,
            most=(pl.col("at") - pl.col("start")).min() + _SECOND,
        )
        .filter(pl.col("least") <= pl.col("most"))
    )
    low = pl.max_horizontal("low", (pl.col("start") + pl.col("least")).cast(TIME))
    high = pl.min_horizontal("high", (pl.col("end") + _SECOND + pl.col("most")).cast(TIME))
    known = pl.col("least").is_not_null()
    return (
        writes.join(told, on="deploy", how="left", maintain_order="left")
        .with_columns(
            low=pl.when(known).then(low).otherwise("low"), high=pl.when(known).then(high).otherwise("high")
        )
        .drop("least", "most")
    )
