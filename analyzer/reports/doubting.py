"""Why writes cannot be judged, as text: what the evidence says of them, each line once with the number of writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.reports.canvas import WHOLE, openable

if TYPE_CHECKING:
    from analyzer.reports.canvas import Canvas
    from analyzer.reports.report import Report

_FEW = 5


def tell_doubts(canvas: Canvas, report: Report) -> None:
    """Below the table of the writes in doubt; nothing where there are none."""
    doubts = report.writes.filter(pl.col("verdict") == "unverifiable")
    said = (
        report.evidence.filter(pl.col("write").is_in(doubts["id"].implode()) & (pl.col("kind") != "log"))
        .drop_nulls("detail")
        .sort("order", maintain_order=True)
        .group_by("at", "detail", "source", maintain_order=True)
        .len()
    )
    for number, (at, detail, source, count) in enumerate(said.head(canvas.most(_FEW)).iter_rows()):
        when = "" if at is None else f"{at:%Y-%m-%d %H:%M:%SZ} "
        of = f" ({count} writes)" if count > 1 else ""
        where = "" if source in (None, "trail") else openable(str(source))
        canvas.labelled("" if number else "why", [(f"{when}{detail}{of}", where)], indent=0, width=3)
    if said.height > canvas.most(_FEW):
        canvas.line(f"... and {said.height - _FEW} more; {WHOLE}", indent=4)
    _likely_landed(canvas, doubts)


def _likely_landed(canvas: Canvas, doubts: pl.DataFrame) -> None:
    """Why writes in doubt probably landed. Why others probably did not, a finding says."""
    likely = doubts.filter(pl.col("leaning") == "landed").drop_nulls("leaning_reason")
    reasons = likely.group_by("leaning_reason", maintain_order=True).len()
    for reason, count in reasons.head(canvas.most(_FEW)).iter_rows():
        canvas.line(f"{count} probably landed: {reason}.")
