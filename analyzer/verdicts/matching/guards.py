"""What stands between a write without a call and the verdict `dropped`: calls that could be it, and what excludes them.

In come the writes without a call, the calls, the claims and HITS, and who made each deploy's calls. Out goes GUARDS.
A chain shows that no success is missing in a window. It does not show that the window is right, nor that a call
elsewhere was not this write's own, made at another time than the log says. So every attempt on the key counts, whether
it succeeded or not: those near the operation, and those that no operation claims, anywhere in the trail.

Source: docs/facts/alignment.md#4-safe-drops
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import polars as pl

from analyzer.tables import TIME, empty
from analyzer.verdicts.columns import beside, widened
from analyzer.verdicts.matching.attempts import retried
from analyzer.verdicts.matching.claims import EFFECTS, NOBODY, claiming
from analyzer.verdicts.matching.match import about_keys, usual_apis
from analyzer.verdicts.matching.tables import GUARDS
from analyzer.verdicts.ranges import covering, ranges

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analyzer.verdicts.matching.claims import Claims

_NEAR: Final = pl.duration(seconds=2)
"""An attempt this near to an operation may be its own."""

_RERUN: Final = pl.duration(minutes=10)
"""An unclaimed attempt of the deploy's own principal this near may be a late call of the operation."""

_KEY: Final = ["store", "key", "effect"]


def guards(
    narrowed: pl.DataFrame,
    calls: pl.DataFrame,
    claims: Claims,
    hits: pl.DataFrame,
    writers: pl.DataFrame,
) -> pl.DataFrame:
    """GUARDS of the writes without a call.

    Args:
        narrowed: CLOCK_WINDOWS.
        calls: ORDERED_CALLS.
        claims: what `match.of_own_writers` gives.
        hits: HITS of them.
        writers: OWN_WRITERS.
    """
    open_writes = narrowed.join(hits, left_on="id", right_on="write", how="anti").filter(
        pl.col("store").is_not_null() & pl.col("start").is_not_null() & pl.col("end").is_not_null()
    )
    if open_writes.is_empty():
        return empty(GUARDS)
    demand = _demand(open_writes)
    attempts = about_keys(calls, demand).filter(pl.col("effect") != "read")
    spare, unread = _spare(attempts, claims, hits, narrowed), _unread(calls)
    owners = (
        hits.select("call", owner="write")
        .join(narrowed.select("deploy", owner="id"), on="owner")
        .select("call", owner="deploy")
        .unique("call")
    )
    parts = [
        _near_attempts(demand, attempts.join(owners, on="call", how="left", maintain_order="left"), writers),
        _nearest_spare(demand, spare, unread),
        _taken(demand, narrowed, hits),
        _own_spare(demand, spare, unread, writers),
        _brackets(open_writes, narrowed, hits),
        _own_reads(open_writes, narrowed, calls, writers),
    ]
    return widened(beside(open_writes.select(write="id"), parts), GUARDS)


def _demand(open_writes: pl.DataFrame) -> pl.DataFrame:
    """`write, deploy, store, key, effect, start, end, low, high, apis`: a row for each effect that would do it."""
    return (
        open_writes.select(
            "deploy", "store", "key", "start", "end", "low", "high", "action", "type", write="id"
        )
        .join(EFFECTS, on="action")
        .join(usual_apis(), on="type", how="left")
        .drop("action", "type")
    )


def _spare(
    attempts: pl.DataFrame, claims: Claims, hits: pl.DataFrame, narrowed: pl.DataFrame
) -> pl.DataFrame:
    """The attempts that no operation claims: no hit, and no failed call in the window of any operation.

    An operation of which no log shows the end claims nothing: it may have been stopped before its call.

    A refusal of which no record says who was refused explains no operation, unless the log names it by its request id
    (`refusals.of_known_callers`).
    """
    named = pl.col("request_id").is_in(narrowed["request_id"].drop_nulls().implode()).fill_null(value=False)
    known = attempts.filter((pl.col("by") != NOBODY) | named).select("call")
    refused = claiming(claims, ok=False).select("call").join(known, on="call", how="semi")
    ended = narrowed.filter(pl.col("reported") != "unfinished")
    claimed = hits.join(ended, left_on="write", right_on="id", how="semi").select("event_id").unique()
    unclaimed = attempts.join(claimed, on="event_id", how="anti")
    return unclaimed.join(refused, on="call", how="anti").sort(*_KEY, "at", "event_id")


def _unread(calls: pl.DataFrame) -> pl.DataFrame:
    """The attempts of which not all keys can be read, unless they failed: each may be any write of its store."""
    unfailed = pl.col("ok").fill_null(value=True)
    return calls.filter(pl.col("key").is_null() & (pl.col("effect") != "read") & unfailed)


