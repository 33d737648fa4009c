"""The failed attempts of each write: calls that tried to make it and were refused.

In come the claims and HITS. Out go FAILED_ATTEMPTS, and LAST_FAILURES with the last one of each write. A failed call
belongs to a deploy if its principal made calls that answer for the deploy's writes. If no call answers for any of them,
the calls of every principal in the window may be the deploy's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.tables import conform, empty
from analyzer.verdicts.causes import cause_of
from analyzer.verdicts.columns import COUNT
from analyzer.verdicts.matching.claims import ANYBODY, Claims, few_pairs, on_lanes, pairs_at, with_call
from analyzer.verdicts.matching.tables import FAILED_ATTEMPTS, LAST_FAILURES
from analyzer.verdicts.ranges import nearest, ranges, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_SHOWN: Final = 5
"""Failed calls that are shown of each write; what is beyond is counted."""

MOST_TRIES: Final = 10
"""Of a call that is throttled, or that fails by a fault of the service (docs/facts/sst-output.md, 4.5 S1)."""

TRIED_AGAIN = ("precondition_failed", "throttled", "service_error")

_OWN_CALLERS: Final = 16
"""Callers of one deploy that are distinguished from others: where more answer for its writes, anybody may be its own.

One deploy has one credential. Each write has windows on the calls of each of its deploy's own callers: without a bound
that is the product of both.
"""

_AT_ONCE: Final = 2_000_000
"""Rows that are looked at together, where each call of a window must be."""


def callers_of(hits: pl.DataFrame, writes: pl.DataFrame) -> pl.DataFrame:
    """`deploy, caller`: who made calls that answer for a deploy's writes.

    Args:
        hits: HITS.
        writes: WINDOWS.
    """
    return hits.join(writes.select("deploy", write="id"), on="write").select("deploy", "caller").unique()


def own_calls(seen_calls: pl.DataFrame, hits: pl.DataFrame, writes: pl.DataFrame) -> pl.DataFrame:
    """The rows of `seen_calls` (`write, caller, …`) that the write's own deploy can have made."""
    deploys = writes.select("deploy", write="id")
    callers = callers_of(hits, writes)
    deploys_with_callers = callers.select("deploy").unique().with_columns(has_callers=pl.lit(value=True))
    mine = callers.with_columns(mine=pl.lit(value=True))
    return (
        seen_calls.join(deploys, on="write")
        .join(deploys_with_callers, on="deploy", how="left")
        .join(mine, on=["deploy", "caller"], how="left", nulls_equal=True)
        .filter(pl.col("mine").fill_null(False) | ~pl.col("has_callers").fill_null(False))
        .drop("deploy", "has_callers", "mine")
    )


def own_claims(claims: Claims, hits: pl.DataFrame, writes: pl.DataFrame) -> Claims:
    """`claims` on calls that the write's own deploy can have made."""
    deploys = writes.select("deploy", write="id")
    own = hits.select("write", own="by").join(deploys, on="write").select("deploy", "own").unique()
    own = own.filter(pl.len().over("deploy") <= _OWN_CALLERS)
    anybodys = claims.zones.join(own.select("deploy").unique(), on="deploy", how="anti")
    theirs = claims.zones.join(own, on="deploy")
    as_it_is = theirs.filter(pl.col("by") == pl.col("own")).drop("own")
    narrower = (
        theirs.filter(pl.col("by") == ANYBODY).with_columns(by="own").drop("own", "lane", "first", "past")
    )
    zones = on_lanes(narrower, claims.lanes, claims.lane_calls)
    own_pairs = own_calls(claims.extras.select("write", "call", "caller"), hits, writes)
    extras = claims.extras.join(own_pairs, on=["write", "call"], how="semi")
    return claims.only(pl.concat([anybodys, as_it_is, zones]), extras)


