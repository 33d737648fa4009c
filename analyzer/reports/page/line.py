"""The line of a store: the stretch of its chain that is drawn, one row for each change that the store accepted.

In come CHAIN and CALLS, which may hold a million rows: they are cut to the stretch first, and redacted then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.redaction.table import redacted_tables

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from analyzer.reports.report import Background

_FEW = 3  # keys of one call that are named


def line(
    background: Background, store: str, named: Collection[str], span: tuple[datetime, datetime] | None
) -> pl.DataFrame:
    """The changes of `store` in `span` and those in `named`, with all between them and one more on each side.

    Columns: `place` (from 0), `event_id, at, if_match, etag, run, linked` (made on the one before it), `api, caller,
    effects, keys` (the first), `count` (of keys).

    Args:
        background: of the report.
        store: its ARN.
        named: events that are in it in any case.
        span: between which times all are.
    """
    chain = background.chain.filter(pl.col("store") == store).with_row_index("at_row")
    wanted = pl.col("event_id").is_in(list(named))
    if span is not None:
        wanted |= pl.col("at").is_between(*span)
    hits = chain.filter(wanted)["at_row"]
    if hits.len():
        low, high = int(str(hits.min())) - 1, int(str(hits.max())) + 1
    elif span is not None:
        low = chain.filter(pl.col("at") < span[0]).height - 1
        high = low + 1
    else:
        low, high = chain.height - _FEW, chain.height
    low = max(low, 0)
    stretch = chain.slice(low, high - low + 1)
    calls = (
        background.calls.lazy()
        .filter(pl.col("store") == store)
        .join(stretch.lazy().select("event_id"), on="event_id", how="semi")
        .group_by("event_id")
        .agg(
            pl.col("api", "caller").first(),
            effects=pl.col("effect").unique(maintain_order=True),
            keys=pl.col("key").drop_nulls().head(_FEW),
            count=pl.len(),
        )
        .collect()
    )
    drawn = (
        stretch.join(calls, on="event_id", how="left", maintain_order="left")
        .select("event_id", "at", "if_match", "etag", "run", "api", "caller", "effects", "keys", "count")
        .with_row_index("place")
        .with_columns(linked=(pl.col("run") == pl.col("run").shift()).fill_null(value=True))
    )
    return redacted_tables({"line": drawn})["line"]


def others(
    background: Background,
    store: str,
    named: Collection[str],
    spans: Collection[tuple[datetime, datetime]],
) -> pl.DataFrame:
    """The reads and the calls in `named` that changed nothing: one row for each call of `store`.

    Columns: `event_id, at, api, caller, effects, keys, count, ok, error_code, if_match`.

    Args:
        background: of the report.
        store: its ARN.
        named: calls to give in any case.
        spans: reads are only given that lie within one of them.
    """
    reads = pl.lit(value=False)
    for low, high in spans:
        reads |= pl.col("at").is_between(low, high)
    reads &= pl.col("effect") == "read"
    found = (
        background.calls.lazy()
        .filter((pl.col("store") == store) & (pl.col("event_id").is_in(list(named)) | reads))
        .filter(~(pl.col("ok").fill_null(value=False) & (pl.col("effect") != "read")))
        .filter(pl.col("api") != "DescribeKeyValueStore")
        .group_by("event_id", maintain_order=True)
        .agg(
            pl.col("at", "api", "caller", "ok", "error_code", "if_match").first(),
            effects=pl.col("effect").unique(maintain_order=True),
            keys=pl.col("key").drop_nulls().head(_FEW),
            count=pl.len(),
        )
        .sort("at", "event_id")
        .collect()
    )
    return redacted_tables({"others": found})["others"]
