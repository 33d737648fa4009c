"""Facts → verdict, cause and confidence of each write, by the trail alone.

In come FACTS with what happened after the write (LOSSES, AMBIGUITIES). Out goes TRAIL_VERDICTS. Each of `_verdict`,
`_cause` and `_confidence` is one table of conditions: the first one that holds decides.

Source: docs/architecture.md#6-verdicts.
"""

from __future__ import annotations

import polars as pl

from analyzer.resources.drafts import ANY_KEY
from analyzer.tables import VERDICTS, conform
from analyzer.verdicts.causes import cause_of
from analyzer.verdicts.columns import widened
from analyzer.verdicts.tables import TRAIL_VERDICTS

_BATCH = 50
"""Keys in one UpdateKeys at most (CloudFront quotas): an operation of more makes several calls."""


def conclude(fact_table: pl.DataFrame, *, has_trail: bool) -> pl.DataFrame:
    """TRAIL_VERDICTS: what became of each write, by the trail alone, and what decided that.

    Args:
        fact_table: FACTS with what happened later: LOSSES, AMBIGUITIES, `always_writes`.
        has_trail: false where no trail was given at all.
    """
    flagged = fact_table.with_columns(
        hit=pl.col("event_id").is_not_null(),
        nothing_to_do=_nothing_to_do(),
        maybe_nothing=_maybe_nothing(),
        tried=pl.col("failed_event").is_not_null(),
    ).with_columns(doubt=_doubt(has_trail=has_trail))
    sure = pl.coalesce("absent", pl.when(_refused()).then(pl.lit("high"))).alias("sure")
    flagged = flagged.with_columns(sure if has_trail else pl.lit(None, dtype=pl.String).alias("sure"))
    decided = flagged.with_columns(verdict=_verdict()).with_columns(cause=_cause())
    return conform(decided.with_columns(confidence=_confidence()), TRAIL_VERDICTS)


def verdicts_table(concluded: pl.DataFrame) -> pl.DataFrame:
    """VERDICTS out of FINAL_VERDICTS."""
    verdicts = concluded.select(
        "verdict", "cause", "confidence", "event_id", write="id", recovered=pl.col("recovered").fill_null(0)
    )
    return widened(verdicts, VERDICTS)


def _doubt(*, has_trail: bool) -> pl.Expr:
    """Why the absence of a call is not proven; null where it is."""
    if not has_trail:
        return pl.lit("no_trail")
    windowless = pl.col("low").is_null() | pl.col("high").is_null()
    crowded = pl.col("pattern") & (
        (pl.col("fitting").fill_null(0) > 0) | pl.col("strangers").fill_null(False)
    )
    any_key = pl.col("pattern") & (pl.col("key") == ANY_KEY)
    unplaced = pl.coalesce("store", "inferred_store").is_null() | any_key
    return (
        pl.when(windowless)
        .then(pl.lit("no_window"))
        .when(crowded | unplaced)
        .then(pl.lit("degraded_form"))
        .when(pl.col("near_event").is_not_null())
        .then(pl.lit("no_window"))
        .when(~_refused())
        .then(pl.col("absent_doubt"))
    )


def _refused() -> pl.Expr:
    """Whether the operation's last available word is a call that was refused, and nothing available contradicts it.

    What is not allowed is not tried again, and would be refused again: no later call can be missing.
    """
    last_word = pl.when("tried").then(cause_of(pl.col("failed_code"), pl.col("failed_message")))
    by_read = pl.when(pl.col("failed_read").is_not_null()).then(
        cause_of(pl.col("read_failed_with"), pl.lit(None, dtype=pl.String))
    )
    denied = pl.coalesce(last_word, by_read) == "access_denied"
    return (denied & pl.col("open_end")).fill_null(False)


def _nothing_to_do() -> pl.Expr:
    """A delete whose key was not there any more: the store is as the deploy wanted it, or says so itself."""
    unbroken = pl.col("last_run") == pl.col("before_run")
    gone_before = ((pl.col("last_effect") == "delete") & unbroken).fill_null(False)
    by_other = pl.col("contested").fill_null(False) & (pl.col("end_effect") == "delete").fill_null(False)
    empty_list = (pl.col("action") == "remove") & pl.col("absent_read").is_not_null()
    refused = cause_of(pl.col("failed_code"), pl.col("failed_message")) == "not_found"
    key_absent = gone_before | by_other | refused.fill_null(False)
    return ((pl.col("action") == "delete") & key_absent) | empty_list


def _maybe_nothing() -> pl.Expr:
    """Whether the operation may rightly have written nothing.

    A delete finds its keys by listing, so a delete whose key the trail does not show as present proves
    nothing. SST 3.10.1 to 3.12.4 read the list of routes and left it alone where an entry to add was in it, or one
    to remove was not; the trail hides what it read, and may not show that it read at all. An update always wrote.
    Of an update of keys SST's terminal does not say whether any of them had changed.
    """
    was_there = (pl.col("last_effect") == "put") & (pl.col("last_run") == pl.col("before_run"))
    unknown_key = (pl.col("action") == "delete") & ~was_there.fill_null(False)
    listed = pl.col("op").is_in(["create", "create-replacement", "delete", "delete-replaced"])
    may_have_read = (
        (pl.col("spare_reads") > 0).fill_null(False)
        | (pl.col("own_reads") > 0).fill_null(False)
        | pl.col("reads_unlogged").fill_null(False)
    )
    failed_to = pl.col("absent_read").is_not_null() | pl.col("failed_read").is_not_null()
    of_list = pl.col("action").is_in(["append", "remove"])
    may_skip = ~pl.col("always_writes").fill_null(False)
    unsure = pl.col("unsure").fill_null(False)
    return unsure | unknown_key | (of_list & listed & may_skip & may_have_read & ~failed_to)


