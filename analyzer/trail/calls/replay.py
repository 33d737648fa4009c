"""Replays the calls on a store: which keys it held at a time, as far as the available calls show.

In come CALLS and CHAIN. Out goes REPLAY, one row for each key, for `lostwrite trail --at`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.tables import REPLAY, conform

if TYPE_CHECKING:
    from datetime import datetime


def replay(calls: pl.DataFrame, chain: pl.DataFrame, at: datetime) -> pl.DataFrame:
    """REPLAY: a row per store and key that a call names, with what is known of it at `at`.

    The last successful write at or before that time decides: `present` after a put, `absent` after a delete. A
    GetKey shows it too, with its value or ResourceNotFoundException. It is `unknown` before the first call on the key,
    and where a write that may have changed it is not available, does not name its keys, or may have failed: after a gap
    in the chain, which another run than that of the key's last write shows.

    Args:
        calls: CALLS.
        chain: CHAIN of the same calls.
        at: the time; calls of that very second count.
    """
    ran = calls.join(
        chain.select("event_id", "run", "position"), on="event_id", how="left", maintain_order="left"
    )
    telling = _telling(ran.filter(pl.col("key").is_not_null() & pl.col("store").is_not_null()))
    last = (
        telling.filter(pl.col("at") <= at)
        .sort("at", "is_write", "run", "position", nulls_last=False)
        .group_by("store", "key")
        .agg(pl.col("said", "at", "event_id", "api", "caller", "run").last())
    )
    open_writes = _of_unknown_outcome(ran, at)
    named = pl.concat([telling.select("store", "key"), open_writes.select("store", "key")]).unique()
    keys = (
        named.join(last, on=["store", "key"], how="left")
        .join(open_writes, on=["store", "key"], how="left")
        .join(_doubts(ran, at), on="store", how="left")
    )
    # A read belongs to no run: what it showed holds until a gap that lies after it.
    gap = (pl.col("run").is_not_null() & (pl.col("run") != pl.col("run_now"))) | (
        pl.col("run").is_null() & (pl.col("run_since") > pl.col("at"))
    )
    blind = pl.col("unnamed_at") >= pl.col("at")
    is_open = pl.col("open_at").is_not_null() & (pl.col("at").is_null() | (pl.col("open_at") >= pl.col("at")))
    state = (
        pl.when(pl.col("said").is_null() | is_open)
        .then(pl.lit("unknown"))
        .when(gap.fill_null(False) | blind.fill_null(False))
        .then(pl.lit("unknown"))
        .otherwise("said")
    )
    why = (
        pl.when(is_open)
        .then(pl.lit("a later write has an unknown outcome"))
        .when(pl.col("said").is_null())
        .then(pl.lit("no call on it before"))
        .when(blind.fill_null(False))
        .then(pl.lit("a later write does not name its keys"))
        .when(gap.fill_null(False))
        .then(pl.format("{} before a gap in the chain", "said"))
    )
    return conform(keys.with_columns(state=state, why=why).sort("store", "key"), REPLAY)


def _telling(calls: pl.DataFrame) -> pl.DataFrame:
    """The calls that show whether a key is there, with `said` and `is_write`."""
    not_found = pl.col("error_code").str.starts_with("ResourceNotFound").fill_null(False)
    is_write = pl.col("effect") != "read"
    read = pl.col("api") == "GetKey"
    return calls.with_columns(
        is_write=is_write,
        said=pl.when(is_write & pl.col("ok"))
        .then(pl.when(pl.col("effect") == "put").then(pl.lit("present")).otherwise(pl.lit("absent")))
        .when(read & pl.col("ok"))
        .then(pl.lit("present"))
        .when(read & not_found)
        .then(pl.lit("absent")),
    ).filter(pl.col("said").is_not_null())


def _of_unknown_outcome(ran: pl.DataFrame, at: datetime) -> pl.DataFrame:
    """`store, key, open_at`: when the last write was made of which nothing shows whether it succeeded."""
    is_open = pl.col("ok").is_null() & (pl.col("effect") != "read") & (pl.col("at") <= at)
    named = ran.filter(is_open & pl.col("key").is_not_null() & pl.col("store").is_not_null())
    return named.group_by("store", "key").agg(open_at=pl.col("at").max())


def _doubts(ran: pl.DataFrame, at: datetime) -> pl.DataFrame:
    """Per store the run in force at `at`, since when, and when a write that names no key was last made."""
    possible = ran.filter(
        pl.col("ok").fill_null(value=True) & (pl.col("effect") != "read") & (pl.col("at") <= at)
    ).sort("at", "run", "position")
    run = pl.col("run").filter(pl.col("ok")).last()
    return possible.group_by("store", maintain_order=True).agg(
        run_now=run,
        run_since=pl.col("at").filter(pl.col("run") == run).first(),
        unnamed_at=pl.col("at").filter(pl.col("key").is_null()).last(),
    )
