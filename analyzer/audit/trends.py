"""How many deploys lost writes, what became of these, and where it is worst: small tables over all deploys of an audit.

In comes AuditReport; out goes `Trends`, in the words of `trend_tables.py`. A share is of the deploys that could be
judged: at least one of their writes has a verdict other than `unverifiable`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from analyzer.audit.counted import counted, of_causes, per_deploy
from analyzer.audit.lasted import healing
from analyzer.audit.losses import losses
from analyzer.audit.trend_tables import (
    BUCKETS,
    HEALING,
    LEAVE,
    TREND,
    VERSIONS,
    WORST_STORES,
)
from analyzer.audit.versions import joined, to_leave
from analyzer.tables import conform

if TYPE_CHECKING:
    from datetime import datetime

    from analyzer.audit.report import AuditReport

__all__ = ["BUCKETS", "HEALING", "LEAVE", "TREND", "VERSIONS", "WORST_STORES", "Trends", "trends"]


@dataclass(frozen=True, slots=True)
class Trends:
    """What an audit shows over all deploys.

    Attributes:
        trend: TREND, `all` first, months and versions in their order, other names by the deploys that lost a write.
        healing: HEALING.
        stores: WORST_STORES.
        versions: VERSIONS.
        leave: LEAVE.
        losses: LOSSES, also those that are only likely: their verdict is `unverifiable`.
        now: the time that `7 days ago` and `open for` are counted from; None where nothing has a time.
    """

    trend: pl.DataFrame
    healing: pl.DataFrame
    stores: pl.DataFrame
    versions: pl.DataFrame
    leave: pl.DataFrame
    losses: pl.DataFrame
    now: datetime | None


def trends(report: AuditReport, now: datetime | None = None) -> Trends:
    """The tables.

    Args:
        report: the audit.
        now: where the audit's time ends; None for `report.reach`, else the last time that a deploy has.
    """
    end = now or report.reach or _last(report.deploys)
    deploys = per_deploy(report)
    lost = losses(report.followed, report.writes)
    versions = joined(deploys)
    parts = [
        counted(deploys.with_columns(name=pl.lit(None, pl.String)), "all", end),
        *(counted(deploys.with_columns(name=by), by, end) for by in ("app", "stage", "month")),
        counted(deploys.filter(pl.col("tool") == "sst").with_columns(name="version"), "version", end),
        of_causes(report, deploys, end),
    ]
    return Trends(
        conform(pl.concat(parts), TREND),
        healing(lost.filter(pl.col("verdict") != "unverifiable")),
        _stores(lost),
        versions,
        to_leave(deploys, versions),
        lost,
        end,
    )


def _last(deploys: pl.DataFrame) -> datetime | None:
    last: datetime | None = deploys.select(pl.max_horizontal("started_at", "ended_at").max()).item()
    return last


def _stores(lost: pl.DataFrame) -> pl.DataFrame:
    """WORST_STORES."""
    sure = pl.col("verdict") != "unverifiable"
    states = {name: (sure & (pl.col("state") == state)).sum() for name, state in _STATES.items()}
    found = (
        lost.group_by("store", maintain_order=True)
        .agg(
            deploys=pl.col("deploys")
            .filter(sure)
            .list.explode(keep_nulls=False, empty_as_null=False)
            .n_unique(),
            losses=sure.sum(),
            **states,
            doubt=(pl.col("state") == "doubt").sum(),
            open_since=pl.col("missing_since").filter(sure & (pl.col("state") == "open")).min(),
            last=pl.col("missing_since").filter(sure).max(),
        )
        .filter(pl.col("losses") > 0)
        .with_columns(pl.col("deploys", "losses", *_STATES, "doubt").cast(pl.Int64))
        .sort("open", "losses", "store", descending=[True, True, False], nulls_last=True)
    )
    return conform(found, WORST_STORES)


_STATES = {"open": "open", "maybe": "maybe_repaired", "healed": "healed"}
