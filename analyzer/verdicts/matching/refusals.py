"""Refused calls that are not a write's own: a stranger's, or another operation's, by its time or by the log.

In come FAILED_ATTEMPTS, OWN_WRITERS and ORDERED_CALLS. Of a deploy that is aligned the writers are known; of another
the stack's other deploys show by whom it is deployed: by a role, whatever its sessions. Where that is known, only
this role's refusals are the deploy's.

Where the records do not say who called, nothing shows whose a refusal is: it explains nothing, and stays an attempt
that may be the deploy's.

Source: docs/architecture.md#6-verdicts, docs/facts/alignment.md#4-safe-drops.
"""

from __future__ import annotations

import polars as pl

from analyzer.resources.shown import sst_types
from analyzer.verdicts.causes import cause_of
from analyzer.verdicts.matching.attempts import MOST_TRIES, retried
from analyzer.verdicts.matching.claims import NOBODY
from analyzer.verdicts.principals import principal
from analyzer.verdicts.ranges import covering


def without_strangers(
    failed: pl.DataFrame,
    writes: pl.DataFrame,
    writers: pl.DataFrame,
    stacks: pl.DataFrame,
    calls: pl.DataFrame,
) -> pl.DataFrame:
    """FAILED_ATTEMPTS without those of roles that did not make the deploy, nor its stack's where that is not known.

    What a log names by its request id stays.

    Args:
        failed: FAILED_ATTEMPTS.
        writes: WINDOWS.
        writers: OWN_WRITERS.
        stacks: `deploy, stack, group`: what is said of a deploy is said by its own group.
        calls: ORDERED_CALLS.
    """
    if failed.is_empty() or writers.is_empty():
        return failed
    who = calls.select("by", "writer", role=principal()).unique()
    roles = who.select("by", "role").drop_nulls().unique()
    own = writers.join(roles, on="by").select("deploy", "role").unique()
    of_stack = ["stack", "group"]
    deployed = own.join(stacks, on="deploy").select(*of_stack, "role").unique()
    others = (
        stacks.join(writers, on="deploy", how="anti").join(deployed, on=of_stack).select("deploy", "role")
    )
    known = pl.concat([own, others])
    # The providers of Pulumi may have credentials of their own.
    of_sst = pl.col("type").is_in(sst_types()) | ~pl.col("deploy").is_in(own["deploy"].unique().implode())
    asked = (
        writes.filter(of_sst).select("deploy", "request_id", write="id").join(known, on="deploy", how="semi")
    )
    theirs = (
        failed.with_row_index("row")
        .join(asked.rename({"request_id": "named"}), on="write")
        .filter(pl.col("named").ne_missing(pl.col("request_id")) | pl.col("named").is_null())
        .join(who.select("writer", "role").drop_nulls().unique(), on="writer")
        .join(known, on=["deploy", "role"], how="anti")["row"]
    )
    return failed.with_row_index("row").filter(~pl.col("row").is_in(theirs.implode())).drop("row")


def of_known_callers(failed: pl.DataFrame, writes: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """FAILED_ATTEMPTS without those by which nobody knows whether it was the deploy that was refused.

    They are of records without an identity, were not tried again, and the log does not speak of them: it neither says
    that the operation failed nor names their request id.

    Args:
        failed: FAILED_ATTEMPTS.
        writes: WINDOWS.
        calls: ORDERED_CALLS.
    """
    if failed.is_empty() or not (calls["by"] == NOBODY).any():
        return failed
    of_log = writes.select("reported", "request_id", write="id").rename({"request_id": "named"})
    anonymous = calls.filter(pl.col("by") == NOBODY).select("event_id").unique()
    unsaid = (pl.col("reported") != "failed") & (pl.col("named") == pl.col("request_id")).fill_null(
        False
    ).not_()
    nobodys = (
        failed.filter(~pl.col("resolved"))
        .join(anonymous, on="event_id", how="semi")
        .join(of_log, on="write")
        .filter(unsaid)
    )
    return failed.join(nobodys, on=["write", "event_id"], how="anti", maintain_order="left")


def within_their_time(failed: pl.DataFrame, narrowed: pl.DataFrame) -> pl.DataFrame:
    """FAILED_ATTEMPTS without those outside of an operation's own time and within another's of its deploy.

    Where the difference of the clocks is known, these are the other operation's, which writes the same key. What a log
    names by its request id stays.

    Args:
        failed: FAILED_ATTEMPTS.
        narrowed: CLOCK_WINDOWS.
    """
    on = ["deploy", "store", "key"]
    known = narrowed.filter("clock_known").select(*on, "low", "high", named="request_id", write="id")
    timed = failed.join(known, on="write", how="left", maintain_order="left")
    elsewhere = ~pl.col("at").is_between("low", "high") & pl.col("named").ne_missing(pl.col("request_id"))
    others = covering(timed.select(*on, "at"), known, on) > 0
    return failed.filter(~(timed.select(elsewhere.fill_null(value=False)).to_series() & others))


def without_failures_of_others(failed: pl.DataFrame, writes: pl.DataFrame) -> pl.DataFrame:
    """FAILED_ATTEMPTS of writes that the log says succeeded, without the refusals by which others of it failed.

    A refused call fails one operation, and so do as many calls as are tried at most, if each is tried again. Where the
    log says which operation failed, and not otherwise than by such a call, the calls are that one's: the one that it
    names by its request id, for whichever deploy, and in its own all from the first to the last, unless they are more
    than those operations make.

    Args:
        failed: FAILED_ATTEMPTS.
        writes: WINDOWS.
    """
    columns = ["deploy", "store", "key", "operation", "reported"]
    cause = cause_of(pl.col("error_code"), pl.col("error_message"))
    of_log = writes.select(*columns, said=cause, named="request_id", write="id")
    attempts = failed.join(of_log, on="write", maintain_order="left")
    by_it = pl.col("said").is_null() | (pl.col("said") == cause).fill_null(value=True)
    failures = attempts.filter(~pl.col("resolved") & (pl.col("reported") == "failed") & by_it)
    if failures.is_empty():
        return failed
    others = attempts.filter(pl.col("reported") != "failed")
    last_tries = failures.filter(pl.col("named") == pl.col("request_id")).select("event_id")
    by_id = others.join(last_tries, on="event_id", how="semi")
    series = ["deploy", "store", "key", "writer", "error_code"]
    most = pl.when(retried()).then(MOST_TRIES).otherwise(1) * pl.col("operation").n_unique().over(series)
    spans = (
        failures.filter(pl.col("total").max().over(series) <= most)
        .group_by(series)
        .agg(first=pl.col("at").min(), last=pl.col("at").max())
    )
    by_time = others.join(spans, on=series, nulls_equal=True).filter(pl.col("at").is_between("first", "last"))
    of_failures = pl.concat([part.select("write", "event_id") for part in (by_id, by_time)])
    return failed.join(of_failures, on=["write", "event_id"], how="anti", maintain_order="left")
