"""What the logs say that must be known to gather the rest: when the deploys ran, and to which stores they wrote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from analyzer.collect.request import NAME
from analyzer.logs.read import read_logs
from analyzer.sources.contain import contents
from analyzer.sources.s3.ahead import held
from analyzer.store.live import is_arn
from analyzer.writes.deleted import deleted_stores
from analyzer.writes.intended import intended_writes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from analyzer.sources.source import Source


class Ran(NamedTuple):
    """When deploys of a stage ran, by their logs.

    Attributes:
        first: when the first ended.
        exact: when the last ended of which there is an event log; None: there is none.
        texts: of each that has no event log the id of its update, or the end of it that a permalink has; None: nothing
            says it. Its times may be of another clock.
    """

    first: datetime
    exact: datetime | None
    texts: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Deploys:
    """The deploys of some logs.

    Attributes:
        count: of all.
        writes: that they intended.
        spans: when those ran that intended writes, from one time to another.
        untimed: those of which no log says when they ran.
        stores: ARNs of the stores that they wrote to, as far as the logs name them.
        namespaces: of their keys.
        names_all: whether each write names its store.
        deleted: tells of a store whether the last deploy deleted it.
        stages: `APP/STAGE` of the logs of SST that say it and have times, each with when its deploys ran.
        unread: logs that could not be used, each with the reason.
    """

    count: int
    writes: int
    spans: tuple[tuple[datetime, datetime], ...]
    untimed: tuple[str, ...]
    stores: tuple[str, ...]
    namespaces: tuple[str, ...]
    names_all: bool
    deleted: Callable[[str], bool]
    stages: Mapping[str, Ran]
    unread: tuple[tuple[str, str], ...]


def deploys_of(
    files: Sequence[Source], since: datetime | None = None, until: datetime | None = None
) -> Deploys:
    """What these logs say.

    Args:
        files: deploy logs, and objects of SST's home.
        since: when the deploys began, for logs that hold no times.
        until: when they ended, for the same.
    """
    plain, refused = contents(held(files))
    read = read_logs(plain, refused)
    writes = intended_writes(read.events, read.deploys, since=since, until=until)
    stores = writes["store"].drop_nulls().unique(maintain_order=True).to_list()
    writing = read.deploys.join(
        writes.select(id="deploy").unique(), on="id", how="semi", maintain_order="left"
    )
    ran = writing.select(
        "id",
        start=pl.coalesce("started_at", "ended_at", pl.lit(since, pl.Datetime("us", "UTC")), "modified_at"),
        end=pl.coalesce("ended_at", pl.lit(until, pl.Datetime("us", "UTC")), "modified_at", "started_at"),
    )
    timed = ran.drop_nulls()
    unread = read.inputs.filter(pl.col("kind") == "unusable").select(
        "source", pl.col("problems").list.first()
    )
    named = [store for store in stores if is_arn(store)]
    return Deploys(
        count=read.deploys.height,
        writes=writes.height,
        spans=tuple(
            (min(start, end), max(start, end)) for start, end in timed.select("start", "end").iter_rows()
        ),
        untimed=tuple(ran.join(timed, on="id", how="anti")["id"]),
        stores=tuple(named),
        namespaces=tuple(_namespaces(writes)),
        names_all=writes["store"].null_count() == 0,
        deleted=deleted_stores(read.events, read.deploys, writes),
        stages=_stages(writing.join(timed, on="id", maintain_order="left")),
        unread=tuple((source, reason or "cannot be used") for source, reason in unread.iter_rows()),
    )


def _stages(deploys: pl.DataFrame) -> dict[str, Ran]:
    """When the deploys of each stage ran: the ids of updates have the clock of event logs."""
    is_exact = (pl.col("form") == "exact").fill_null(value=False)
    known = deploys.filter(
        pl.col("tool") == "sst",
        pl.col("app").str.contains(NAME) & pl.col("stage").str.contains(NAME),
    ).sort("end", maintain_order=True)
    ran = known.group_by(stage=pl.format("{}/{}", "app", "stage"), maintain_order=True).agg(
        first=pl.col("end").first(),
        exact=pl.col("end").filter(is_exact).last(),
        texts=pl.col("update_id").filter(~is_exact),
    )
    return {stage: Ran(first, exact, tuple(texts)) for stage, first, exact, texts in ran.iter_rows()}


def _namespaces(writes: pl.DataFrame) -> list[str]:
    """The namespaces of the keys of writes whose store no log names."""
    spaces = writes.filter(pl.col("store").is_null())["key"].str.extract(r"^([^:*]+):", 1)
    return spaces.drop_nulls().unique(maintain_order=True).to_list()
