"""Deploys counted by what they have in common: how many lost a write, what became of these, and in how many.

In comes AuditReport; `per_deploy` makes a row a deploy of it, and `counted` the rows of TREND and of VERSIONS.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.audit.trend_tables import TREND
from analyzer.tables import TIME, conform

if TYPE_CHECKING:
    from datetime import datetime

    from analyzer.audit.report import AuditReport

_WEEK: Final = timedelta(days=7)
_Z: Final = 1.959964
"""Of the normal distribution, for 95 %."""

_IN_ORDER: Final = ("month", "version")


def per_deploy(report: AuditReport) -> pl.DataFrame:
    """A row for each deploy: `deploy, app, stage, month, tool, version, at`, what was judged, and what was lost.

    `judged, doubt` (whether), `writes, lost_writes` (numbers), and of what it lost `state, since, until`.
    """
    sure = pl.col("verdict") != "unverifiable"
    numbers = report.counts.group_by("deploy").agg(
        writes=pl.col("writes").filter(sure).sum(), doubts=pl.col("writes").filter(~sure).sum()
    )
    verdicts = report.writes.select("verdict", write="id")
    followed = report.followed.join(verdicts, on="write", how="left", maintain_order="left")
    settled = followed.filter(~sure & (pl.col("state") == "healed")).group_by("deploy").agg(settled=pl.len())
    return (
        report.deploys.select(
            "app",
            "stage",
            "tool",
            deploy="id",
            version="tool_version",
            at="started_at",
            month=pl.col("started_at").dt.strftime("%Y-%m"),
        )
        .join(numbers, on="deploy", how="left", maintain_order="left")
        .join(settled, on="deploy", how="left", maintain_order="left")
        .join(_lost(followed.filter(sure), "deploy"), on="deploy", how="left", maintain_order="left")
        .with_columns(pl.col("writes", "doubts", "settled", "lost_writes").fill_null(0).cast(pl.Int64))
        .with_columns(judged=pl.col("writes") > 0, doubt=pl.col("doubts") > pl.col("settled"))
    )


def _lost(followed: pl.DataFrame, *by: str) -> pl.DataFrame:
    """`lost_writes, state, since, until` of the writes that have `by` in common: the worst state, the whole time."""
    state = pl.col("state")
    return followed.group_by(by).agg(
        lost_writes=pl.len().cast(pl.Int64),
        state=pl.when((state == "open").any())
        .then(pl.lit("open"))
        .when((state == "maybe_repaired").any())
        .then(pl.lit("maybe_repaired"))
        .otherwise(pl.lit("healed")),
        since=pl.when(pl.col("missing_since").is_not_null().all()).then(pl.col("missing_since").min()),
        until=pl.when(pl.col("missing_until").is_not_null().all()).then(pl.col("missing_until").max()),
    )


def counted(rows: pl.DataFrame, by: str, now: datetime | None) -> pl.DataFrame:
    """TREND of the rows of `per_deploy` by their column `name`."""
    groups = rows.group_by("name", maintain_order=True).agg(**numbers(), **_week(now))
    return conform(_ordered(rated(groups).with_columns(by=pl.lit(by)), by), TREND)


def _ordered(table: pl.DataFrame, by: str) -> pl.DataFrame:
    if by == "version":
        places = version_places(table["name"])
        return table.join(places, on="name", how="left", nulls_equal=True).sort("place").drop("place")
    if by in _IN_ORDER:
        return table.sort("name", nulls_last=True)
    return table.sort("lost", "name", descending=[True, False], nulls_last=True)


def of_causes(report: AuditReport, rows: pl.DataFrame, now: datetime | None) -> pl.DataFrame:
    """TREND by cause: `lost` and what is behind it are of the cause, `deploys`, `judged` and `writes` are of all.

    Args:
        report: the audit.
        rows: what `per_deploy` gives.
        now: where the audit's time ends.
    """
    broken = report.writes.select("verdict", "cause", write="id")
    followed = report.followed.join(broken, on="write", how="left", maintain_order="left")
    lost = _lost(followed.filter(pl.col("verdict") != "unverifiable"), "deploy", "cause")
    healed = followed.filter(pl.col("state") == "healed").select(id="write")
    doubts = (
        report.writes.filter(pl.col("verdict") == "unverifiable")
        .join(healed, on="id", how="anti")
        .select("deploy", "cause", doubt=True)
        .unique()
    )
    both = lost.join(doubts, on=["deploy", "cause"], how="full", coalesce=True, nulls_equal=True)
    with_numbers = both.with_columns(
        pl.col("lost_writes").fill_null(0),
        pl.col("doubt").fill_null(value=False),
        judged=pl.lit(value=True),
        writes=pl.lit(0, pl.Int64),
    ).rename({"cause": "name"})
    groups = with_numbers.group_by("name").agg(**numbers(), **_week(now))
    totals = rows.select(
        deploys=pl.len().cast(pl.Int64),
        judged=pl.col("judged").sum().cast(pl.Int64),
        writes=pl.col("writes").sum(),
    )
    whole = groups.drop(totals.columns).join(totals, how="cross")
    return conform(_ordered(rated(whole).with_columns(by=pl.lit("cause")), "cause"), TREND)


def numbers() -> dict[str, pl.Expr]:
    """The counts of TREND and VERSIONS, of rows of `per_deploy`."""
    state = pl.col("state")
    made = {
        "deploys": pl.len(),
        "judged": pl.col("judged").sum(),
        "lost": state.is_not_null().sum(),
        "open": (state == "open").sum(),
        "maybe": (state == "maybe_repaired").sum(),
        "healed": (state == "healed").sum(),
        "doubt": pl.col("doubt").sum(),
        "writes": pl.col("writes").sum(),
        "lost_writes": pl.col("lost_writes").sum(),
    }
    return {name: expr.cast(pl.Int64) for name, expr in made.items()}


def rated(groups: pl.DataFrame) -> pl.DataFrame:
    """The counts with the rates in 1,000 and the 95 % interval of Wilson (1927) of that of the deploys."""
    low, high = wilson(pl.col("lost"), pl.col("judged"))
    some = pl.col("judged") > 0
    return groups.with_columns(
        writes_in_1000=pl.when(pl.col("writes") > 0).then(1000 * pl.col("lost_writes") / pl.col("writes")),
        in_1000=pl.when(some).then(1000 * pl.col("lost") / pl.col("judged")),
        low=pl.when(some).then(1000 * low),
        high=pl.when(some).then(1000 * high),
    )


def wilson(hits: pl.Expr, of: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """The ends of the 95 % interval of a share of `hits` among `of`, 0 to 1; `of` is not 0."""
    share, square = hits / of, _Z * _Z
    middle = share + square / (2 * of)
    half = _Z * ((share * (1 - share) + square / (4 * of)) / of).sqrt()
    whole = 1 + square / of
    return ((middle - half) / whole).clip(0, 1), ((middle + half) / whole).clip(0, 1)


def _week(now: datetime | None) -> dict[str, pl.Expr]:
    """`week_of, week_share`. A deploy whose 7 days are not over is left out, healed or not: else the share lies."""
    over = (pl.col("since") + _WEEK <= pl.lit(now, TIME)).fill_null(value=False)
    timed = over & ~((pl.col("state") == "healed") & pl.col("until").is_null())
    in_time = timed & (pl.col("state") == "healed") & (pl.col("until") - pl.col("since") <= _WEEK)
    return {
        "week_of": timed.sum().cast(pl.Int64),
        "week_share": pl.when(timed.any()).then(in_time.sum() / timed.sum()),
    }


def version_places(versions: pl.Series) -> pl.DataFrame:
    """`name, place`: the versions in their order; those that are none, and the unknown one, last."""
    from analyzer.advisories.versions import version_of

    names = versions.unique().to_list()
    known = [(version, name) for name in names if (version := version_of(name)) is not None]
    others = sorted(name for name in names if name is not None and version_of(name) is None)
    ordered = [name for _, name in sorted(known)] + others + ([None] if None in names else [])
    return pl.DataFrame(
        {"name": ordered, "place": range(len(ordered))}, schema={"name": pl.String, "place": pl.Int64}
    )
