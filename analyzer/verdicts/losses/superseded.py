"""Writes that their own resource made again, or took back, in a later deploy: what follows is of the later one."""

from __future__ import annotations

import polars as pl

_KEY = ["store", "key"]


def superseded(following: pl.DataFrame, history: pl.DataFrame) -> pl.DataFrame:
    """`write, store, key` of writes that their own resource made again, by another deploy, before `next_turn`.

    Between the two its own deploy may have written the key once more: a replacement removes what it has replaced.

    Args:
        following: writes with their `turn` and the `next_turn`.
        history: KEY_HISTORY.
    """
    if following.is_empty():
        return following.select("write", *_KEY)
    resource = [*_KEY, "stack", "name"]
    another = pl.col("again_by").ne_missing(pl.col("again_by").shift(1).over(resource))
    begins = pl.when(another).then("again")
    again = (
        history.filter((pl.col("effect") == "put") & pl.col("by_name").is_not_null())
        .select(*_KEY, "turn", stack="by_stack", name="by_name", again="turn", again_by="by_deploy")
        .sort("turn")
        .with_columns(begins=begins)
        .with_columns(by_another=pl.col("begins").shift(-1).backward_fill().over(resource))
    )
    return (
        following.sort("turn")
        .join_asof(
            again,
            on="turn",
            by=resource,
            strategy="forward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        .filter(
            pl.when(pl.col("again_by") != pl.col("deploy")).then("again").otherwise("by_another")
            < pl.col("next_turn")
        )
        .select("write", *_KEY)
    )
