"""Aligns every deploy with the trail: those whose logs have times, and those without.

In come WRITES, DEPLOYS and CALLS, out goes one `Alignment`. `align` and `untimed` do the work.
"""

from __future__ import annotations

import polars as pl

from analyzer.verdicts.alignment.align import Alignment, align
from analyzer.verdicts.alignment.untimed import align_untimed


def align_every(writes: pl.DataFrame, deploys: pl.DataFrame, calls: pl.DataFrame) -> Alignment:
    """The alignment of all deploys that have writes, in the order of the deploys.

    Args:
        writes: WRITES.
        deploys: DEPLOYS.
        calls: CALLS.
    """
    untimed = align_untimed(writes, deploys, calls)
    without_times = untimed.table["deploy"].implode()
    timed = align(writes.filter(~pl.col("deploy").is_in(without_times)), deploys, calls)
    order = deploys.select(deploy="id").with_row_index("order")
    tables = (
        pl.concat(both).join(order, on="deploy", how="left").sort("order", maintain_order=True).drop("order")
        for both in (
            (timed.table, untimed.table),
            (timed.writers, untimed.writers),
            (timed.states, untimed.states),
        )
    )
    table, writers, states = tables
    return Alignment(table, pl.concat([timed.times, untimed.times]), writers, states)
