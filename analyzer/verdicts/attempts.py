"""The calls that were made for a write and did not make it: failed writes, and the reads that come before a write.

Calls belong to an operation's deploy where they were made by a writer whose calls answer for that deploy's writes;
where none does, any writer's call in the window may be its own.
"""

from __future__ import annotations

import polars as pl

from analyzer.verdicts.match import not_found
from analyzer.verdicts.within import within


def own_writers(hits: pl.DataFrame, writes: pl.DataFrame) -> pl.DataFrame:
    """`deploy, writer`: who made the calls that answer for a deploy's writes."""
    return hits.join(writes.select("deploy", write="id"), on="write").select("deploy", "writer").unique()


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
    """`failed` calls in the columns of `failed_attempts`, told from `succeeded` calls of the same writes."""
    latest = succeeded.group_by("write", "writer").agg(ok_at=pl.col("at").max())
    return failed.join(latest, on=["write", "writer"], how="left").select(
        "write",
        "event_id",
        "request_id",
        "at",
        "error_code",
        "error_message",
        "writer",
        resolved=(pl.col("ok_at") >= pl.col("at")).fill_null(False),
    )


def reads_for(
    writes: pl.DataFrame, calls: pl.DataFrame, hits: pl.DataFrame, pairs: pl.DataFrame
) -> pl.DataFrame:
    """What each write's deploy read of its key in its window.

    Args:
        writes: WRITES with `windows`, those without a call that answers for them.
        calls: what `match.ordered_calls` gives.
        hits: what `match.assigned` gives.
        pairs: what `match.candidates` gives.

    Returns:
        `write, failed_read` (the event id of a read that failed), `absent_read` (of one that found no key),
        `read_failed_with` (its error), `spare_reads` (successful reads beyond those that writes account for).
    """
    keyed = writes.filter(~pl.col("pattern") & pl.col("low").is_not_null()).select(
        "deploy", "store", "key", "low", "high", write="id"
    )
    reads = calls.filter(pl.col("api") == "GetKey").select(
        "store", "key", "at", "ok", "event_id", "error_code", "writer", absent=not_found()
    )
    seen = within(keyed, reads, ["store", "key"])
    own = own_calls(seen.drop("deploy"), hits, writes)
    wrote = pairs.group_by("write").agg(attempts=pl.len())
    broken = ~pl.col("ok") & ~pl.col("absent")
    return (
        own.sort("at")
        .group_by("write")
        .agg(
            failed_read=pl.col("event_id").filter(broken).last(),
            read_failed_with=pl.col("error_code").filter(broken).last(),
            absent_read=pl.col("event_id").filter("absent").last(),
            good_reads=(pl.col("ok") | pl.col("absent")).sum(),
        )
        .join(wrote, on="write", how="left")
        .with_columns(spare_reads=pl.col("good_reads").cast(pl.Int64) - pl.col("attempts").fill_null(0))
    )


def own_calls(seen: pl.DataFrame, hits: pl.DataFrame, writes: pl.DataFrame) -> pl.DataFrame:
    """The rows of `seen` (`write, writer, …`) that the write's own deploy can have made."""
    writers = own_writers(hits, writes)
    known = writers.select("deploy").unique().with_columns(known=pl.lit(value=True))
    mine = writers.with_columns(mine=pl.lit(value=True))
    return (
        seen.join(writes.select("deploy", write="id"), on="write")
        .join(known, on="deploy", how="left")
        .join(mine, on=["deploy", "writer"], how="left")
        .filter(pl.col("mine").fill_null(False) | ~pl.col("known").fill_null(False))
    )
