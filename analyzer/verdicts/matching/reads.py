"""The reads of a write's key in its window: which failed, and which found no key.

In come the writes without a call, the calls and the claims. Out goes READS. A writer of a list reads before it writes,
so a read that failed explains a write that was never made.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import polars as pl

from analyzer.tables import conform, empty
from analyzer.verdicts.causes import cause_of
from analyzer.verdicts.columns import COUNT
from analyzer.verdicts.matching.claims import ANYBODY, NOBODY, Claims, claimed
from analyzer.verdicts.matching.match import about_keys, not_found
from analyzer.verdicts.matching.tables import CLAIM_COUNTS, READS
from analyzer.verdicts.ranges import nearest, ranges

_FARTHEST: Final = timedelta(hours=1)
"""By how much a clock may be off (docs/facts/alignment.md#1-event-logs-the-estimator)."""


def reads_for(
    writes: pl.DataFrame, narrowed: pl.DataFrame, calls: pl.DataFrame, claims: Claims, writers: pl.DataFrame
) -> pl.DataFrame:
    """READS: what was read of each write's key in its window: by the deploy's own writers, or by any caller.

    Whose reads they are is known only where the deploy is aligned with the trail (`read_owned`): a monitor reads too.

    Args:
        writes: WINDOWS, those without a call that answers for them.
        narrowed: CLOCK_WINDOWS.
        calls: ORDERED_CALLS.
        claims: what `match.of_own_writers` gives.
        writers: OWN_WRITERS.
    """
    if writes.is_empty():
        return empty(READS)
    times = narrowed.select("id", own_low="low", own_high="high")
    of_calls = about_keys(_with_whole_lists(calls.filter(pl.col("api") == "GetKey")), writes).sort(
        "at", "event_id"
    )
    if of_calls.is_empty():
        return empty(READS)
    gone_well = (pl.col("ok").fill_null(value=True) | not_found()).fill_null(value=False)
    # The same caller's next read, where one failed: if it went well, the read was tried again.
    of_calls = of_calls.with_columns(
        again=gone_well.shift(-1).over("store", "part", "by").fill_null(value=False)
    )
    reads = (
        pl.concat([of_calls, of_calls.with_columns(by=pl.lit(ANYBODY, COUNT))])
        .select(
            "store",
            "key",
            "by",
            "at",
            "event_id",
            "error_code",
            "part",
            "again",
            unknown=pl.col("ok").is_null(),
            ok=pl.col("ok").fill_null(value=True),  # of unknown outcome: the read may have gone well
            absent=not_found(),
        )
        .sort("store", "key", "by", "at", "event_id")
    )
    callers = writers.select("deploy", "by").unique()
    zones = (
        writes.join(times, on="id")
        .join(callers, on="deploy", how="left")
        .select(
            "store",
            "key",
            "low",
            "high",
            "own_low",
            "own_high",
            write="id",
            by=pl.col("by").fill_null(ANYBODY),
            owned=known_reader(),
        )
    )
    on = ["store", "key", "by"]
    spans = zones.hstack(ranges(zones, reads, on)).filter(pl.col("first") < pl.col("past"))
    timely = spans.select(
        *on, low=pl.max_horizontal("low", "own_low"), high=pl.min_horizontal("high", "own_high")
    )
    in_time = ranges(timely, reads, on)
    good = pl.col("ok") | pl.col("absent")
    upto = reads.select(
        good=good.cum_sum().shift(1, fill_value=0).cast(COUNT),
        ok=pl.col("ok").cum_sum().shift(1, fill_value=0).cast(COUNT),
        unknown=pl.col("unknown").cum_sum().shift(1, fill_value=0).cast(COUNT),
    )
    ends = pl.concat(
        [
            upto,
            reads.select(
                good=good.sum().cast(COUNT),
                ok=pl.col("ok").sum().cast(COUNT),
                unknown=pl.col("unknown").sum().cast(COUNT),
            ),
        ]
    )
    counts = (
        spans.select(
            "write",
            "owned",
            good=ends["good"].gather(spans["past"]) - ends["good"].gather(spans["first"]),
            own_reads=ends["ok"].gather(in_time["past"]) - ends["ok"].gather(in_time["first"]),
            own_good=ends["good"].gather(in_time["past"]) - ends["good"].gather(in_time["first"]),
            unknown=ends["unknown"].gather(spans["past"]) - ends["unknown"].gather(spans["first"]),
        )
        .group_by("write")
        .agg(
            pl.col("good", "own_good", "own_reads").sum(),
            read_owned=pl.col("owned").all(),
            reads_unknown=pl.col("unknown").sum() > 0,
        )
    )
    attempts = pl.concat([claimed(claims, ok=True), _failed_after_a_read(claims)])
    tried = attempts.group_by("write").agg(attempts=pl.col("claims").sum())
    own_spans = spans.select("write").hstack(in_time).filter(pl.col("first") < pl.col("past"))
    last = pl.concat(
        [
            *(_last_reads(spans, reads, flag) for flag in (good, ~good)),
            _last_reads(own_spans, reads, pl.col("absent")),
        ]
    )
    summary = read_summary(last, counts.join(tried, on="write", how="left"))
    return _with_failed_elsewhere(
        summary, zones, reads.filter((~good & ~pl.col("again")) | pl.col("unknown"))
    )


def _failed_after_a_read(claims: Claims) -> pl.DataFrame:
    """CLAIM_COUNTS of the calls that failed, but for those that the SDK tries again: that takes no read."""
    cause = cause_of(pl.col("error_code"), pl.col("error_message"))
    counted = ~cause.is_in(["throttled", "service_error"]).fill_null(value=False)
    of_call = claims.calls.select("call", counted=counted.cast(COUNT)).unique("call")
    upto = claims.lane_calls.join(of_call, on="call", how="left", maintain_order="left")["counted"].cum_sum()
    before = pl.concat([pl.Series([0], dtype=upto.dtype), upto])
    zones = claims.zones.filter(~pl.col("ok"))
    counts = zones.select("write", claims=before.gather(zones["past"]) - before.gather(zones["first"]))
    return conform(counts.group_by("write").agg(pl.col("claims").sum()), CLAIM_COUNTS)


def known_reader() -> pl.Expr:
    """Whether `by` says whose reads they are: a record without an identity may be a monitor's."""
    return (pl.col("by") != NOBODY).fill_null(value=False)


def _with_failed_elsewhere(summary: pl.DataFrame, zones: pl.DataFrame, bad: pl.DataFrame) -> pl.DataFrame:
    """READS with `failed_elsewhere`: of deploys that are not aligned, whose reads may be at another time by the trail.

    Args:
        summary: READS.
        zones: `write, store, key, by, owned, low, high` of each write and each of its readers.
        bad: the reads that failed and were not tried again, and those of which no record shows how they ended.
    """
    if bad.is_empty():
        return summary
    on = ["store", "key", "by"]
    anywhere = zones.filter(~pl.col("owned")).with_columns(
        low=pl.col("low") - _FARTHEST, high=pl.col("high") + _FARTHEST
    )
    found = anywhere.hstack(ranges(anywhere.select(*on, "low", "high"), bad, on))
    elsewhere = found.filter(pl.col("first") < pl.col("past")).select(
        "write", failed_elsewhere=pl.lit(value=True)
    )
    joined = summary.drop("failed_elsewhere").join(
        elsewhere.unique("write"), on="write", how="full", coalesce=True, maintain_order="left_right"
    )
    return conform(joined, READS)


def _with_whole_lists(reads: pl.DataFrame) -> pl.DataFrame:
    """`reads` of keys; of those that read a part of a list of routes (`NAMESPACE:routes:0`), the key of the list.

    Source: docs/facts/sst-output.md#42-calls-per-operation.
    """
    return reads.with_columns(part="key").with_columns(
        pl.col("key").str.replace(r"^([^:]*:routes):[0-9]+$", "${1}")
    )


def _last_reads(spans: pl.DataFrame, reads: pl.DataFrame, flag: pl.Expr) -> pl.DataFrame:
    """The last read of each span that has the flag."""
    last = reads.select(nearest(flag, forward=False).alias("row")).to_series()
    rows = spans.select("write", "first", row=last.gather(spans["past"] - 1))
    inside = rows.filter(pl.col("row") >= pl.col("first"))
    return inside.select("write").hstack(reads[inside["row"]])


def read_summary(reads: pl.DataFrame, counts: pl.DataFrame) -> pl.DataFrame:
    """READS: for each write what its reads show.

    Args:
        reads: `write, at, ok, absent, event_id, error_code` of its last ones, of each kind; `part` is the key that
            was read.
        counts: `write, good, own_good, own_reads, attempts, read_owned, reads_unknown`.
    """
    good = pl.col("ok") | pl.col("absent")
    spare = pl.col("good") - pl.col("attempts").fill_null(0)
    # A read that failed decides only if none of its own time that no write accounts for went well for its key: that one
    # may be the write's own, and the other that of an operation beside it.
    again = ((spare > 0) & (pl.col("own_good") > 0) & pl.col("good_at").is_not_null()).fill_null(False)
    summary = (
        reads.sort("at", "event_id")
        .group_by("write")
        .agg(
            bad_event=pl.col("event_id").filter(~good).last(),
            bad_code=pl.col("error_code").filter(~good).last(),
            absent_read=pl.col("event_id").filter("absent").last(),
            good_at=pl.col("at").filter(good & (pl.col("part") == pl.col("part").filter(~good).last())).max(),
        )
        .join(counts, on="write")
        .select(
            "write",
            failed_read=pl.when(~again).then("bad_event"),
            any_failed_read="bad_event",
            read_failed_with=pl.when(~again).then("bad_code"),
            # An operation reads the list once, or again to try again: one that found it there may be the write's own.
            absent_read=pl.when(pl.col("own_reads") == 0).then("absent_read"),
            own_reads="own_reads",
            spare_reads=spare,
            reads_unknown="reads_unknown",
            read_owned="read_owned",
            failed_elsewhere=pl.lit(value=False),
        )
    )
    return conform(summary, READS)
