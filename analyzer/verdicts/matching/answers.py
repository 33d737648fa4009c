"""How sure it is that each assigned call answers for its write, and which other writes could claim the call.

In come the claims and HITS. Out go ANSWERS (one row for each write that has a call) and FITS.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from analyzer.tables import TIME, conform, empty
from analyzer.verdicts.causes import cause_of
from analyzer.verdicts.columns import widened
from analyzer.verdicts.losses.ambiguous import arrows
from analyzer.verdicts.matching.claims import INNER, Claims, inside
from analyzer.verdicts.matching.tables import ANSWERS, FITS
from analyzer.verdicts.ranges import covering, nearest, ranges

_PHASES = range(4)
_ERROR = (pl.col("error_code"), pl.col("error_message"))


def answers(claims: Claims, hits: pl.DataFrame, writes: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """ANSWERS: for each write the call that answers for it, how sure that is, and whether the call is contested.

    It is contested where a write that got no call could claim it with the same right.

    Args:
        claims: what `match.of_own_writers` gives.
        hits: HITS of them.
        writes: WINDOWS.
        calls: ORDERED_CALLS.
    """
    operations = writes.select("op", "action", "reported", "deploy", write="id")
    holders = hits.join(operations.select("write", "op", "action", "deploy"), on="write")
    disputed, contesting = _contests(claims, holders, operations)
    parties = claims.demand.select("write", "party").unique()
    identities = holders.join(parties, on="write").select(
        "write", "action", callers=pl.col("caller").n_unique().over("party")
    )
    sure = inside() & pl.col("one_writer") & (pl.col("callers") == 1)
    # Others write the same list; without an identity nothing shows whose call it is.
    by_log = pl.col("write").is_in(claims.request_pairs["write"].unique().implode())
    anybodys = pl.col("caller").is_null() & pl.col("action").is_in(["append", "remove"]) & ~by_log
    after_refusal = pl.col("write").is_in(_whose_read_was_denied(hits, calls).implode())
    rated = (
        hits.join(_of_one_writer(claims), on="write")
        .join(identities, on="write")
        .with_columns(contested=pl.col("call").is_in(disputed.implode()))
        .select(
            "write",
            "event_id",
            "contested",
            hit_at="at",
            hit_value="value",
            hit_confidence=pl.when(pl.col("contested") | anybodys | after_refusal)
            .then(pl.lit("low"))
            .when(sure)
            .then(pl.lit("proven"))
            .otherwise(pl.lit("high")),
        )
    )
    unanswered = contesting.rename("write").to_frame().with_columns(contested=pl.lit(value=True))
    return pl.concat([conform(rated, ANSWERS), widened(unanswered, ANSWERS)])


def _whose_read_was_denied(hits: pl.DataFrame, calls: pl.DataFrame) -> pl.Series:
    """The writes in whose time their caller was not allowed to read the list: the call may be another job's.

    What is not allowed is not tried again: the operation ended with it.
    """
    denied = calls.filter((pl.col("api") == "GetKey") & (cause_of(*_ERROR) == "access_denied"))
    if denied.is_empty():
        return hits["write"].clear()
    on = ["store", "key", "by"]
    own = hits.select(
        "write",
        *on,
        low=(pl.col("start") - INNER).cast(TIME),
        high=pl.min_horizontal("at", (pl.col("end") + INNER).cast(TIME)),
    )
    found = ranges(own, denied.select(*on, "at").sort(*on, "at"), on)
    return own.filter(found["first"] < found["past"])["write"]


def _contests(claims: Claims, holders: pl.DataFrame, operations: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """The assigned calls that writes without a call could claim, and these writes.

    A write that loses its call so may claim another's, and so on: every call at the end of an alternating path from a
    write without a call is contested. After `_LONGEST_PATH` steps all calls beside the path are.
    """
    ended = operations.select("write", unfinished=pl.col("reported") == "unfinished")
    zones, named = (part.filter("ok").join(ended, on="write") for part in (claims.zones, claims.extras))
    right = holders.select("call", "phase", "write", updates=pl.col("op") == "update")
    rows = (
        claims.lane_calls.select("lane", "at", "call").join(right.drop("write"), on="call").sort("lane", "at")
    )
    without_call = operations.join(holders, on="write", how="anti").select("write")
    contested, contesting = _claimable(zones, named, rows, right, without_call)
    contesting = contesting.unique().sort()
    last = contested
    for step in range(_LONGEST_PATH + 1):
        handing_on = right.join(last.to_frame("call"), on="call", how="semi").select("write")
        if handing_on.is_empty():
            break
        if step == _LONGEST_PATH:
            lanes = zones.join(handing_on, on="write", how="semi").select("lane").unique()
            reached = rows.join(lanes, on="lane", how="semi")["call"]
        else:
            reached, _ = _claimable(zones, named, rows, right, handing_on)
        last = reached.filter(~reached.is_in(contested.implode()))
        contested = pl.concat([contested, last])
    return contested, contesting


_LONGEST_PATH: Final = 32
"""Steps of an alternating path that are followed one by one."""


def _claimable(
    zones: pl.DataFrame, named: pl.DataFrame, rows: pl.DataFrame, right: pl.DataFrame, writes: pl.DataFrame
) -> tuple[pl.Series, pl.Series]:
    """The assigned calls that these writes could claim with the same right, and which of the writes could any."""
    zones, named = (part.join(writes, on="write", how="semi") for part in (zones, named))
    nothing = right["call"].clear(), writes["write"].clear()
    if zones.is_empty() and named.is_empty():
        return nothing
    contested, contesting = [], []
    for phase in _PHASES:
        for unfinished in (True, False):
            # What an operation without an end may have done, another that ended well did as well as not: only an
            # update that set its outputs surely wrote.
            killed = unfinished and phase == 1
            weaker = (pl.col("phase") >= phase) | (~pl.col("updates") if killed else pl.lit(value=False))
            same = (pl.col("phase") == phase) & (pl.col("unfinished") == unfinished)
            open_zones = zones.filter(same).select("write", "lane", "low", "high")
            open_named = named.filter(same).select("write", "call")
            if open_zones.is_empty() and open_named.is_empty():
                continue
            weak = rows.filter(weaker.fill_null(False))
            contested.append(weak.filter(covering(weak, open_zones, ["lane"]) > 0)["call"])
            rows_in = ranges(open_zones, weak, ["lane"])
            contesting.append(open_zones.filter(rows_in["first"] < rows_in["past"])["write"])
            weak_calls = right.filter(weaker.fill_null(False)).select("call")
            pairs = open_named.join(weak_calls, on="call")
            contested.append(pairs["call"])
            contesting.append(pairs["write"])
    if not contested:
        return nothing
    return pl.concat(contested).unique(), pl.concat(contesting)


def _of_one_writer(claims: Claims) -> pl.DataFrame:
    """`write, one_writer`: whether all successful calls that a write claims were made by one writer."""
    writer = pl.col("writer")
    changes = (writer != writer.shift()) | (pl.col("lane") != pl.col("lane").shift())
    change = claims.lane_calls.select(
        nearest(changes.fill_null(True), forward=False).alias("row")
    ).to_series()
    zones = claims.zones.filter("ok")
    spans = pl.concat(
        [
            zones.select(
                "write",
                one=change.gather(zones["past"] - 1) <= zones["first"],
                writer=claims.lane_calls["writer"].gather(zones["first"]),
            ),
            claims.extras.filter("ok").select("write", pl.lit(value=True).alias("one"), "writer"),
        ]
    )
    one = pl.col("one").all() & (writer.n_unique() == 1)
    return spans.group_by("write").agg(one_writer=one)


def fits(claims: Claims, hits: pl.DataFrame, narrowed: pl.DataFrame) -> pl.DataFrame:
    """FITS: the call of `partner` lies in the time of `write` too, within the known difference of the clocks.

    A write whose own call lies outside that time shows that the difference is not what it seems: what lies between fits
    it as well. Where a write has many partners, there are nodes between them (`ambiguous.arrows`).

    Args:
        claims: what `match.of_own_writers` gives.
        hits: HITS of them.
        narrowed: CLOCK_WINDOWS.
    """
    if hits.is_empty():
        return empty(FITS)
    own = hits.group_by("write").agg(first_at=pl.col("at").min(), last_at=pl.col("at").max())
    spans = narrowed.join(own, left_on="id", right_on="write", how="left").select(
        "clock_known",
        write="id",
        known_low=pl.min_horizontal("low", "first_at"),
        known_high=pl.max_horizontal("high", "last_at"),
    )
    held_calls = claims.lane_calls.join(hits.select("call", partner="write"), on="call").sort(
        "lane", "at", "event_id", "call"
    )
    zones = claims.zones.filter("ok").join(spans, on="write")
    near = pl.col("phase") <= 1
    windows = zones.filter(near | "clock_known").select(
        "write",
        "lane",
        low=pl.when("clock_known").then(pl.max_horizontal("low", "known_low")).otherwise("low"),
        high=pl.when("clock_known").then(pl.min_horizontal("high", "known_high")).otherwise("high"),
    )
    rows = windows.select("write").hstack(ranges(windows, held_calls, ["lane"]))
    in_time = (
        pl.when("clock_known").then(pl.col("at").is_between("known_low", "known_high")).otherwise(inside())
    )
    named = (
        claims.extras.filter("ok")
        .join(spans, on="write")
        .filter(in_time)
        .select("write", "call")
        .join(hits.select("call", partner="write"), on="call")
        .select("write", "partner")
    )
    by_request = named.filter(pl.col("write") != pl.col("partner"))
    return conform(pl.concat([arrows(rows, held_calls["partner"]), by_request]), FITS)
