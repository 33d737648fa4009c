"""STORE_LIVES: from when to when each store existed, as far as the records say.

In come the changes of stores (`store_changes`) and CALLS. A store that was created again under its name has another
ARN: what one of them holds says nothing of the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.tables import STORE_LIVES, conform

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analyzer.trail.calls.store_changes import StoreChange


def store_lives(changes: Iterable[StoreChange], calls: pl.DataFrame) -> pl.DataFrame:
    """STORE_LIVES: a row per store that a change or a call names, ordered by ARN. An ARN is never used twice.

    Args:
        changes: as `with_stores` gives them.
        calls: CALLS.
    """
    columns = ("store", "name", "at", "kind", "imported")
    rows = [[getattr(change, name) for name in columns] for change in changes if change.store]
    schema = pl.Schema({name: STORE_LIVES["created_at"] if name == "at" else pl.String() for name in columns})
    changed = pl.DataFrame(rows, schema=schema, orient="row")
    created, deleted = pl.col("kind") == "created", pl.col("kind") == "deleted"
    made = changed.group_by("store").agg(
        name=pl.col("name").drop_nulls().first(),
        created_at=pl.col("at").filter(created).min(),
        deleted_at=pl.col("at").filter(deleted).max(),
        imported=pl.col("imported").filter(created).is_not_null().any(),
    )
    used = (
        calls.select("store", "at")
        .filter(pl.col("store").is_not_null())
        .group_by("store")
        .agg(first_at=pl.col("at").min(), last_at=pl.col("at").max())
    )
    return conform(
        made.join(used, on="store", how="full", coalesce=True)
        .with_columns(
            account=pl.col("store").str.extract(r"^arn:[a-z-]+:cloudfront::(\d{12}):", 1),
            imported=pl.when(pl.col("created_at").is_not_null()).then("imported"),
        )
        .sort("store"),
        STORE_LIVES,
    )
