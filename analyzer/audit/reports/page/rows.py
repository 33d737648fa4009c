"""The deploys that lost a write or are in doubt, one row each: what became of them, and by what a reader finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.tables import CONFIDENCES, TIME, conform

if TYPE_CHECKING:
    from analyzer.audit.report import AuditReport

STATES: Final = ("open", "maybe_repaired", "healed", "doubt")
"""A deploy's state is the first of these that one of its writes has."""

ROWS: Final = pl.Schema(
    {
        "deploy": pl.String(),
        "name": pl.String(),  # APP/STAGE, or what is known of it
        "version": pl.String(),  # of SST; null: unknown
        "at": TIME,  # when it began
        "state": pl.String(),  # one of STATES
        "since": TIME,  # the earliest time from which one of its writes in this state was missing
        "until": TIME,  # when the last of them was healed; null where one is not, or nobody knows since or until when
        "missing": pl.Int64(),  # its writes in this state
        "total": pl.Int64(),  # all of its writes
        "cause": pl.String(),  # of most of the missing ones; null: unknown
        "causes": pl.Int64(),  # how many different ones
        "sure": pl.String(),  # the least of their confidences
        "leaning": pl.String(),  # of a doubt: what is likely for most of them
        "keys": pl.List(pl.String()),  # the first entries, or keys, that were not in place
        "keys_left": pl.Int64(),  # how many more there are
    }
)
"""One deploy that lost a write, or has one in doubt."""

KEYS: Final = 8
"""Of a deploy, that a reader can look for."""


def rows(report: AuditReport) -> pl.DataFrame:
    """ROWS: open ones by how long they have been open, the longest first; then the others, the newest first."""
    writes = _writes(report)
    ranked = writes.group_by("deploy").agg(
        state=pl.col("state").min(), keys=_keys(), keys_of=_key().n_unique()
    )
    found = (
        writes.join(ranked.select("deploy", "state"), on=["deploy", "state"], how="semi")
        .group_by("deploy")
        .agg(
            since=pl.col("missing_since").min(),
            until=pl.when(pl.any_horizontal(pl.col("missing_since", "missing_until").is_null()).any())
            .then(None)
            .otherwise(pl.col("missing_until").max()),
            missing=pl.len().cast(pl.Int64),
            cause=_most("cause"),
            causes=pl.col("cause").drop_nulls().n_unique().cast(pl.Int64),
            sure=pl.col("confidence").cast(pl.Enum(CONFIDENCES), strict=False).max().cast(pl.String),
            leaning=_most("leaning"),
        )
    )
    total = report.counts.group_by("deploy").agg(total=pl.col("writes").sum().cast(pl.Int64))
    deploys = report.deploys.select(
        deploy="id",
        name=pl.coalesce(pl.concat_str("app", "stage", separator="/"), "app", "stage", "stack", "id"),
        version="tool_version",
        at="started_at",
    ).unique("deploy", keep="first", maintain_order=True)
    joined = (
        found.join(ranked, on="deploy")
        .join(total, on="deploy", how="left")
        .join(deploys, on="deploy", how="left")
        .with_columns(
            name=pl.coalesce("name", "deploy"),
            total=pl.max_horizontal("total", "missing"),
            keys_left=pl.col("keys_of").cast(pl.Int64) - pl.col("keys").list.len().cast(pl.Int64),
        )
        .sort("state", _age(), "deploy", nulls_last=True)
        .with_columns(pl.col("state").cast(pl.String))
    )
    return conform(joined, ROWS)


def _writes(report: AuditReport) -> pl.DataFrame:
    """Each write that was not in place or is in doubt, with its state; also one of which only FOLLOWED knows.

    As in TREND, what is only likely to be missing is a doubt, and none any more where a later write healed it.
    """
    known = report.writes.select("id", "deploy", "verdict", "cause", "confidence", "leaning", "key", "entry")
    followed = report.followed.select("write", "state", "missing_since", "missing_until", of="deploy")
    unsure = pl.col("verdict") == "unverifiable"
    return (
        known.join(followed, left_on="id", right_on="write", how="full", coalesce=True)
        .with_columns(deploy=pl.coalesce("deploy", "of"), unsure=unsure.fill_null(value=False))
        .filter(pl.col("state").is_not_null() | (pl.col("verdict") != "landed"))
        .filter(~(pl.col("unsure") & (pl.col("state") == "healed").fill_null(value=False)))
        .with_columns(
            state=pl.when(~pl.col("unsure"))
            .then("state")
            .cast(pl.Enum(STATES), strict=False)
            .fill_null("doubt")
        )
    )


def _key() -> pl.Expr:
    return pl.coalesce("entry", "key")


def _keys() -> pl.Expr:
    return _key().drop_nulls().unique(maintain_order=True).head(KEYS)


def _most(column: str) -> pl.Expr:
    """The value that is there most often; of several the first by name."""
    return pl.col(column).drop_nulls().mode().sort().first()


def _age() -> pl.Expr:
    """What the rows of a state are ordered by: what is missing by how long, the rest by how new it is."""
    missing = pl.col("state").is_in(["open", "maybe_repaired"])
    return pl.when(missing).then(pl.col("since").dt.epoch("us")).otherwise(-pl.col("at").dt.epoch("us"))
