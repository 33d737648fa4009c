"""Losses of a write that may have been no more by then: a deploy of its stage had replaced it, or taken it back.

Of an update whose log was pruned nothing is left but its times. Where records are complete, it did nothing to a key
without a call on it: one that no write claims, by an API of the resource's kind, at the deploy's time. Where the chain
has a gap, the record of that call may be missing.
"""

from __future__ import annotations

import polars as pl

from analyzer.verdicts.matching.match import usual_apis

_KEY = ["store", "key"]
_RENEWED = (
    "took it away later, and deploy {} of the same stage, whose event log is not available, may have replaced this "
    "write, or taken it back, before"
)
_OFF = pl.duration(seconds=3700)
"""By which a log's clock may be off."""


def silent_deploys(writes: pl.DataFrame, deploys: pl.DataFrame) -> pl.DataFrame:
    """`stack, deploy, started_at, ended` of the deploys of whose steps nothing is known, by `started_at`.

    Args:
        writes: WINDOWS.
        deploys: DEPLOYS.
    """
    return (
        deploys.filter(pl.col("form") != "exact", pl.col("started_at").is_not_null())
        .join(writes.select(id="deploy").unique(), on="id", how="anti")
        .select("stack", "started_at", deploy="id", ended=pl.coalesce("ended_at", "started_at"))
        .sort("started_at", "deploy")
    )


def perhaps_renewed(gone: pl.DataFrame, history: pl.DataFrame, silent: pl.DataFrame) -> pl.DataFrame:
    """`write, loss_event_id, perhaps`: what a silent deploy may have replaced, or taken back, before it was deleted.

    Args:
        gone: TURNS with the delete of the key: its `next_event_id, next_turn, next_run, next_at`.
        history: KEY_HISTORY.
        silent: what `silent_deploys` gives.
    """
    met = pl.concat([_by_a_call(gone, history, silent), _in_a_gap(gone, silent)])
    return met.select("write", loss_event_id="next_event_id", perhaps=pl.format(_RENEWED, "deploy"))


def _by_a_call(gone: pl.DataFrame, history: pl.DataFrame, silent: pl.DataFrame) -> pl.DataFrame:
    """`write, next_event_id, deploy`: a call in between that no write claims, at a time of a silent deploy."""
    calls = (
        history.filter(pl.col("by_deploy").is_null())
        .select(*_KEY, "api", "at", "turn", between="turn")
        .join(gone.select(*_KEY, "stack", "type").unique(), on=_KEY)
        .join(usual_apis(), on="type", how="left")
        .filter(pl.col("apis").list.contains(pl.col("api")).fill_null(value=True))
        .with_columns(until=pl.col("at") + _OFF)
        .sort("until")
        .join_asof(
            # One that began earlier may have run longer.
            silent.with_columns(pl.col("ended").cum_max().over("stack")),
            left_on="until",
            right_on="started_at",
            by="stack",
            check_sortedness=False,
        )
        .filter(pl.col("at") <= pl.col("ended") + _OFF)
        .select(*_KEY, "stack", "type", "turn", "between", "deploy")
    )
    met = gone.select("write", *_KEY, "stack", "type", "turn", "next_event_id", "next_turn").sort("turn")
    return (
        met.join_asof(
            calls.sort("turn", "deploy"),
            on="turn",
            by=[*_KEY, "stack", "type"],
            strategy="forward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        .filter(pl.col("between") < pl.col("next_turn"))
        .select("write", "next_event_id", "deploy")
    )


def _in_a_gap(gone: pl.DataFrame, silent: pl.DataFrame) -> pl.DataFrame:
    """`write, next_event_id, deploy`: a silent deploy in between, where the chain has a gap there."""
    apart = gone.filter(pl.col("run") != pl.col("next_run")).with_columns(since=pl.col("at") - _OFF)
    return (
        apart.select("write", "stack", "since", "next_event_id", "next_at")
        .sort("since")
        .join_asof(
            silent.select("stack", "started_at", "deploy"),
            left_on="since",
            right_on="started_at",
            by="stack",
            strategy="forward",
            check_sortedness=False,
        )
        .filter(pl.col("started_at") <= pl.col("next_at") + _OFF)
        .select("write", "next_event_id", "deploy")
    )
