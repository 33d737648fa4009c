"""Events → the writes that a deploy intended: every operation of every kind of resource that writes keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.resources.registry import kinds
from analyzer.resources.shown import is_of
from analyzer.tables import WRITES, conform, empty
from analyzer.writes.console import base_name, said_entries
from analyzer.writes.operations import operations

if TYPE_CHECKING:
    from datetime import datetime


def intended_writes(
    events: pl.DataFrame,
    deploys: pl.DataFrame,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> pl.DataFrame:
    """WRITES, in the order of the logs; the writes of one operation are ordered by key.

    Args:
        events: EVENTS.
        deploys: DEPLOYS.
        since: when the deploys began, for logs that hold no times.
        until: when they ended, for logs that hold no times.
    """
    order = deploys.select(deploy="id").with_row_index("rank")
    texts = deploys.filter(pl.col("form") == "text")["id"].to_list()
    entries = said_entries(events.filter(pl.col("deploy").is_in(texts)))
    tables = []
    shown = events.select(is_of(kind).any().alias(kind.TYPE) for kind in kinds()).row(0, named=True)
    for kind in kinds():
        if not shown[kind.TYPE]:
            continue
        ran = (
            operations(events, deploys, kind)
            .with_columns(base=base_name(pl.col("name")), type=pl.lit(kind.TYPE))
            .join(entries, on=["deploy", "base"], how="left", maintain_order="left")
            .with_row_index("operation")
            .with_columns(pl.col("operation").cast(pl.Int64))
        )
        if ran.is_empty():
            continue
        exact, derived = ran.filter(pl.col("exact")), ran.filter(~pl.col("exact"))
        drafts = pl.concat(
            of_form(part)
            for of_form, part in ((kind.exact, exact), (kind.derived, derived))
            if not part.is_empty()
        )
        tables.append(drafts.join(ran.drop("entry"), on="operation", how="inner"))
    if not tables:
        return empty(WRITES)
    writes_found = pl.concat(tables)
    if writes_found.is_empty():
        return empty(WRITES)
    numbered = (
        writes_found.join(order, on="deploy", how="left")
        .sort("rank", "order", "type", "operation", "key", "action")
        .with_columns(operation=pl.struct("type", "operation").rle_id().cast(pl.Int64))
        .with_row_index("number", offset=1)
        .with_columns(
            id=pl.format("w{}", "number"),
            start=_start(since),
            end=_end(until),
        )
    )
    return conform(numbered, WRITES)


_FLUSHED: Final = pl.col("times") == "flushed"
_BEFORE: Final = 5
"""Seconds by which a display may have begun before its `Duration:` (docs/facts/alignment.md#2-ci-stamps)."""


def _start(since: datetime | None) -> pl.Expr:
    """When the operation began: by its own event; else, if it ended, when the log began; else as the user says.

    Where all output was held back, it may be any time since the deploy began; null where the log has no `Duration:`.
    """
    ran = pl.duration(seconds=pl.col("duration") + _BEFORE)
    held_back = (pl.col("deploy_ended") - ran).cast(WRITES["start"])
    log_began = pl.when(pl.col("end").is_not_null()).then("deploy_began")
    said = pl.lit(since, dtype=WRITES["start"])
    own = pl.when(_FLUSHED.fill_null(value=False)).then(held_back).otherwise(pl.coalesce("start", log_began))
    return pl.coalesce(own, said)


def _end(until: datetime | None) -> pl.Expr:
    """When the operation ended: by its own event; else, if it began, when the log did; else as the user says.

    Where all output was held back, it had ended when that was printed.
    """
    log_ended = pl.when(pl.col("start").is_not_null()).then("deploy_ended")
    printed = pl.when(pl.col("duration").is_not_null()).then("deploy_ended")
    own = pl.when(_FLUSHED.fill_null(value=False)).then(printed).otherwise(pl.coalesce("end", log_ended))
    return pl.coalesce(own, pl.lit(until, dtype=WRITES["end"]))
