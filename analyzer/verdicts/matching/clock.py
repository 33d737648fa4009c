"""The windows of writes, as narrow as the known difference of the clocks allows.

In come WINDOWS, out goes CLOCK_WINDOWS. Where a deploy is aligned with the trail, its operations are in the trail's
time but for `slack`. eventTime and the log's times are whole seconds, cut off: a call within the operation may look
another second away.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from analyzer.tables import TIME, conform
from analyzer.verdicts.matching.tables import CLOCK_WINDOWS

LOOSE: Final = pl.duration(seconds=2)


def by_the_clock(writes: pl.DataFrame) -> pl.DataFrame:
    """CLOCK_WINDOWS: `writes` with windows narrowed to their own time and the slack of the clocks.

    Where the difference of the clocks is not known, they stay as they are; `clock_known` says which.

    Args:
        writes: WINDOWS.
    """
    known = pl.col("slack").is_not_null()
    margin = pl.duration(seconds=pl.col("slack") + 1)
    low = pl.max_horizontal("low", (pl.col("start") - margin).cast(TIME))
    high = pl.min_horizontal("high", (pl.col("end") + margin).cast(TIME))
    narrowed = writes.with_columns(
        clock_known=known,
        low=pl.when(known).then(low).otherwise("low"),
        high=pl.when(known).then(high).otherwise("high"),
    )
    return conform(narrowed, CLOCK_WINDOWS)


def loosened(narrowed: pl.DataFrame) -> pl.DataFrame:
    """CLOCK_WINDOWS, each two seconds wider at both ends: so far a clock may be off that looks right.

    Args:
        narrowed: CLOCK_WINDOWS.
    """
    return narrowed.with_columns(
        low=(pl.col("low") - LOOSE).cast(TIME), high=(pl.col("high") + LOOSE).cast(TIME)
    )
