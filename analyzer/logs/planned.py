"""Steps of which only the end of a log says that they were planned: that of `sst diff` without its header.

SST prints the same verbs for a diff and a deploy; `✓  Generated` is said by a diff alone
(docs/facts/sst-output.md#2-terminal-output).
"""

from __future__ import annotations

import polars as pl

_STEPS = ("started", "done", "failed")


def with_plans(events: pl.DataFrame) -> pl.DataFrame:
    """EVENTS in which the steps up to a preview's result, back to the result before it, are planned."""
    ends = (pl.col("kind") == "summary") & (pl.col("fact") == "result")
    result = pl.when(ends.fill_null(value=False)).then(pl.col("planning").fill_null(value=False))
    if not events.select(result.any()).item():
        return events
    planned = result.backward_fill().over("deploy", order_by="line").fill_null(value=False)
    return events.with_columns(
        planning=pl.when(planned & pl.col("kind").is_in(_STEPS))
        .then(pl.lit(value=True))
        .otherwise("planning")
    )
