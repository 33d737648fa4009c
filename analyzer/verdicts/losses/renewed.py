"""Losses of a write that may have been no more by then: a deploy of its stage had replaced it, or taken it back.

Of an update whose log was pruned nothing is left but its times. Where records are complete, it did nothing to a key
without a call on it: one that no write claims, by an API of the resource's kind, at the deploy's time. Where the chain
has a gap, the record of that call may be missing. So it is with a deploy that is not aligned, or whose clock may have
stepped, and that had the same resource write the same key; and, in a gap, with any deploy whose write of the same key
no call answers for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.verdicts.matching.match import refused_by_log, usual_apis

if TYPE_CHECKING:
    from collections.abc import Sequence

_KEY = ["store", "key"]
_STACK = ["stack"]
_RESOURCE = ["stack", "name", *_KEY]
_RENEWED = (
    "took it away later, and deploy {} of the same stage, whose event log is not available, may have replaced this "
    "write, or taken it back, before"
)
_UNPLACED = "took it away later, and deploy {} of the same stage, not aligned with the trail, wrote the key before that"
_UNANSWERED = (
    "took it away later, and deploy {} of the same stage had the same resource write the key before that: no call "
    "answers for it, and records are missing there"
)
RENEWED: Final = {"write": pl.String, "loss_event_id": pl.String, "perhaps": pl.String}
"""What may have been done to a write before the call that took its key away."""
_OFF: Final = pl.duration(seconds=3700)
"""By how much a log's clock may be off."""

_ALIGNED: Final = pl.duration(seconds=10)
"""By how much that of an aligned log may be."""


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


def unplaced_writes(writes: pl.DataFrame, deploys: pl.DataFrame, clocks: pl.DataFrame) -> pl.DataFrame:
    """`stack, name, store, key, deploy, started_at, ended` of writes of deploys that are not aligned as a whole.

    Args:
        writes: WINDOWS.
        deploys: DEPLOYS.
        clocks: CLOCK_STATES.
    """
    unplaced = clocks.filter(pl.col("clock").ne_missing("aligned") | pl.col("stepped"))
    return _by_resource(writes.join(unplaced, on="deploy", how="semi"), deploys)


def unanswered_puts(facts: pl.DataFrame, deploys: pl.DataFrame) -> pl.DataFrame:
    """The same columns, of the puts that no call answers for, nor is it proven that none was made.

    An operation that failed may have put the key before that: it failed at a later call, or an answer was lost. One
    whose only batch was refused put nothing.

    Args:
        facts: FACTS.
        deploys: DEPLOYS.
    """
    unanswered = pl.col("event_id").is_null() & pl.col("absent").is_null()
    puts = facts.filter(unanswered, pl.col("action") == "put")
    made = puts.join(refused_by_log(facts), left_on="id", right_on="write", how="anti")
    return _by_resource(made, deploys)


def _by_resource(writes: pl.DataFrame, deploys: pl.DataFrame) -> pl.DataFrame:
    return (
        writes.filter(~pl.col("pattern"), pl.col("start").is_not_null())
        .join(deploys.select("stack", deploy="id"), on="deploy")
        .select(*_RESOURCE, "deploy", started_at="start", ended=pl.coalesce("end", "start"))
        .sort("started_at", "deploy")
    )


def perhaps_renewed(
    gone: pl.DataFrame,
    history: pl.DataFrame,
    silent: pl.DataFrame,
    unplaced: pl.DataFrame,
    unanswered: pl.DataFrame,
) -> pl.DataFrame:
    """`write, loss_event_id, perhaps`: what another deploy may have replaced, or taken back, before it was deleted.

    Args:
        gone: TURNS with the delete of the key: its `next_event_id, next_turn, next_run, next_at`.
        history: KEY_HISTORY.
        silent: what `silent_deploys` gives.
        unplaced: what `unplaced_writes` gives.
        unanswered: what `unanswered_puts` gives.
    """
    if gone.is_empty():
        return pl.DataFrame(schema=RENEWED)
    met = [
        (_by_a_call(gone, history, silent, _STACK), _RENEWED),
        (_by_a_call(gone, history, unplaced, _RESOURCE), _UNPLACED),
        (_in_a_gap(gone, silent, _STACK, _OFF), _RENEWED),
        (_in_a_gap(gone, unplaced, _RESOURCE, _OFF), _UNPLACED),
        (_in_a_gap(gone, unanswered, _RESOURCE, _ALIGNED), _UNANSWERED),
    ]
    return pl.concat(
        found.select("write", loss_event_id="next_event_id", perhaps=pl.format(detail, "deploy"))
        for found, detail in met
    )


def _by_a_call(
    gone: pl.DataFrame, history: pl.DataFrame, others: pl.DataFrame, by: Sequence[str]
) -> pl.DataFrame:
    """`write, next_event_id, deploy`: a call in between that no write claims, at a time of one of `others`."""
    calls = (
        history.filter(pl.col("by_deploy").is_null())
        .select(*_KEY, "api", "at", "turn", between="turn")
        .join(gone.select(*_RESOURCE, "type").unique(), on=_KEY)
        .join(usual_apis(), on="type", how="left")
        .filter(pl.col("apis").list.contains(pl.col("api")).fill_null(value=True))
        .with_columns(until=pl.col("at") + _OFF)
        .sort("until")
        .join_asof(
            # One that began earlier may have run longer.
            others.with_columns(pl.col("ended").cum_max().over(by)),
            left_on="until",
            right_on="started_at",
            by=by,
            check_sortedness=False,
        )
        .filter(pl.col("at") <= pl.col("ended") + _OFF)
        .select(*_RESOURCE, "type", "turn", "between", other="deploy")
    )
    met = gone.select("write", *_RESOURCE, "type", "deploy", "turn", "next_event_id", "next_turn").sort(
        "turn"
    )
    return (
        met.join_asof(
            calls.sort("turn", "other"),
            on="turn",
            by=[*_RESOURCE, "type"],
            strategy="forward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        .filter(pl.col("between") < pl.col("next_turn"), pl.col("other") != pl.col("deploy"))
        .select("write", "next_event_id", deploy="other")
    )


def _in_a_gap(gone: pl.DataFrame, others: pl.DataFrame, by: Sequence[str], off: pl.Expr) -> pl.DataFrame:
    """`write, next_event_id, deploy`: one of `others` in between, where the chain has a gap there."""
    apart = gone.filter(pl.col("run") != pl.col("next_run")).with_columns(since=pl.col("at") - off)
    return (
        apart.select("write", *_RESOURCE, "since", "next_event_id", "next_at", own="deploy")
        .sort("since")
        .join_asof(
            others.select(*by, "started_at", "deploy"),
            left_on="since",
            right_on="started_at",
            by=by,
            strategy="forward",
            check_sortedness=False,
        )
        .filter(pl.col("started_at") <= pl.col("next_at") + off, pl.col("deploy") != pl.col("own"))
        .select("write", "next_event_id", "deploy")
    )
