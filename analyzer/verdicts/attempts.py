"""The calls that were made for a write and did not make it: failed writes.

Calls belong to an operation's deploy where they were made by a principal whose calls answer for that deploy's writes;
where none does, anybody's call in the window may be its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.verdicts.causes import cause_of
from analyzer.verdicts.claims import ANYBODY, Claims, few_pairs, on_lanes, pairs_at, with_call
from analyzer.verdicts.ranges import COUNT, nearest, ranges, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator

SHOWN: Final = 5
"""Failed calls that are shown of each write; what is beyond is counted."""

_TRIED_AGAIN = ("precondition_failed", "throttled", "service_error")

_OWN_CALLERS: Final = 16
"""Callers of one deploy that are told from others: where more answer for its writes, anybody may be its own.

One deploy has one credential. Each write has windows on the calls of each of its deploy's own callers: without a bound
that is the product of both.
"""

_AT_ONCE: Final = 2_000_000
"""Rows that are looked at together, where each call of a window must be."""


def callers_of(hits: pl.DataFrame, writes: pl.DataFrame) -> pl.DataFrame:
    """`deploy, caller`: who made calls that answer for a deploy's writes.

    Args:
        hits: what `match.assigned` gives.
        writes: WRITES.
    """
    return hits.join(writes.select("deploy", write="id"), on="write").select("deploy", "caller").unique()


def own_calls(seen: pl.DataFrame, hits: pl.DataFrame, writes: pl.DataFrame) -> pl.DataFrame:
    """The rows of `seen` (`write, caller, …`) that the write's own deploy can have made."""
    deploys = writes.select("deploy", write="id")
    callers = callers_of(hits, writes)
    known = callers.select("deploy").unique().with_columns(known=pl.lit(value=True))
    mine = callers.with_columns(mine=pl.lit(value=True))
    return (
        seen.join(deploys, on="write")
        .join(known, on="deploy", how="left")
        .join(mine, on=["deploy", "caller"], how="left", nulls_equal=True)
        .filter(pl.col("mine").fill_null(False) | ~pl.col("known").fill_null(False))
        .drop("deploy", "known", "mine")
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
    zones = on_lanes(narrower, claims.lanes, claims.laned).select(claims.zones.columns)
    told = own_calls(claims.extras.select("write", "call", "caller"), hits, writes)
    extras = claims.extras.join(told, on=["write", "call"], how="semi")
    return claims.only(pl.concat([anybodys, as_it_is, zones]), extras)


def failed_attempts(claims: Claims, own: Claims, hits: pl.DataFrame) -> pl.DataFrame:
    """The failed write calls of each write, by its own deploy: those that tell of it, and how many there are.

    Gives `write, event_id, request_id, at, error_code, error_message, writer, resolved, total, recovered`: a row for
    each of the first `SHOWN` of a write, and for the last ones that were not tried again. `resolved` says that the
    same writer wrote the key later in the same window, for whichever operation: the attempt was tried again, and is
    nobody's last word. Of each write `total` counts the attempts, `recovered` those that its own writer tried again.

    Args:
        claims: what `match.without_strangers` gives.
        own: what `own_claims` gives of them.
        hits: what `match.assigned` gives.
    """
    zones = own.zones.filter(~pl.col("ok"))
    extras = own.extras.filter(~pl.col("ok"))
    flags = _flags(claims)
    pairs = pl.concat(
        [
            few_pairs(claims, zones, SHOWN),
            *(_last_open(claims, zones, flags, kind) for kind in ("final", "stale", "busy")),
            extras.select("write", "call"),
        ]
    ).unique()
    totals = pl.concat(
        [
            zones.select("write", total=pl.col("past") - pl.col("first")),
            extras.select("write", total=pl.lit(1, COUNT)),
        ]
    )
    found = _weighed(with_call(pairs, claims.calls), claims)
    return found.join(totals.group_by("write").agg(pl.col("total").sum()), on="write").join(
        _recovered(claims, zones, extras, hits), on="write", how="left"
    )


def resolved(failed: pl.DataFrame, succeeded: pl.DataFrame) -> pl.DataFrame:
    """`failed` calls in the columns of `failed_attempts`, told from `succeeded` calls of the same writes.

    SST tries a stale ETag again, its SDK a throttled call and a fault of the service; nothing else is tried again.
    """
    latest = succeeded.group_by("write", "writer").agg(ok_at=pl.col("at").max())
    return failed.join(latest, on=["write", "writer"], how="left").select(
        "write",
        "event_id",
        "request_id",
        "at",
        "error_code",
        "error_message",
        "writer",
        resolved=((pl.col("ok_at") >= pl.col("at")) & _retried()).fill_null(False),
    )


def failed_summary(failed: pl.DataFrame) -> pl.DataFrame:
    """Per write: `recovered` (attempts that were tried again with success) and the last attempt that was not."""
    # SST tries a stale ETag again without end: it never is what ended an operation.
    known = failed.sort(_cause() != "precondition_failed", "at", "event_id")
    last_word = ~pl.col("resolved")
    return known.group_by("write").agg(
        recovered=pl.col("recovered").first().fill_null(0),
        failed_event=pl.col("event_id").filter(last_word).last(),
        failed_request=pl.col("request_id").filter(last_word).last(),
        failed_code=pl.col("error_code").filter(last_word).last(),
        failed_message=pl.col("error_message").filter(last_word).last(),
    )


def _cause() -> pl.Expr:
    return cause_of(pl.col("error_code"), pl.col("error_message"))


def _retried() -> pl.Expr:
    return _cause().is_in(_TRIED_AGAIN).fill_null(False)


def _weighed(pairs: pl.DataFrame, claims: Claims) -> pl.DataFrame:
    """`pairs` of failed calls as `resolved` has them."""
    latest = _last_success(claims, pairs.select("write", "writer").unique())
    return resolved(pairs, latest)


def _last_success(claims: Claims, asked: pl.DataFrame) -> pl.DataFrame:
    """`write, writer, at`: when a writer last made a call that each write claims, where it made any."""
    made = claims.laned.filter("ok").sort("lane", "writer", "at")
    zones = claims.zones.filter("ok").select("write", "lane", "low", "high").join(asked, on="write")
    found = zones.hstack(ranges(zones, made, ["lane", "writer"])).filter(pl.col("first") < pl.col("past"))
    last = found.select("write", "writer", at=made["at"].gather(found["past"] - 1))
    extras = claims.extras.filter("ok").join(asked, on=["write", "writer"], how="semi")
    return pl.concat([last, extras.select(last.columns)])


def _flags(claims: Claims) -> pl.DataFrame:
    """For each row of `laned` whether it failed and is `final` (not tried again), `stale` or `busy` (both are)."""
    stale = (_cause() == "precondition_failed").fill_null(False)
    kinds = claims.calls.filter(~pl.col("ok")).select(
        "call", final=~_retried(), stale=stale, busy=_retried() & ~stale
    )
    return (
        claims.laned.select("call", "writer")
        .join(kinds, on="call", how="left", maintain_order="left")
        .with_columns(pl.col("final", "stale", "busy").fill_null(False))
    )


def _last_open(claims: Claims, zones: pl.DataFrame, flags: pl.DataFrame, kind: str) -> pl.DataFrame:
    """`write, call`: of each zone the last call of the kind that nobody tried again."""
    last = flags.select(nearest(pl.col(kind), forward=False).alias("row")).to_series()
    held = zones.with_columns(row=last.gather(zones["past"] - 1)).filter(pl.col("row") >= pl.col("first"))
    pairs = held.select("write", call=claims.laned["call"].gather(held["row"]))
    if kind == "final" or held.is_empty():
        return pairs
    # Of one writer the last call is open if any is. Most zones know but one; of the others each call is looked at.
    is_open = _is_open(claims, pairs)
    left = held.drop("row").filter(~is_open)
    return pl.concat([pairs.filter(is_open), *_looked_through(claims, left, flags, kind)])


def _is_open(claims: Claims, pairs: pl.DataFrame) -> pl.Series:
    """Whether nobody tried each call of `pairs` again."""
    numbered = with_call(pairs, claims.calls).with_row_index("place")
    latest = _last_success(claims, numbered.select("write", "writer").unique())
    ended = latest.group_by("write", "writer").agg(ok_at=pl.col("at").max())
    known = numbered.join(ended, on=["write", "writer"], how="left").sort("place")
    return known.select(~(pl.col("ok_at") >= pl.col("at")).fill_null(False)).to_series()


def _looked_through(
    claims: Claims, zones: pl.DataFrame, flags: pl.DataFrame, kind: str
) -> Iterator[pl.DataFrame]:
    """The same for zones of several writers, so many at a time that their calls fit into memory."""
    size = pl.col("past") - pl.col("first")
    parts = zones.with_columns(part=size.cum_sum() // _AT_ONCE)
    for part in parts.partition_by("part", include_key=False):
        rows = rows_of(part)
        of_kind = rows.hstack(flags[rows["row"]].select("writer", kind)).filter(kind)
        lasts = of_kind.group_by("span", "writer").agg(pl.col("row").max())
        pairs = pairs_at(claims, part, lasts)
        is_open = lasts.filter(_is_open(claims, pairs)).group_by("span").agg(pl.col("row").max())
        yield pairs_at(claims, part, is_open)


def _recovered(claims: Claims, zones: pl.DataFrame, extras: pl.DataFrame, hits: pl.DataFrame) -> pl.DataFrame:
    """`write, recovered`: how many failed calls the writer of the answer tried again before it succeeded last."""
    asked = hits.select("write", "writer").unique()
    until = _last_success(claims, asked).group_by("write", "writer").agg(until=pl.col("at").max())
    retried = claims.calls.filter(~pl.col("ok") & _retried()).select("call")
    made = (
        claims.laned.join(retried, on="call", how="semi")
        .unique(["lane", "writer", "event_id"])
        .sort("lane", "writer", "at")
    )
    windows = zones.select("write", "lane", "low", "high").join(until, on="write")
    windows = windows.with_columns(high=pl.min_horizontal("high", "until"))
    counts = windows.select("write").hstack(ranges(windows, made, ["lane", "writer"]))
    more = (
        extras.join(retried, on="call", how="semi")
        .join(until, on=["write", "writer"])
        .filter(pl.col("at") <= pl.col("until"))
    )
    found = [
        counts.select("write", recovered=pl.col("past") - pl.col("first")),
        more.select("write", recovered=pl.lit(1, COUNT)),
    ]
    return pl.concat(found).group_by("write").agg(pl.col("recovered").sum())