def failed_attempts(claims: Claims, own: Claims, hits: pl.DataFrame) -> pl.DataFrame:
    """The failed write calls of each write, by its own deploy: those that explain it, and how many there are.

    FAILED_ATTEMPTS has a row for the first `MOST_SHOWN` of a write, and for the last ones that were not tried again.
    `resolved` says that the same writer wrote the key later in the same window, for whichever operation: the attempt
    was tried again, and decides nothing.

    Args:
        claims: what `match.of_own_writers` gives.
        own: what `own_claims` gives of them.
        hits: HITS.
    """
    zones = own.zones.filter(~pl.col("ok"))
    extras = own.extras.filter(~pl.col("ok"))
    if zones.is_empty() and extras.is_empty():
        return empty(FAILED_ATTEMPTS)
    flags = _flags(claims)
    pairs = pl.concat(
        [
            few_pairs(claims, zones, MOST_SHOWN),
            *(_last_open(claims, zones, flags, flag) for flag in ("final", "stale", "busy")),
            extras.select("write", "call"),
        ]
    ).unique()
    totals = pl.concat(
        [
            zones.select("write", total=pl.col("past") - pl.col("first")),
            extras.select("write", total=pl.lit(1, COUNT)),
        ]
    )
    attempts = (
        _with_resolved(with_call(pairs, claims.calls), claims)
        .join(totals.group_by("write").agg(pl.col("total").sum()), on="write")
        .join(_recovered(claims, zones, extras, hits), on="write", how="left")
    )
    return conform(attempts, FAILED_ATTEMPTS)


def resolved(failed: pl.DataFrame, succeeded: pl.DataFrame, owner: str = "write") -> pl.DataFrame:
    """`failed` calls in the columns of FAILED_ATTEMPTS, by `succeeded` calls of the same `owner`: a write, or a pool.

    SST tries a stale ETag again, its SDK a throttled call and a fault of the service; nothing else is tried again.
    """
    latest = succeeded.group_by(owner, "writer").agg(ok_at=pl.col("at").max())
    return failed.join(latest, on=[owner, "writer"], how="left").select(
        owner,
        "event_id",
        "request_id",
        "at",
        "error_code",
        "error_message",
        "writer",
        resolved=((pl.col("ok_at") >= pl.col("at")) & retried()).fill_null(False),
    )


def failed_summary(failed: pl.DataFrame) -> pl.DataFrame:
    """LAST_FAILURES: per write how many attempts were tried again, and the last one that was not."""
    if failed.is_empty():
        return empty(LAST_FAILURES)
    # SST tries a stale ETag again without end: it never is what ended an operation.
    by_weight = failed.sort(_cause() != "precondition_failed", "at", "event_id")
    last_word = ~pl.col("resolved")
    summary = by_weight.group_by("write").agg(
        recovered=pl.col("recovered").first().fill_null(0),
        failed_event=pl.col("event_id").filter(last_word).last(),
        failed_request=pl.col("request_id").filter(last_word).last(),
        failed_code=pl.col("error_code").filter(last_word).last(),
        failed_message=pl.col("error_message").filter(last_word).last(),
    )
    return conform(summary, LAST_FAILURES)


def _cause() -> pl.Expr:
    return cause_of(pl.col("error_code"), pl.col("error_message"))


def retried() -> pl.Expr:
    """Whether a failed call is tried again by the program, by its error."""
    return _cause().is_in(TRIED_AGAIN).fill_null(False)


def _with_resolved(pairs: pl.DataFrame, claims: Claims) -> pl.DataFrame:
    """`pairs` of failed calls as `resolved` has them."""
    latest = _last_success(claims, pairs.select("write", "writer").unique())
    return resolved(pairs, latest)


def _last_success(claims: Claims, writers: pl.DataFrame) -> pl.DataFrame:
    """`write, writer, at`: the last time at which a writer made a successful call that the write claims."""
    successes = claims.lane_calls.filter("ok").sort("lane", "writer", "at")
    zones = claims.zones.filter("ok").select("write", "lane", "low", "high").join(writers, on="write")
    spans = zones.hstack(ranges(zones, successes, ["lane", "writer"])).filter(
        pl.col("first") < pl.col("past")
    )
    last = spans.select("write", "writer", at=successes["at"].gather(spans["past"] - 1))
    extras = claims.extras.filter("ok").join(writers, on=["write", "writer"], how="semi")
    return pl.concat([last, extras.select(last.columns)])


