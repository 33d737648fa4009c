"""Whether the deploys deleted a store itself: then nobody can list it, and that is what they meant.

No log form keeps the ARN of a deleted store, so two things together say it: the deploy deleted a store or its whole
stack, and all that it meant to do in this store was to take keys away (docs/facts/sst-output.md#41-components).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.tables import STORE_LIVES, conform

if TYPE_CHECKING:
    from collections.abc import Callable

_STORE_TYPE: Final = r"^aws:cloudfront(/keyValueStore)?:KeyValueStore$"
_DELETES: Final = ("delete", "delete-replaced")
_TAKING: Final = ("delete", "remove")
_ACCOUNT: Final = r"^arn:[a-z-]+:cloudfront::(\d{12}):"


def deleted_stores(
    events: pl.DataFrame, deploys: pl.DataFrame, writes: pl.DataFrame
) -> Callable[[str], bool]:
    """Tells of a store whether the last deploy that wrote to it deleted it.

    Args:
        events: EVENTS.
        deploys: DEPLOYS.
        writes: WRITES.
    """
    of_store = _deletes(events)
    deleting = [*of_store["deploy"].unique(), *_removed(deploys)["id"]]

    def deleted(arn: str) -> bool:
        mine = writes.filter(pl.col("store").is_null() | (pl.col("store") == arn))
        last = mine.filter(pl.col("deploy") == pl.col("deploy").last())
        takes = pl.col("deploy").is_in(deleting) & pl.col("action").is_in(_TAKING)
        return not last.is_empty() and bool(last.select(takes.all()).item())

    return deleted


def with_deletions(
    lives: pl.DataFrame, events: pl.DataFrame, deploys: pl.DataFrame, writes: pl.DataFrame
) -> pl.DataFrame:
    """STORE_LIVES, with the ends that logs alone show, by the log's clock.

    Many stacks are among the deploys here, and stacks share stores. So more is asked for than for a listing: one stack
    alone ever wrote to the store, it was removed as a whole and wrote nothing after that, it deleted as many stores as
    it ever wrote to, and nobody called the store later.

    Args:
        lives: STORE_LIVES.
        events: EVENTS.
        deploys: DEPLOYS.
        writes: WRITES with `place`: all that were meant for these stores.
    """
    deletes = _deletes(events).group_by("deploy").agg(stores=pl.col("urn").n_unique(), at=pl.col("at").max())
    removed = (
        _removed(deploys).select("stack", "started_at", "ended_at", deploy="id").join(deletes, on="deploy")
    )
    meant = writes.select("deploy", "place", "action").join(
        deploys.select("stack", "started_at", deploy="id"), on="deploy"
    )
    kept = meant.filter(~pl.col("action").is_in(_TAKING))
    unclear = pl.any_horizontal(pl.col("place", "started_at").is_null())
    stacks = meant.group_by("stack").agg(
        places=pl.col("place").n_unique(), unclear=unclear.any(), latest=pl.col("started_at").max()
    )
    alone = meant.group_by(store="place").agg(pl.col("stack").first(), several=pl.col("stack").n_unique() > 1)
    ends = (
        removed.join(stacks, on="stack")
        .filter(~pl.col("unclear"), pl.col("places") <= pl.col("stores"))
        .filter(pl.col("started_at") >= pl.col("latest"))
        .join(kept, on="deploy", how="anti")
        .join(alone.filter(~pl.col("several")), on="stack")
        .select("store", end=pl.coalesce("at", "ended_at"))
    )
    if ends.is_empty():
        return lives
    ended = pl.when((pl.col("last_at") <= pl.col("end")).fill_null(value=True)).then("end")
    return conform(
        lives.join(ends, on="store", how="full", coalesce=True)
        .with_columns(
            account=pl.coalesce("account", pl.col("store").str.extract(_ACCOUNT)),
            deleted_at=pl.coalesce("deleted_at", ended),
        )
        .sort("store"),
        STORE_LIVES,
    )


def _deletes(events: pl.DataFrame) -> pl.DataFrame:
    """The events of stores that were deleted."""
    done = (pl.col("kind") == "done") & pl.col("op").is_in(_DELETES) & ~pl.col("planning").fill_null(False)
    return events.filter(done & pl.col("type").str.contains(_STORE_TYPE))


def _removed(deploys: pl.DataFrame) -> pl.DataFrame:
    """The deploys that removed their stack."""
    return deploys.filter((pl.col("command") == "destroy") & (pl.col("result") == "succeeded"))
