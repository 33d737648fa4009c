"""Reports and events without credentials: what every format is given instead of what was found."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from analyzer.redaction.key_lines import KeyLines
from analyzer.redaction.redact import redacted_series
from analyzer.redaction.table import redacted_table, redacted_tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from analyzer.reports.report import Report
    from analyzer.trail.calls.store_changes import StoreChange
    from analyzer.trail.report import TrailReport


def redacted_report(report: Report) -> Report:
    """The report with every table redacted. A command that would be another one then is left out."""
    tables = _tables(report)
    same = (tables["settle"]["command"] == report.settle["command"]).fill_null(value=False)
    settle = tables["settle"].with_columns(command=pl.when(same).then("command"))
    named = _texts(tuple(word for word, _ in report.unread))
    unread = tuple(zip(named, _texts(tuple(reason for _, reason in report.unread)), strict=True))
    return replace(report, **{**tables, "settle": settle, "unread": unread})


def redacted_trail(report: TrailReport) -> TrailReport:
    """The same for the report of a trail."""
    return replace(
        report,
        **_tables(report),
        accounts=_texts(report.accounts),
        regions=_texts(report.regions),
        store_changes=tuple(map(_store_change, report.store_changes)),
    )


def redacted_events(batches: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """EVENTS, batch by batch, redacted; a private key may begin in one batch and end in another."""
    keys = KeyLines()
    for batch in batches:
        yield redacted_table(keys.without(batch))


def _tables(report: Report | TrailReport) -> dict[str, Any]:
    found = {field.name: getattr(report, field.name) for field in fields(report)}
    return dict(
        redacted_tables({name: table for name, table in found.items() if isinstance(table, pl.DataFrame)})
    )


def _texts(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(redacted_series(pl.Series(texts, dtype=pl.String)))


def _store_change(change: StoreChange) -> StoreChange:
    named = ("store", "name", "imported", "caller", "source")
    texts = redacted_series(pl.Series([getattr(change, name) for name in named], dtype=pl.String))
    return change._replace(**dict(zip(named, texts, strict=True)))