def _flags(claims: Claims) -> pl.DataFrame:
    """For each row of LANE_CALLS whether it failed and is `final` (not tried again), `stale` or `busy` (both are)."""
    stale = (_cause() == "precondition_failed").fill_null(False)
    failures = claims.calls.filter(~pl.col("ok")).select(
        "call", final=~retried(), stale=stale, busy=retried() & ~stale
    )
    return (
        claims.lane_calls.select("call", "writer")
        .join(failures, on="call", how="left", maintain_order="left")
        .with_columns(pl.col("final", "stale", "busy").fill_null(False))
    )


def _last_open(claims: Claims, zones: pl.DataFrame, flags: pl.DataFrame, flag: str) -> pl.DataFrame:
    """`write, call`: of each zone the last call with the flag that was not tried again."""
    last = flags.select(nearest(pl.col(flag), forward=False).alias("row")).to_series()
    holding = zones.with_columns(row=last.gather(zones["past"] - 1)).filter(pl.col("row") >= pl.col("first"))
    pairs = holding.select("write", call=claims.lane_calls["call"].gather(holding["row"]))
    if flag == "final" or holding.is_empty():
        return pairs
    # Of one writer the last call is open if any is. Most zones know but one; of the others each call is looked at.
    is_open = _is_open(claims, pairs)
    left = holding.drop("row").filter(~is_open)
    return pl.concat([pairs.filter(is_open), *_looked_through(claims, left, flags, flag)])


def _is_open(claims: Claims, pairs: pl.DataFrame) -> pl.Series:
    """Whether each call of `pairs` was not tried again."""
    numbered = with_call(pairs, claims.calls).with_row_index("row")
    latest = _last_success(claims, numbered.select("write", "writer").unique())
    ended = latest.group_by("write", "writer").agg(ok_at=pl.col("at").max())
    with_success = numbered.join(ended, on=["write", "writer"], how="left").sort("row")
    return with_success.select(~(pl.col("ok_at") >= pl.col("at")).fill_null(False)).to_series()


def _looked_through(
    claims: Claims, zones: pl.DataFrame, flags: pl.DataFrame, flag: str
) -> Iterator[pl.DataFrame]:
    """The same for zones of several writers, so many at a time that their calls fit into memory."""
    size = pl.col("past") - pl.col("first")
    parts = zones.with_columns(part=size.cum_sum() // _AT_ONCE)
    for part in parts.partition_by("part", include_key=False):
        rows = rows_of(part)
        flagged = rows.hstack(flags[rows["row"]].select("writer", flag)).filter(flag)
        lasts = flagged.group_by("span", "writer").agg(pl.col("row").max())
        pairs = pairs_at(claims, part, lasts)
        is_open = lasts.filter(_is_open(claims, pairs)).group_by("span").agg(pl.col("row").max())
        yield pairs_at(claims, part, is_open)


def _recovered(claims: Claims, zones: pl.DataFrame, extras: pl.DataFrame, hits: pl.DataFrame) -> pl.DataFrame:
    """`write, recovered`: how many failed calls the writer of the answer tried again before it succeeded last."""
    writers = hits.select("write", "writer").unique()
    until = _last_success(claims, writers).group_by("write", "writer").agg(until=pl.col("at").max())
    open_to_retry = claims.calls.filter(~pl.col("ok") & retried()).select("call")
    retries = (
        claims.lane_calls.join(open_to_retry, on="call", how="semi")
        .unique(["lane", "writer", "event_id"])
        .sort("lane", "writer", "at")
    )
    windows = zones.join(until, on="write").select(
        "write", "lane", "writer", "low", high=pl.min_horizontal("high", "until")
    )
    counts = windows.select("write").hstack(ranges(windows, retries, ["lane", "writer"]))
    more = (
        extras.join(open_to_retry, on="call", how="semi")
        .join(until, on=["write", "writer"])
        .filter(pl.col("at") <= pl.col("until"))
    )
    parts = [
        counts.select("write", recovered=pl.col("past") - pl.col("first")),
        more.select("write", recovered=pl.lit(1, COUNT)),
    ]
    return pl.concat(parts).group_by("write").agg(pl.col("recovered").sum())