def _near_attempts(demand: pl.DataFrame, attempts: pl.DataFrame, writers: pl.DataFrame) -> pl.DataFrame:
    """`write, near_attempt, near_owned`: the first attempt within the operation's own time, by whomever.

    A call of another API than the resource kind's counts only if the deploy's own writer made it. One that answers for
    another operation of the same deploy is no doubt if it lies outside the window that the known clock leaves.
    """
    near = demand.with_columns(
        low=pl.min_horizontal("low", (pl.col("start") - _NEAR).cast(TIME)),
        high=pl.max_horizontal("high", (pl.col("end") + _NEAR).cast(TIME)),
        own_low="low",
        own_high="high",
    )
    moments = attempts.select(*_KEY, "at", "event_id", "api", "by", "owner", "ok").sort(
        *_KEY, "at", "event_id"
    )
    spans = near.hstack(ranges(near, moments, _KEY)).filter(pl.col("first") < pl.col("past"))
    if spans.is_empty():
        flags = dict.fromkeys(("near_ok", "near_owned", "near_unknown", "near_mine"), pl.Boolean)
        return pl.DataFrame(schema={"write": pl.String, "near_attempt": pl.String, **flags})
    rows = spans.with_columns(
        row=pl.int_ranges("first", pl.min_horizontal("past", pl.col("first") + _LOOKED_AT))
    )
    pairs = rows.explode("row").drop_nulls("row")
    found = pairs.hstack(moments[pairs["row"]].select("at", "event_id", "api", "by", "owner", "ok"))
    mine = found.join(
        writers.select("deploy", "by", own=pl.lit(value=True)).unique(), on=["deploy", "by"], how="left"
    )
    usual = pl.col("api").is_in(pl.col("apis")).fill_null(value=True)
    elsewhere = (pl.col("owner") == pl.col("deploy")) & ~pl.col("at").is_between("own_low", "own_high")
    more = pl.col("past") - pl.col("first") > _LOOKED_AT
    return (
        mine.filter(usual | pl.col("own").fill_null(value=False) | more)
        .filter(~elsewhere.fill_null(value=False) | more)
        .sort("at", "event_id")
        .group_by("write")
        .agg(
            near_attempt=pl.col("event_id").first(),
            near_owned=pl.col("owner").is_not_null().all(),
            near_ok=pl.col("ok").fill_null(value=True).any(),
            near_unknown=pl.col("ok").is_null().any(),
            near_mine=(pl.col("ok").is_null() & pl.col("own").fill_null(value=False)).any(),
        )
    )


_UNKNOWN: Final = ""
"""Stands for the caller of a record that does not say it."""

_LOOKED_AT: Final = 64
"""Attempts near an operation that are looked at: where there are more, the first are the doubt, whoever made them."""


def _nearest_spare(demand: pl.DataFrame, spare: pl.DataFrame, unread: pl.DataFrame) -> pl.DataFrame:
    """`write, near_event`: the unclaimed attempt that is nearest in time, anywhere in the trail."""
    found = [*_nearest(demand, spare, _KEY), *_nearest(demand, unread, ["store"])]
    if not found:
        return pl.DataFrame(
            schema={"write": pl.String, "near_event": pl.String, "near_distance": pl.Duration("us")}
        )
    return (
        pl.concat(found)
        .drop_nulls("event_id")
        .sort("distance", "event_id")
        .unique("write", keep="first", maintain_order=True)
        .select("write", near_event="event_id", near_distance="distance")
    )


def _taken(demand: pl.DataFrame, narrowed: pl.DataFrame, hits: pl.DataFrame) -> pl.DataFrame:
    """`write, near_taken`: the first call on the key that answers for another operation of the same deploy."""
    taken = hits.join(narrowed.select("deploy", write="id"), on="write").sort("at", "event_id")
    first = taken.unique(["deploy", *_KEY], keep="first").select("deploy", *_KEY, "at", near_taken="event_id")
    found = demand.join(first, on=["deploy", *_KEY]).sort("at", "near_taken")
    return found.unique("write", keep="first", maintain_order=True).select("write", "near_taken")


