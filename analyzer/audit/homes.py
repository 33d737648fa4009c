r"""Which sources are objects of SST's home, of which app, stage and update; and which of them an audit reads.

In come sources as they were found (below a folder, or in a listing of a bucket): only their names are looked at, so
that what is not chosen is never opened. Source: docs/facts/sst-output.md#13-state-bucket.

| home | name of an object, with any prefix |
|---|---|
| S3 | `KIND/APP/STAGE/UPDATE.json`, `KIND/APP/STAGE.json` |
| R2 of Cloudflare | the same without `.json` |
| local | `CONFIG/state/KIND/APP/STAGE[/UPDATE].json` |
| a copy of a part | only some kinds, such as `eventlog/` |

    home = chosen(sources, app="shop", since=...)
    part = read_part(contents(home.sources)[0], ids=stable)   # every update is a deploy, whatever is left of it
    evidence_of(assembled([part]))                            # by what each is known (`evidence_kinds`)

`app/`, `lock/` and `secret/` are of a stage, not of an update: no deploys. A home has them only where an object of an
update stands beside them: elsewhere `app/x/y.json` is any file. What is no object of a home is always chosen: its name
says neither its app nor its time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.logs.deploys import began_at
from analyzer.tables import TIME, conform

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from analyzer.sources.source import Source

OF_UPDATES: Final = ("eventlog", "update", "snapshot", "summary", "history")
OF_STAGES: Final = ("app", "lock", "secret")

OBJECTS: Final = pl.Schema(
    {
        "source": pl.String(),
        "home": pl.String(),  # what stands before the kind; null: no object of a home, as all that follow are then
        "kind": pl.String(),  # one of OF_UPDATES and OF_STAGES
        "app": pl.String(),
        "stage": pl.String(),  # null of `secret/APP/_fallback`
        "update_id": pl.String(),  # null of OF_STAGES
        "began_at": TIME,  # when the update did, by its id; null where that cannot be told
        "why": pl.String(),  # it is not read: other_app, other_stage, other_time, no_deploy; null where it is
    }
)
_PACKED: Final = r"(?:\.json)?(?:\.gz|\.zst)?$"
_PART: Final = r"[^/!]+"
_BEFORE: Final = r"^(?P<home>|(?s:.*)[/!])"
_OF_UPDATE: Final = (
    rf"{_BEFORE}(?P<kind>{'|'.join(OF_UPDATES)})/(?P<app>{_PART})/(?P<stage>{_PART})"
    rf"/(?:[0-9]{{1,20}}-)?(?P<update_id>[0-9a-f]{{24}}){_PACKED}"
)
_OF_STAGE: Final = rf"{_BEFORE}(?P<kind>{'|'.join(OF_STAGES)})/(?P<app>{_PART})/(?P<stage>{_PART}?){_PACKED}"
_FALLBACK: Final = "_fallback"
_PLACE: Final = ("home", "kind", "app", "stage")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What an audit reads of the sources that were found.

    Attributes:
        sources: to be read, in the order in which they were found.
        objects: OBJECTS, a row for each source that was found, in that order.
    """

    sources: tuple[Source, ...]
    objects: pl.DataFrame


def chosen(
    sources: Iterable[Source],
    *,
    app: str | None = None,
    stage: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Chosen:
    """The sources that may say something of the deploys of an app and a stage that began in a time.

    Args:
        sources: of any kind; none is opened.
        app: only objects of this app; None: of all.
        stage: the same for a stage.
        since: only updates that began then or later, by their ids; those whose id does not tell are chosen.
        until: the same for the end, which belongs to it.
    """
    found = list(sources)
    began = pl.col("began_at")
    why = (
        pl.when(pl.col("kind").is_in(OF_STAGES))
        .then(pl.lit("no_deploy"))
        .when(_other("app", app))
        .then(pl.lit("other_app"))
        .when(_other("stage", stage))
        .then(pl.lit("other_stage"))
        .when((began < pl.lit(since, TIME)).fill_null(value=False) | (began > pl.lit(until, TIME)))
        .then(pl.lit("other_time"))
    )
    objects = conform(_objects([source.name for source in found]).with_columns(why=why), OBJECTS)
    is_read = objects["why"].is_null()
    return Chosen(tuple(source for source, one in zip(found, is_read, strict=True) if one), objects)


def counted(objects: pl.DataFrame) -> pl.DataFrame:
    """`home, app, stage, updates, eventlogs, locks`: how many updates each stage has, and of how many the log is left.

    `locks` is 1 where an update holds the stage's lock, or left it behind: the object names it.

    Args:
        objects: OBJECTS, or some of them.
    """
    logs = pl.col("update_id").filter(pl.col("kind") == "eventlog")
    return (
        objects.drop_nulls(["home", "stage"])
        .group_by("home", "app", "stage", maintain_order=True)
        .agg(
            updates=pl.col("update_id").drop_nulls().n_unique().cast(pl.Int64),
            eventlogs=logs.n_unique().cast(pl.Int64),
            locks=(pl.col("kind") == "lock").sum().cast(pl.Int64),
        )
    )


def _other(name: str, wanted: str | None) -> pl.Expr:
    """Whether an object is of another app or stage than what is wanted; null where its name does not say it."""
    return pl.lit(value=False) if wanted is None else pl.col(name) != wanted


def _objects(names: Sequence[str]) -> pl.DataFrame:
    """OBJECTS but for `why`."""
    table = pl.DataFrame({"source": names}, schema={"source": pl.String()})
    of_update, of_stage = (
        table.select(pl.col("source").str.extract_groups(pattern).struct.unnest())
        for pattern in (_OF_UPDATE, _OF_STAGE)
    )
    homes = of_update["home"].drop_nulls().unique()
    of_stage = of_stage.select(pl.when(pl.col("home").is_in(homes.implode())).then(pl.all()))
    placed = {
        name: of_update[name].zip_with(of_update["kind"].is_not_null(), of_stage[name]) for name in _PLACE
    }
    objects = table.with_columns(**placed, update_id=of_update["update_id"])
    fallback = (pl.col("kind") == "secret") & (pl.col("stage") == _FALLBACK)
    return objects.with_columns(
        stage=pl.when(~fallback.fill_null(value=False)).then("stage"), began_at=began_at(pl.col("update_id"))
    )
