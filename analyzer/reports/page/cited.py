"""The calls that the evidence of a report names, and the store of each write, also where only these show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from analyzer.reports.report import Report


def cited(report: Report) -> pl.DataFrame:
    """A row for each line of evidence that names a call of the trail.

    `write, order, kind, detail, event` and of the call `store, called_at, ok, effect` (`read` where it wrote nothing).
    """
    lines = report.evidence.filter(pl.col("source").str.contains("#", literal=True)).select(
        "write", "order", "kind", "detail", event=pl.col("source").str.split("#").list.last()
    )
    calls = (
        report.background.calls.filter(pl.col("event_id").is_in(lines["event"].unique().implode()))
        .select("event_id", "store", "ok", "effect", called_at="at")
        .unique("event_id", keep="first", maintain_order=True)
    )
    return lines.join(calls, left_on="event", right_on="event_id", how="inner", maintain_order="left")


def with_home(writes: pl.DataFrame, named: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """`writes` with `home`: the ARN of the store in which they are drawn; null where nothing shows it.

    Args:
        writes: of the report.
        named: what `cited` gave.
        calls: CALLS.
    """
    answered = calls.filter(pl.col("event_id").is_in(writes["event_id"].drop_nulls().unique().implode()))
    by_event = answered.group_by("event_id").agg(by_call=pl.col("store").first())
    by_evidence = named.sort("order").group_by("write").agg(by_evidence=pl.col("store").first())
    return (
        writes.join(by_event, on="event_id", how="left", maintain_order="left")
        .join(by_evidence, left_on="id", right_on="write", how="left", maintain_order="left")
        .with_columns(home=pl.coalesce("store", "by_call", "by_evidence"))
        .drop("by_call", "by_evidence")
    )