def _verdict() -> pl.Expr:
    differs = (pl.col("hit_value") != pl.col("value")) & (pl.col("action") == "put")
    sure = pl.col("sure").is_not_null() & pl.col("doubt").is_null()
    failed = pl.col("reported") == "failed"
    contested = pl.col("contested").fill_null(False)
    return (
        pl.when(pl.col("ambiguous_cause").is_not_null())
        .then(pl.lit("unverifiable"))
        .when(pl.col("hit") & pl.col("loss_event_id").is_not_null())
        .then(pl.lit("lost"))
        .when(pl.col("hit") & differs.fill_null(False))
        .then(pl.lit("mismatched"))
        .when(pl.col("hit") & (~contested | pl.col("nothing_to_do")))
        .then(pl.lit("landed"))
        .when(failed)
        .then(pl.lit("errored"))
        .when((pl.col("reported") == "unfinished") & ~_may_have_landed())
        .then(pl.lit("unfinished"))
        .when("nothing_to_do")
        .then(pl.lit("landed"))
        .when(~sure | _may_have_landed() | (contested & (pl.col("hit") | ~pl.col("tried"))))
        .then(pl.lit("unverifiable"))
        .when("tried")
        .then(pl.lit("errored"))
        .when("maybe_nothing")
        .then(pl.lit("unverifiable"))
        .otherwise(pl.lit("dropped"))
    )


def _may_have_landed() -> pl.Expr:
    """Whether an operation without an end may have made an available call, or another may; or after the log's end."""
    unclaimed = pl.col("near_event").is_not_null() | pl.col("strangers").fill_null(False)
    near = pl.col("contested").fill_null(False) | unclaimed
    return (pl.col("reported") == "unfinished") & near


def _cause() -> pl.Expr:
    by_call = cause_of(pl.col("failed_code"), pl.col("failed_message"))
    by_log = cause_of(pl.col("error_code"), pl.col("error_message"))
    verdict = pl.col("verdict")
    contested = pl.col("contested").fill_null(False)
    # Fewer calls than operations that they fit: one of them went without, and it cannot be decided which.
    without = contested & ~pl.col("hit") & ~pl.col("maybe_nothing") & pl.col("sure").is_not_null()
    return (
        pl.when(verdict == "lost")
        .then("loss_cause")
        .when(verdict == "errored")
        .then(pl.coalesce(by_call, by_log, pl.lit("service_error")))
        .when(verdict == "unfinished")
        .then(pl.lit("interrupted"))
        .when(verdict == "unverifiable")
        .then(
            pl.coalesce(
                "ambiguous_cause",
                pl.when(_may_have_landed()).then(pl.lit("interrupted")),
                "doubt",
                pl.when(without).then(pl.lit("never_attempted")),
                pl.when(pl.col("action") == "delete").then(pl.lit("trail_gap")),
                pl.lit("degraded_form"),
            )
        )
        .when((verdict == "dropped") & pl.col("failed_read").is_not_null())
        .then(pl.lit("read_failed"))
        .when(verdict == "dropped")
        .then(pl.lit("never_attempted"))
    )


def _confidence() -> pl.Expr:
    """Never higher than what decided the verdict; a contested call lowers it."""
    verdict = pl.col("verdict")
    lowered = pl.when(pl.col("contested").fill_null(False) & (pl.col("sure") == "proven")).then(
        pl.lit("high")
    )
    absent = pl.coalesce(lowered, "sure")
    named = pl.col("tried") & (pl.col("failed_request") == pl.col("request_id")).fill_null(False)
    many = pl.len().over("operation") > _BATCH
    return (
        pl.when((verdict == "lost") & pl.col("pattern"))
        .then(pl.lit("high"))
        .when(verdict == "lost")
        .then("loss_confidence")
        .when(
            (verdict == "landed") & (pl.col("threat").is_not_null() | pl.col("threatened").fill_null(False))
        )
        .then(pl.lit("low"))
        .when(verdict.is_in(["landed", "mismatched"]) & pl.col("hit"))
        .then("hit_confidence")
        .when(verdict == "landed")
        .then(pl.lit("high"))
        .when((verdict == "errored") & named)
        .then(pl.lit("proven"))
        .when((verdict == "errored") & (pl.col("reported") == "failed"))
        .then(pl.coalesce(absent, pl.when(many).then(pl.lit("low")).otherwise(pl.lit("high"))))
        .when(verdict.is_in(["errored", "dropped", "unfinished"]))
        .then(pl.coalesce(absent, pl.lit("low")))
        .otherwise(pl.lit("low"))
    )
