"""Facts → verdict, cause and confidence of each write, by the trail alone.

In come FACTS with what happened after the write (LOSSES, AMBIGUITIES, GAPS_AFTER, LAST_BEHIND_GAPS). Out goes
TRAIL_VERDICTS. Each of `_verdict`, `_cause` and `_confidence` is one table of conditions: the first one that holds
decides.

Source: docs/architecture.md#6-verdicts.
"""

from __future__ import annotations

import polars as pl

from analyzer.resources.drafts import ANY_KEY
from analyzer.resources.shown import sst_types
from analyzer.tables import VERDICTS, conform
from analyzer.verdicts.alignment.attempts import namespace_of_key
from analyzer.verdicts.causes import cause_of
from analyzer.verdicts.columns import BATCH, widened
from analyzer.verdicts.leaning import leaning, leaning_reason
from analyzer.verdicts.nothing import SKIPPING, found_gone, maybe_nothing, nothing_to_do
from analyzer.verdicts.ranges import ranges
from analyzer.verdicts.signs import by_order, in_a_gap, never_set, spare_calls
from analyzer.verdicts.tables import TRAIL_VERDICTS

_AFTER_THE_END = pl.duration(seconds=60)
"""How long after the end of its log a deploy that was stopped may still have made a call."""


def conclude(fact_table: pl.DataFrame, *, no_trail: str | None = None) -> pl.DataFrame:
    """TRAIL_VERDICTS: what became of each write, by the trail alone, and what decided that.

    Args:
        fact_table: FACTS with what happened later: LOSSES, AMBIGUITIES, GAPS_AFTER, LAST_BEHIND_GAPS, `always_writes`.
        no_trail: the cause of doubt where there is no trail to judge by: `no_trail` or `wrong_trail`.
    """
    flagged = (
        fact_table.with_columns(
            hit=pl.col("event_id").is_not_null(),
            nothing_to_do=nothing_to_do(),
            maybe_nothing=maybe_nothing(),
            tried=pl.col("failed_event").is_not_null(),
            passed_on=_passed_on(),
            beside_a_gap=_beside_gaps(fact_table),
        )
        .with_columns(unplaced=_unplaced(), owned=_owned())
        .with_columns(doubt=_doubt(no_trail))
    )
    sure = (
        pl.when(never_set())
        .then(pl.coalesce("absent", pl.lit("high")))
        .otherwise(pl.coalesce("absent", pl.when(_refused()).then(pl.lit("high"))))
    )
    flagged = flagged.with_columns(sure=sure if no_trail is None else pl.lit(None, dtype=pl.String))
    decided = flagged.with_columns(verdict=_verdict()).with_columns(cause=_cause())
    lean = decided.with_columns(leaning=leaning()).with_columns(leaning_reason=leaning_reason())
    return conform(lean.with_columns(confidence=_confidence()), TRAIL_VERDICTS)


def verdicts_table(concluded: pl.DataFrame) -> pl.DataFrame:
    """VERDICTS out of FINAL_VERDICTS."""
    verdicts = concluded.select(
        "verdict",
        "cause",
        "confidence",
        "event_id",
        "listed",
        write="id",
        recovered=pl.col("recovered").fill_null(0),
        leaning=pl.when(pl.col("verdict") == "unverifiable").then("leaning"),
        leaning_reason=pl.when(pl.col("verdict") == "unverifiable").then("leaning_reason"),
    )
    return widened(verdicts, VERDICTS)


def _doubt(no_trail: str | None) -> pl.Expr:
    """Why the absence of a call is not proven; null where it is."""
    if no_trail is not None:
        return pl.lit(no_trail)
    windowless = pl.col("low").is_null() | pl.col("high").is_null()
    few = pl.col("pattern") & (pl.col("fitting").fill_null(0) > 0)
    return (
        pl.when(windowless)
        .then(pl.lit("no_window"))
        .when(never_set())
        .then(_silence())
        .when(pl.col("unplaced"))
        .then(pl.lit("form_lost"))
        .when(by_order())
        .then(pl.lit("no_window"))
        .when(few)
        .then(pl.lit("contested"))
        .when(pl.col("pattern") & pl.col("strangers").fill_null(False))
        .then(pl.lit("other_writer"))
        .when("near_unknown")
        .then(pl.lit("outcome_unknown"))
        .when(~_refused() & pl.col("absent_doubt").is_not_null())
        .then("absent_doubt")
        .otherwise(_elsewhere())
    )


def _silence() -> pl.Expr:
    """Why the trail says no more than none at all; null where it says something of the store at that time.

    Of outputs that were never set the log is sure. No verdict rests on a log alone.
    """
    silent = pl.col("absent_doubt").is_in(["data_events_off", "not_covered"])
    return pl.when(silent & pl.col("any_failed_read").is_null()).then("absent_doubt")


