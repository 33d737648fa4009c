"""The calls that were made for a write and did not make it: failed writes, and the reads that come before a write.

Calls belong to an operation's deploy where they were made by a principal whose calls answer for that deploy's writes;
where none does, anybody's call in the window may be its own.
"""

from __future__ import annotations

import polars as pl

from analyzer.verdicts.causes import cause_of
from analyzer.verdicts.match import not_found
from analyzer.verdicts.within import within

_TRIED_AGAIN = ("precondition_failed", "throttled", "service_error")


def failed_attempts(pairs: pl.DataFrame, hits: pl.DataFrame, writes: pl.DataFrame) -> pl.DataFrame:
    """The failed write calls of each write, by its own deploy.

    Gives `write, event_id, request_id, at, error_code, error_message, writer, resolved`. `resolved` says that the
    same writer wrote the key later in the same window, for whichever operation: the attempt was tried again, and is
    nobody's last word.

    Args:
        pairs: what `match.candidates` gives.
        hits: what `match.assigned` gives.
        writes: WRITES.
    """
    return resolved(own_calls(pairs.filter(~pl.col("ok")), hits, writes), pairs.filter("ok"))


def resolved(failed: pl.DataFrame, succeeded: pl.DataFrame) -> pl.DataFrame:
    """`failed` calls in the columns of `failed_attempts`, told from `succeeded` calls of the same writes.

    SST tries a stale ETag again, its SDK a throttled call and a fault of the service; nothing else is tried again.
    """
    retried = cause_of(pl.col("error_code"), pl.col("error_message")).is_in(_TRIED_AGAIN)
    latest = succeeded.group_by("write", "writer").agg(ok_at=pl.col("at").max())
    return failed.join(latest, on=["write", "writer"], how="left").select(
        "write",
        "event_id",
        "request_id",
        "at",
        "error_code",
        "error_message",
        "writer",
        resolved=((pl.col("ok_at") >= pl.col("at")) & retried).fill_null(False),
    )


def reads_for(
    writes: pl.DataFrame,
    narrowed: pl.DataFrame,
    calls: pl.DataFrame,
    hits: pl.DataFrame,
    pairs: pl.DataFrame,
) -> pl.DataFrame:
    """What each write's deploy read of its key in its window.

    Args:
        writes: WRITES with `windows`, those without a call that answers for them.
        narrowed: what `clock.by_the_clock` gives.
        calls: what `match.ordered_calls` gives.
        hits: what `match.assigned` gives.
        pairs: what `match.candidates` gives.

    Returns:
        `write, failed_read` (the event id of a read that failed, and was not tried again), `read_failed_with` (its
        error), `absent_read` (of one that found no key), `spare_reads` (reads beyond those that the deploy's own
        attempts to write the key account for), `own_reads` (reads that went well in the operation's time).
    """
    times = narrowed.select("id", own_low="low", own_high="high")
    keyed = writes.join(times, on="id").select(
        "store", "key", "low", "high", "own_low", "own_high", write="id"
    )
    reads = calls.filter(pl.col("api") == "GetKey").select(
        "store", "key", "at", "ok", "event_id", "error_code", "caller", absent=not_found()
    )
    timely = pl.col("at").is_between("own_low", "own_high")
    own = own_calls(within(keyed, reads, ["store", "key"]).with_columns(timely=timely), hits, writes)
    wrote = own_calls(pairs, hits, writes).group_by("write").agg(attempts=pl.len().cast(pl.Int64))
    return read_summary(own.join(wrote, on="write", how="left"))


def read_summary(reads: pl.DataFrame) -> pl.DataFrame:
    """Per write what its reads tell; `reads` has `write, at, ok, absent, event_id, error_code, timely, attempts`."""
    good = pl.col("ok") | pl.col("absent")
    spare = good.sum().cast(pl.Int64) - pl.col("attempts").first().fill_null(0)
    # A read that failed decides only if no later read, which no write accounts for, went well.
    again = (spare > 0) & (pl.col("at").filter(good).max() >= pl.col("at").filter(~good).max())
    return (
        reads.sort("at", "event_id")
        .group_by("write")
        .agg(
            failed_read=pl.col("event_id").filter(~good).last(),
            read_failed_with=pl.col("error_code").filter(~good).last(),
            absent_read=pl.col("event_id").filter("absent").last(),
            spare_reads=spare,
            own_reads=(pl.col("ok") & pl.col("timely")).sum().cast(pl.Int64),
            again=again.fill_null(False),
        )
        .with_columns(pl.when(~pl.col("again")).then(pl.col("failed_read", "read_failed_with")))
        .drop("again")
    )


def own_calls(seen: pl.DataFrame, hits: pl.DataFrame, writes: pl.DataFrame) -> pl.DataFrame:
    """The rows of `seen` (`write, caller, …`) that the write's own deploy can have made."""
    deploys = writes.select("deploy", write="id")
    callers = hits.join(deploys, on="write").select("deploy", "caller").unique()
    known = callers.select("deploy").unique().with_columns(known=pl.lit(value=True))
    mine = callers.with_columns(mine=pl.lit(value=True))
    return (
        seen.join(deploys, on="write")
        .join(known, on="deploy", how="left")
        .join(mine, on=["deploy", "caller"], how="left", nulls_equal=True)
        .filter(pl.col("mine").fill_null(False) | ~pl.col("known").fill_null(False))
        .drop("deploy", "known", "mine")
    )


def without_strangers(pairs: pl.DataFrame, hits: pl.DataFrame, writes: pl.DataFrame) -> pl.DataFrame:
    """`pairs` without calls by others than the principal that made most of the deploy's calls.

    One deploy is one process with one identity: a call by somebody else is not its own, even in its seconds. Where
    no principal made more than any other, all pairs stay.
    """
    deploys = writes.select("deploy", write="id")
    made = hits.join(deploys, on="write").group_by("deploy", "caller").agg(calls=pl.len())
    most = pl.col("calls") == pl.col("calls").max().over("deploy")
    chief = made.filter(most).filter(pl.len().over("deploy") == 1).select("deploy", chief="caller")
    judged = pairs.join(deploys, on="write", maintain_order="left").join(
        chief, on="deploy", how="left", maintain_order="left"
    )
    same = (pl.col("chief") == pl.col("caller")).fill_null(True)
    return judged.filter(same | pl.col("named")).drop("deploy", "chief")
