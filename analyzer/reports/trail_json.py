"""What is in hand of a trail, for programs: a JSON document, or its calls as lines of JSON or as Parquet.

The shape only gains members within `lostwrite.trail/v1`. Unknown is null; times are RFC 3339 in UTC.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import polars as pl

from analyzer.reports.clean import json_safe
from analyzer.reports.parquet import parquet_file
from analyzer.reports.times import rfc3339
from analyzer.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from typing import BinaryIO

    from analyzer.trail.calls.store_changes import StoreChange
    from analyzer.trail.report import TrailReport

SCHEMA = "lostwrite.trail/v1"
_SLICE = 50_000


def render(report: TrailReport) -> str:
    """The report as an indented JSON document."""
    text = msgspec.json.format(msgspec.json.encode(document(report)), indent=2).decode()
    return json_safe(text) + "\n"


def document(report: TrailReport) -> dict[str, object]:
    """The report as dictionaries and lists; `calls` only where a store, a key or a time was asked for."""
    calls = calls_table(report) if report.narrowed else None
    return {
        "schema": SCHEMA,
        "tool": {"name": "lostwrite", "version": VERSION},
        "accounts": report.accounts,
        "regions": report.regions,
        "first": _text(report.first),
        "reach": _text(report.reach),
        "settled": _text(report.settled()),
        "forms": report.forms().to_dicts(),
        "stores": _stores(report),
        "digests": report.digests.with_columns(rfc3339()).to_dicts(),
        "selectors": report.selectors.with_columns(rfc3339()).to_dicts(),
        "calls": None if calls is None else calls.with_columns(rfc3339()).to_dicts(),
        "at": _text(report.at),
        "keys": None if report.at is None else report.keys.with_columns(rfc3339()).to_dicts(),
        "inputs": report.inputs.to_dicts(),
    }


def calls_table(report: TrailReport) -> pl.DataFrame:
    """The calls in their order; without the IDs of access keys, which are parts of credentials."""
    return report.timeline().drop("access_key")


def write_parquet(report: TrailReport, file: BinaryIO) -> None:
    """Writes the calls as Parquet.

    Raises:
        OSError: the file cannot be written.
    """
    with parquet_file(file) as target:
        calls_table(report).write_parquet(target)


def ndjson(report: TrailReport) -> Iterator[str]:
    """A line of JSON per call, in texts of many lines."""
    for part in calls_table(report).with_columns(rfc3339()).iter_slices(_SLICE):
        yield json_safe(part.write_ndjson() or "")


def _stores(report: TrailReport) -> list[dict[str, object]]:
    runs = (
        report.chain.sort("run", "position")
        .group_by("store", "run", maintain_order=True)
        .agg(
            writes=pl.len().cast(pl.Int64),
            first_at=pl.col("at").first(),
            last_at=pl.col("at").last(),
            on=pl.col("if_match").first(),
            etag=pl.col("etag").last(),
        )
        .with_columns(rfc3339())
    )
    forks = report.forks()
    covered, errors = report.covered.with_columns(rfc3339()), report.errors()
    return [
        {
            **{name: store[name] for name in ("arn", "writes", "reads", "first_at", "last_at")},
            "errors": errors.filter(pl.col("store") == store["arn"]).drop("store").to_dicts(),
            "chain": {
                "state": store["state"],
                "reason": store["reason"],
                "links": store["links"],
                "gaps": store["gaps"],
                "forks": forks.filter(pl.col("store") == store["arn"]).drop("store").to_dicts(),
                "runs": runs.filter(pl.col("store") == store["arn"]).drop("store", "run").to_dicts(),
            },
            "births": [
                _store_change(change) for change in report.store_changes if change.store == store["arn"]
            ],
            "coverage": covered.filter(pl.col("store") == store["arn"]).drop("store").to_dicts(),
        }
        for store in report.stores.with_columns(rfc3339()).iter_rows(named=True)
    ]


def _store_change(change: StoreChange) -> dict[str, object]:
    """The published member: `made` says what `kind` says."""
    return {
        "store": change.store,
        "name": change.name,
        "at": _text(change.at),
        "made": change.kind == "created",
        "imported": change.imported,
        "caller": change.caller,
        "event_id": change.event_id,
        "source": change.source,
    }


def _text(time: datetime | None) -> str | None:
    if time is None:
        return None
    return str(
        pl.DataFrame({"at": [time]})
        .select(pl.col("at").cast(pl.Datetime("us", "UTC")))
        .select(rfc3339())
        .item()
    )