def _unplaced() -> pl.Expr:
    """Whether neither the log nor the trail says where the write belongs."""
    any_key = pl.col("pattern") & (pl.col("key") == ANY_KEY)
    return pl.coalesce("store", "inferred_store").is_null() | any_key


def _owned() -> pl.Expr:
    """Whether it is known whose calls are the deploy's: it is aligned with the trail."""
    return (pl.col("clock") == "aligned").fill_null(False)


def _passed_on() -> pl.Expr:
    """Whether another operation on the key has no call, and a second or two beside it would have this one's."""
    without = pl.col("event_id").is_null().any().over("deploy", "store", "key")
    return (pl.col("shifted") & pl.col("event_id").is_not_null() & ~pl.col("pattern") & without).fill_null(
        False
    )


def _elsewhere() -> pl.Expr:
    """Why a call outside the window, or another's inside it, may be the write's own; null where none may.

    Source: docs/facts/alignment.md#4-safe-drops.
    """
    free = pl.col("near_event").is_null()
    bracketed = pl.col("bracketed").fill_null(False) & pl.col("own_spare").is_null()
    not_elsewhere = ~pl.col("tied").fill_null(False) & (bracketed | pl.col("own_read").is_not_null())
    return (
        pl.when(pl.col("near_attempt").is_not_null() & ~pl.col("tried"))
        .then(pl.when("near_owned").then(pl.lit("contested")).otherwise(pl.lit("other_writer")))
        .when(pl.col("owned") & pl.col("stepped").fill_null(False) & pl.col("own_read").is_null())
        .then(pl.lit("clocks_differ"))
        .when(
            (pl.col("shifted").fill_null(False) | pl.col("beside_a_gap")) & pl.col("near_taken").is_not_null()
        )
        .then(pl.lit("contested"))
        .when(pl.col("owned") & (free | not_elsewhere))
        .then(None)
        .when(~pl.col("owned") & ~pl.col("pattern") & free & pl.col("wide").fill_null(False))
        .then(None)
        .when(~free & (pl.col("owned") | pl.col("rivalled").fill_null(False)))
        .then(pl.lit("rivals"))
        .otherwise(pl.lit("clocks_differ"))
    )


def _beside_gaps(fact_table: pl.DataFrame) -> pl.Series:
    """Whether each write's window holds a call of another operation on its list that may be its own.

    So it is where that operation's own call may be missing from the records: clocks that look right may be two seconds
    off.
    """
    on = ["deploy", "store", "key"]
    of_lists = pl.col("action").is_in(["append", "remove"]) & ~pl.col("pattern")
    open_hits = fact_table.filter(of_lists & pl.col("event_id").is_not_null() & pl.col("absent").is_null())
    calls = open_hits.select(*on, at="hit_at").sort(*on, "at")
    found = ranges(fact_table.select(*on, "low", "high"), calls, on)
    return fact_table.select(of_lists & (found["first"] < found["past"])).to_series()


def _refused() -> pl.Expr:
    """Whether the operation's last available word is a call that was refused, and nothing available contradicts it.

    What is not allowed is not tried again, and would be refused again: no later call can be missing. Only a call of the
    deploy's own is such a word. Nothing contradicts it where the store's last run goes on, or where one goes on
    unbroken from its first record to one after the operation.
    """
    last_word = pl.when("tried").then(cause_of(pl.col("failed_code"), pl.col("failed_message")))
    own_read = pl.col("failed_read").is_not_null() & pl.col("read_owned").fill_null(False)
    by_read = pl.when(own_read).then(cause_of(pl.col("read_failed_with"), pl.lit(None, dtype=pl.String)))
    denied = pl.coalesce(last_word, by_read) == "access_denied"
    unbroken = pl.col("open_end") | pl.col("after").is_not_null()
    return (denied & unbroken & pl.col("owned")).fill_null(False)


def _wrote_before_it_failed() -> pl.Expr:
    """Whether the log names a call that SST makes only when all keys are put: the one that lists what to purge.

    It asks for the ETag before the puts, and again before the purge: where the outcome of a put is not known, that call
    may be either. Source: docs/facts/sst-output.md#42-calls-per-operation.
    """
    keys = pl.col("type").is_in(sst_types()) & (pl.col("action") == "put")
    # What moves is deleted from the old place first, by a list too.
    moves = (pl.col("store").n_unique().over("operation") > 1) | (
        namespace_of_key().n_unique().over("operation") > 1
    )
    purging = (pl.col("error_api") == "ListKeys") | (
        (pl.col("error_api") == "DescribeKeyValueStore") & pl.col("near_unknown")
    )
    return (keys & purging & ~moves).fill_null(False)


