"""The report of one deploy of an audit, for its page: as `check` would give it, out of the tables that were judged.

In come the tables of the catalogue for the deploy and its stores. Out goes a `Report` whose background is small: the
calls on the deploy's stores from an hour before it to an hour after it, and whatever its evidence names. Values are in
no table of the catalogue, so that they are in no such report either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.audit.tables import AUDIT_STORES
from analyzer.gate.exit_code import exit_code
from analyzer.gate.terms import Terms
from analyzer.reports.report import Background, Report
from analyzer.tables import (
    ALIGNMENTS,
    CALLS,
    CHAIN,
    DEPLOYS,
    EVENTS,
    EVIDENCE,
    FINDINGS,
    INPUTS,
    SETTLE,
    TIME,
    VERDICTS,
    WRITES,
    conform,
)
from analyzer.verdicts.columns import columns_beside_write, widened
from analyzer.verdicts.tables import REMEDIES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_AROUND: Final = pl.duration(hours=1)
_REPORT_WRITES: Final = pl.Schema(
    {**WRITES, **columns_beside_write(VERDICTS), **columns_beside_write(REMEDIES)}
)


def report_of_one(
    deploy: str,
    tables: Mapping[str, pl.DataFrame],
    *,
    reach: datetime | None = None,
    fail_on: Terms | None = None,
) -> Report:
    """The report of one deploy.

    Args:
        deploy: its id.
        tables: of `analyzer.audit.tables.TABLES`, by their names; rows of other deploys and stores are left out here,
            and a name that is missing is no row. `events` may be left out where nothing draws them.
        reach: the latest time that the trail speaks for.
        fail_on: what makes `Report.exit_code` 1; None: an error.
    """
    own = {name: table.filter(_is_of(deploy, table)) for name, table in tables.items()}
    deploys, writes = conform(own["deploys"], DEPLOYS), widened(own["writes"], _REPORT_WRITES)
    named = writes["id"].implode()
    evidence = conform(tables["evidence"].filter(pl.col("write").is_in(named)), EVIDENCE)
    findings = conform(own["findings"], FINDINGS)
    stores = (
        pl.concat([own["writes"]["place"], own["deploys"]["stores"].explode()])
        .drop_nulls()
        .unique()
        .implode()
    )
    calls = _near(tables["calls"], pl.col("store").is_in(stores), own, evidence)
    kept = pl.col("event_id").is_in(calls["event_id"].unique().implode())
    sources = pl.concat([deploys["sources"].explode(), calls["source"]]).drop_nulls().unique().implode()
    return Report(
        deploys=deploys,
        writes=writes,
        evidence=evidence,
        findings=findings,
        stores=conform(tables["stores"].filter(pl.col("arn").is_in(stores)), AUDIT_STORES),
        inputs=conform(tables["inputs"].filter(pl.col("source").is_in(sources)), INPUTS),
        exit_code=exit_code(findings, writes, fail_on or Terms("error"), unread=False),
        alignments=conform(own["alignments"], ALIGNMENTS),
        settle=conform(tables["settle"].filter(pl.col("write").is_in(named)), SETTLE),
        background=Background(
            conform(own["events"], EVENTS),
            conform(calls, CALLS),
            conform(tables["chains"].filter(kept).sort("store", "run", "position"), CHAIN),
        ),
        reach=reach,
    )


def _is_of(deploy: str, table: pl.DataFrame) -> pl.Expr:
    """Whether a row is of the deploy; of tables that name none, any is."""
    column = next((name for name in ("deploy", "id") if name in table.columns), None)
    return pl.lit(value=True) if column is None else pl.col(column) == deploy


def _near(
    calls: pl.DataFrame, there: pl.Expr, own: Mapping[str, pl.DataFrame], evidence: pl.DataFrame
) -> pl.DataFrame:
    """Those of `calls` on its stores in the time of the deploy, and those that its evidence or its verdicts name."""
    low, high = _window(own["deploys"], own["alignments"])
    named = evidence.select(event_id=pl.col("source").str.extract(r"#([^#]+)$"))
    events = pl.concat([named["event_id"], own["writes"]["event_id"]]).drop_nulls().unique().implode()
    within = pl.col("at").is_between(pl.lit(low), pl.lit(high)).fill_null(value=False)
    near = calls.filter((there & within) | pl.col("event_id").is_in(events))
    return near.sort("at", "event_id", nulls_last=True, maintain_order=True)  # a catalogue has another order


def _window(deploys: pl.DataFrame, alignments: pl.DataFrame) -> tuple[datetime | None, datetime | None]:
    """An hour before the deploy and an hour after it, by its log and where it lies in the trail."""
    times = pl.concat(
        [deploys.select(low="started_at", high="ended_at"), alignments.select(low="at", high="until")]
    ).select(
        low=pl.min_horizontal(pl.col("low", "high").min()) - _AROUND,
        high=pl.max_horizontal(pl.col("low", "high").max()) + _AROUND,
    )
    return times.row(0)


def months_of(deploys: pl.DataFrame, alignments: pl.DataFrame, evidence: pl.DataFrame) -> set[str]:
    """The months (`YYYY-MM`) of which the report of a deploy can need calls: around it, and of its evidence."""
    low, high = _window(deploys, alignments)
    around = [] if low is None or high is None else [pl.datetime_range(low, high, "1d", eager=True)]
    times = pl.concat([*around, pl.Series([low, high], dtype=TIME), evidence["at"]]).drop_nulls()
    return set(times.dt.strftime("%Y-%m").unique())