def _nearest(demand: pl.DataFrame, attempts: pl.DataFrame, on: Sequence[str]) -> Iterator[pl.DataFrame]:
    """`write, event_id, distance`: the last of `attempts` before each write's start, and the first after it.

    Nothing where there are none.
    """
    if attempts.is_empty():
        return
    moments = _of_apis(attempts, demand, on).select(*on, "event_id", call_at="at").sort("call_at")
    sides: tuple[Literal["backward", "forward"], ...] = ("backward", "forward")
    for side in sides:
        joined = demand.sort("start").join_asof(
            moments, left_on="start", right_on="call_at", by=on, strategy=side, check_sortedness=False
        )
        yield joined.select("write", "event_id", distance=(pl.col("call_at") - pl.col("start")).abs())


def _of_apis(attempts: pl.DataFrame, demand: pl.DataFrame, on: Sequence[str]) -> pl.DataFrame:
    """The attempts that a resource of these keys can have made."""
    apis = demand.select(*on, "apis").explode("apis").unique().rename({"apis": "api"})
    known = attempts.join(apis.drop_nulls(), on=[*on, "api"], how="semi", maintain_order="left")
    any_api = apis.filter(pl.col("api").is_null()).select(on)
    return known if any_api.is_empty() else attempts.join(any_api, on=on, how="semi", maintain_order="left")


def _own_spare(
    demand: pl.DataFrame, spare: pl.DataFrame, unread: pl.DataFrame, writers: pl.DataFrame
) -> pl.DataFrame:
    """`write, own_spare`: an unclaimed attempt of the deploy's own principal within minutes, or one of nobody known."""
    near = [
        (attempts, on) for attempts, on in ((spare, _KEY), (unread, ["store"])) if not attempts.is_empty()
    ]
    if not near:
        return pl.DataFrame(schema={"write": pl.String, "own_spare": pl.String})
    callers = pl.concat(
        [
            writers.select("deploy", "caller").drop_nulls(),
            demand.select("deploy", caller=pl.lit(_UNKNOWN)),
        ]
    )
    wider = demand.join(callers.unique(), on="deploy").with_columns(
        low=(pl.col("start") - _RERUN).cast(TIME), high=(pl.col("end") + _RERUN).cast(TIME)
    )
    found = []
    for attempts, on in near:
        named = attempts.with_columns(pl.col("caller").fill_null(_UNKNOWN))
        moments = named.sort(*on, "caller", "at", "event_id")
        rows = wider.select("write").hstack(ranges(wider, moments, [*on, "caller"]))
        spans = rows.filter(pl.col("first") < pl.col("past"))
        found.append(spans.select("write", own_spare=moments["event_id"].gather(spans["first"])))
    return pl.concat(found).unique("write", keep="first", maintain_order=True)


def _brackets(open_writes: pl.DataFrame, writes: pl.DataFrame, hits: pl.DataFrame) -> pl.DataFrame:
    """`write, bracketed`: whether matched operations of the deploy end before it and begin after it, by the log."""
    matched = writes.join(hits.select("write"), left_on="id", right_on="write", how="semi")
    edges = matched.group_by("deploy").agg(first_end=pl.col("end").min(), last_start=pl.col("start").max())
    inside = (pl.col("first_end") <= pl.col("start")) & (pl.col("last_start") >= pl.col("end"))
    return open_writes.join(edges, on="deploy").select(write="id", bracketed=inside.fill_null(value=False))


def _own_reads(
    open_writes: pl.DataFrame, narrowed: pl.DataFrame, calls: pl.DataFrame, writers: pl.DataFrame
) -> pl.DataFrame:
    """`write, own_read`: a read of the key by the deploy's own writer, in its window and in no other operation's.

    After one that was throttled the operation went on, and nothing shows for how long.
    """
    ended = ~(~pl.col("ok") & retried()).fill_null(value=False)
    of_keys = about_keys(calls.filter((pl.col("api") == "GetKey") & ended), open_writes)
    if of_keys.is_empty():
        return pl.DataFrame(schema={"write": pl.String, "own_read": pl.String})
    on = ["store", "key", "deploy"]
    asked = open_writes.select(
        on
    ).unique()  # one writer may have made all deploys, and few of them ask for a key
    reads = (
        of_keys.join(asked, on=["store", "key"])
        .join(writers.filter(pl.col("by") != NOBODY).select("deploy", "by"), on=["deploy", "by"], how="semi")
        .select(*on, "at", "event_id")
        .sort(*on, "at", "event_id")
    )
    windows = narrowed.select(*on, "low", "high", write="id").drop_nulls(["store", "low", "high"])
    alone = reads.filter(covering(reads, windows, on) == 1)
    mine = windows.join(open_writes.select(write="id"), on="write", how="semi")
    spans = mine.select("write").hstack(ranges(mine, alone, on)).filter(pl.col("first") < pl.col("past"))
    return spans.select("write", own_read=alone["event_id"].gather(spans["past"] - 1))