def _verdict() -> pl.Expr:
    differs = (pl.col("hit_value") != pl.col("value")) & (pl.col("action") == "put")
    sure = pl.col("sure").is_not_null() & pl.col("doubt").is_null()
    failed = pl.col("reported") == "failed"
    closed = pl.col("absent").is_not_null() & (pl.col("owned") | pl.col("wide").fill_null(False))
    contested = pl.col("contested").fill_null(False)
    own_hit = pl.col("hit") & pl.col("owned")
    return (
        pl.when(pl.col("ambiguous_cause").is_not_null())
        .then(pl.lit("unverifiable"))
        .when(own_hit & by_order() & (pl.col("loss_event_id").is_not_null() | differs.fill_null(False)))
        .then(pl.lit("unverifiable"))
        # The call may be that of another operation of which no log shows the end.
        .when(own_hit & contested & (pl.col("reported") == "unfinished"))
        .then(pl.lit("unverifiable"))
        .when(own_hit & pl.col("loss_event_id").is_not_null())
        .then(
            pl.when(by_order() | spare_calls() | pl.col("passed_on") | contested)
            .then(pl.lit("unverifiable"))
            .otherwise(pl.lit("lost"))
        )
        .when(own_hit & differs.fill_null(False))
        .then(pl.lit("mismatched"))
        .when(own_hit & (~contested | pl.col("nothing_to_do")))
        .then(pl.lit("landed"))
        .when(failed & ~_wrote_before_it_failed())
        .then(pl.lit("errored"))
        .when(pl.col("hit") & ~pl.col("owned"))
        .then(pl.lit("unverifiable"))
        .when((pl.col("reported") == "unfinished") & ~_may_have_landed())
        .then(pl.lit("unfinished"))
        .when(pl.col("nothing_to_do") & (closed | found_gone()))
        .then(pl.lit("landed"))
        .when(~sure | _may_have_landed() | (contested & (pl.col("hit") | ~pl.col("tried"))))
        .then(pl.lit("unverifiable"))
        .when((pl.col("tried") & ~(pl.col("maybe_nothing") & _stale_at_last())) | failed)
        .then(pl.lit("errored"))
        .when("maybe_nothing")
        .then(pl.lit("unverifiable"))
        .otherwise(pl.lit("dropped"))
    )


def _may_have_landed() -> pl.Expr:
    """Whether an operation without an end may have made an available call, or another may; or after the log's end."""
    soon = (pl.col("near_distance") <= _AFTER_THE_END).fill_null(False) | ~pl.col("owned")
    unclaimed = (pl.col("near_event").is_not_null() & soon) | pl.col("near_ok").fill_null(False)
    near = pl.col("contested").fill_null(False) | unclaimed | pl.col("strangers").fill_null(False)
    # A log without times that several runs fit: what the deploy called before it was stopped is in one of them.
    near |= by_order() & (pl.col("clock") == "ambiguous").fill_null(False)
    return (pl.col("reported") == "unfinished") & near


def _cause() -> pl.Expr:
    by_call = cause_of(pl.col("failed_code"), pl.col("failed_message"))
    by_log = cause_of(pl.col("error_code"), pl.col("error_message"))
    by_read = cause_of(pl.col("read_failed_with"), pl.lit(None, dtype=pl.String))
    verdict = pl.col("verdict")
    contested = pl.col("contested").fill_null(False)
    # Fewer calls than operations that they fit: one of them went without, and it cannot be decided which.
    without = contested & ~pl.col("hit") & ~_may_be_idle() & pl.col("sure").is_not_null()
    return (
        pl.when(verdict == "lost")
        .then("loss_cause")
        .when(verdict == "errored")
        .then(
            pl.coalesce(
                by_call, pl.when(by_log != "service_error").then(by_log), by_read, pl.lit("service_error")
            )
        )
        .when(verdict == "unfinished")
        .then(pl.lit("interrupted"))
        .when(verdict == "unverifiable")
        .then(
            pl.coalesce(
                pl.when(~by_order()).then("ambiguous_cause"),
                pl.when(_may_have_landed()).then(pl.lit("interrupted")),
                pl.when(pl.col("hit") & ~pl.col("owned")).then(_not_owned()),
                pl.when(pl.col("hit") & ~by_order() & spare_calls()).then(pl.lit("rivals")),
                pl.when("passed_on").then(pl.lit("contested")),
                pl.when(without & (pl.col("doubt") == "contested") & pl.col("near_event").is_null()).then(
                    pl.lit("never_attempted")
                ),
                "doubt",
                pl.when(contested).then(pl.lit("contested")),
                pl.lit("maybe_nothing"),
            )
        )
        .when((verdict == "dropped") & (pl.col("failed_read").is_not_null() | never_set()))
        .then(pl.lit("read_failed"))
        .when((verdict == "dropped") & ~_maybe_read())
        .then(pl.lit("never_attempted"))
    )


