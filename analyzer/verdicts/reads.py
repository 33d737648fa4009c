"""The reads that come before a write: what was read of its key in its window."""

from __future__ import annotations

import polars as pl

from analyzer.verdicts.claims import Claims, claimed
from analyzer.verdicts.match import not_found
from analyzer.verdicts.ranges import COUNT, nearest, ranges


def reads_for(
    writes: pl.DataFrame, narrowed: pl.DataFrame, calls: pl.DataFrame, claims: Claims
) -> pl.DataFrame:
    """What was read of each write's key in its window, by whomever.

    Args:
        writes: WRITES with `windows`, those without a call that answers for them.
        narrowed: what `clock.by_the_clock` gives.
        calls: what `match.ordered_calls` gives.
        claims: what `match.without_strangers` gives.

    Returns:
        `write, failed_read` (the event id of a read that failed, and was not tried again), `read_failed_with` (its
        error), `absent_read` (of one that found no key), `spare_reads` (reads beyond those that the attempts to write
        the key account for), `own_reads` (reads that went well in the operation's time).
    """
    times = narrowed.select("id", own_low="low", own_high="high")
    reads = (
        calls.filter(pl.col("api") == "GetKey")
        .select("store", "key", "at", "ok", "event_id", "error_code", absent=not_found())
        .sort("store", "key", "at", "event_id")
    )
    zones = writes.join(times, on="id").select(
        "store", "key", "low", "high", "own_low", "own_high", write="id"
    )
    place = ["store", "key"]
    held = zones.hstack(ranges(zones, reads, place)).filter(pl.col("first") < pl.col("past"))
    timely = held.select(
        *place, low=pl.max_horizontal("low", "own_low"), high=pl.min_horizontal("high", "own_high")
    )
    in_time = ranges(timely, reads, place)
    good = pl.col("ok") | pl.col("absent")
    upto = reads.select(
        good=good.cum_sum().shift(1, fill_value=0).cast(COUNT),
        ok=pl.col("ok").cum_sum().shift(1, fill_value=0).cast(COUNT),
    )
    ends = pl.concat([upto, reads.select(good=good.sum().cast(COUNT), ok=pl.col("ok").sum().cast(COUNT))])
    counts = held.select(
        "write",
        good=ends["good"].gather(held["past"]) - ends["good"].gather(held["first"]),
        own_reads=ends["ok"].gather(in_time["past"]) - ends["ok"].gather(in_time["first"]),
    )
    attempts = pl.concat([claimed(claims, ok=True), claimed(claims, ok=False)])
    tried = attempts.group_by("write").agg(attempts=pl.col("claims").sum())
    return read_summary(_last_reads(held, reads, good), counts.join(tried, on="write", how="left"))


def _last_reads(held: pl.DataFrame, reads: pl.DataFrame, good: pl.Expr) -> pl.DataFrame:
    """The last read of each window that went well, that did not, and that found no key."""
    parts = []
    for flag in (good, ~good, pl.col("absent")):
        last = reads.select(nearest(flag, forward=False).alias("row")).to_series()
        rows = held.select("write", "first", row=last.gather(held["past"] - 1))
        found = rows.filter(pl.col("row") >= pl.col("first"))
        parts.append(found.select("write").hstack(reads[found["row"]]))
    return pl.concat(parts)


def read_summary(reads: pl.DataFrame, counts: pl.DataFrame) -> pl.DataFrame:
    """Per write what its reads tell.

    Args:
        reads: `write, at, ok, absent, event_id, error_code` of its last ones, of each kind.
        counts: `write, good, own_reads, attempts`.
    """
    good = pl.col("ok") | pl.col("absent")
    spare = pl.col("good") - pl.col("attempts").fill_null(0)
    # A read that failed decides only if no later read, which no write accounts for, went well.
    again = ((spare > 0) & (pl.col("good_at") >= pl.col("bad_at"))).fill_null(False)
    return (
        reads.sort("at", "event_id")
        .group_by("write")
        .agg(
            failed_read=pl.col("event_id").filter(~good).last(),
            read_failed_with=pl.col("error_code").filter(~good).last(),
            absent_read=pl.col("event_id").filter("absent").last(),
            good_at=pl.col("at").filter(good).max(),
            bad_at=pl.col("at").filter(~good).max(),
        )
        .join(counts, on="write")
        .select(
            "write",
            pl.when(~again).then(pl.col("failed_read", "read_failed_with")),
            "absent_read",
            "own_reads",
            spare_reads=spare,
        )
    )