def _stale_at_last() -> pl.Expr:
    """Whether SST had a stale ETag at last, and read the list again: it may have found it as it wanted it.

    It tries without end, so an operation that ended well did not fail by that.
    Source: docs/facts/sst-output.md#42-calls-per-operation.
    """
    stale = cause_of(pl.col("failed_code"), pl.col("failed_message")) == "precondition_failed"
    return stale & (pl.col("reported") == "succeeded") & pl.col("type").is_in(sst_types())


def _may_be_idle() -> pl.Expr:
    """Whether one of the deploy's operations on the key may rightly have written nothing: then none need lack a call.

    Of an operation that has a call it is looked at as well, since the call may be another's: SST 3.10.1 to 3.12.4
    leaves a list alone that is as the operation wants it.
    """
    skips = (
        pl.col("action").is_in(["append", "remove"])
        & pl.col("op").is_in(SKIPPING)
        & ~pl.col("always_writes").fill_null(False)
    )
    idle = pl.col("maybe_nothing") | (pl.col("hit") & skips)
    return idle.any().over("deploy", "store", "key")


def _maybe_read() -> pl.Expr:
    """Whether a read may have failed before the write: one of unknown outcome, or at another time by the trail."""
    return pl.col("reads_unknown").fill_null(False) | pl.col("failed_elsewhere").fill_null(False)


def _open_delete() -> pl.Expr:
    """Whether nothing shows that a key that was deleted was not put again: no later write closes the chain."""
    return (pl.col("action") == "delete") & pl.col("absent").is_null()


def _list_left_open() -> pl.Expr:
    """Whether the log ends within an operation on a list: other jobs of the same role write the list as well.

    Of an operation that ended well it is known that a call was made; of this one it is not.
    """
    return (pl.col("reported") == "unfinished") & pl.col("action").is_in(["append", "remove"])


def _not_owned() -> pl.Expr:
    """Why a call that fits is not known to be the deploy's."""
    rivalled = (pl.col("clock") == "ambiguous") & pl.col("rivalled").fill_null(False)
    return pl.when(rivalled).then(pl.lit("rivals")).otherwise(pl.lit("clocks_differ"))


def _confidence() -> pl.Expr:
    """Never higher than what decided the verdict; a contested call lowers it."""
    verdict = pl.col("verdict")
    lowered = pl.when(pl.col("contested").fill_null(False) & (pl.col("sure") == "proven")).then(
        pl.lit("high")
    )
    absent = pl.coalesce(lowered, "sure")
    named = pl.col("tried") & (pl.col("failed_request") == pl.col("request_id")).fill_null(False)
    many = pl.len().over("operation") > BATCH
    by_clock = (pl.col("basis") == "clock").fill_null(False)  # a right clock is no proof of who made the call
    return (
        pl.when((verdict == "lost") & pl.col("pattern"))
        .then(pl.lit("high"))
        .when(verdict == "lost")
        .then("loss_confidence")
        .when(
            (verdict == "landed") & (pl.col("threat").is_not_null() | pl.col("threatened").fill_null(False))
        )
        .then(pl.lit("low"))
        .when((verdict == "landed") & by_order())
        .then(pl.lit("low"))
        .when(
            (verdict == "landed")
            & pl.col("hit")
            & (
                pl.col("far").fill_null(False)
                | pl.col("passed_on")
                | _open_delete()
                | _list_left_open()
                | pl.col("last_behind_gap").is_not_null()
                | in_a_gap()
            )
        )
        .then(pl.lit("low"))
        .when(verdict.is_in(["landed", "mismatched"]) & pl.col("hit"))
        .then(
            pl.when((by_clock | pl.col("gap_event").is_not_null()) & (pl.col("hit_confidence") == "proven"))
            .then(pl.lit("high"))
            .otherwise("hit_confidence")
        )
        .when(verdict == "landed")
        .then(pl.lit("high"))
        .when((verdict == "errored") & named)
        .then(pl.lit("proven"))
        .when((verdict == "errored") & (pl.col("reported") == "failed"))
        .then(pl.coalesce(absent, pl.when(many).then(pl.lit("low")).otherwise(pl.lit("high"))))
        .when((verdict == "dropped") & ~pl.col("owned") & (absent == "proven"))
        .then(pl.lit("high"))
        .when(verdict.is_in(["errored", "dropped", "unfinished"]))
        .then(pl.coalesce(absent, pl.lit("low")))
        .otherwise(pl.lit("low"))
    )
