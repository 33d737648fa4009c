"""How a deploy ended, as far as its log says it: succeeded, failed, interrupted, or unknown (null).

A deploy succeeded only where something says so, and nothing contradicts it. A log that just stops says nothing: it may
be cut, or the deploy may still run.

| what says it | result |
|---|---|
| a step, a summary or the last line that failed; an error | failed |
| `^C`, `Interrupted`, `canceled`, a step that was interrupted, a signal that ended Pulumi | interrupted |
| SST's `Complete` and its kin, the engine's summary, Pulumi's totals and duration (a preview has none) | succeeded |
| success, and an error, or a line that was not understood and speaks of a failure or an error | unknown |

Sources: docs/facts/pulumi-output.md, docs/facts/sst-output.md.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from analyzer.logs.text.language import LOST_EVENT

_HEADING: Final = r"^Resources:$"
_COUNTED: Final = r"^(?: {4,6}(?:[^ ]{1,2} ?)?[0-9]+ [a-z]|info: (?:[0-9]+|no) changes? )"
_DURATION: Final = r"^(?:Update|Preview|Destroy) duration: "
_PLANNED: Final = (
    r"^ {4,6}(?:[^ ]{1,2} ?)?[0-9]+ (?:resources? )?to [a-z]|^info: (?:[0-9]+|no) changes? previewed"
)
_ERRORED: Final = r"^ {4}[0-9]+ errored$"
"""What Pulumi's text prints when a run has ended, besides the lines with an outcome; most lines frame the run."""
_FAILED: Final = r"^error: (?:update|preview|destroy|refresh|import) failed(?:\n|$)"
_CANCELLED: Final = r"^(?:error: (?:update|preview|destroy|refresh|import) cancell?ed(?:\n|$)| *\^C received)"
"""How the run ended, as `Diagnostics:` and `System Messages` say it; the exit line is not in every capture."""
TROUBLE: Final = r"(?i)\b(?:errored|failed)\b|\*\*[a-z ]{0,40}failed|^\s*error: |https response error\b"
_DEEPER: Final = r"^\s+(?:error: |operation error )"
"""An error of `Diagnostics:` whose blanks were damaged: no error by its form."""
_NO_TROUBLE: Final = r"(?i)\b(?:0|no) (?:[a-z]+ )?(?:errored|failed)\b|\b(?:errored|failed)[:=]? ?0\b"
_ENDLESS: Final = ("pulumi-verbose", "sst-state")
"""Kinds that do not say how it ended; an error of a verbose log may have been tried again."""

_TEXTS: Final = ("pulumi-text", "terminal", "sst-log", "pulumi-verbose")
"""Kinds in which Pulumi's text stands: its `Duration:` alone is no success."""

_kind, _message, _outcome = pl.col("kind"), pl.col("message"), pl.col("outcome")


def troubling() -> pl.Expr:
    """Which EVENTS are lines that were not understood, or not as what they were, and speak of a failure."""
    said = pl.when(_kind == "unrecognised").then(_message)
    deeper = pl.when((_kind == "diagnostic") & pl.col("severity").is_null()).then(_message)
    trouble = (said.str.contains(TROUBLE) & ~said.str.contains(_NO_TROUBLE)).fill_null(value=False)
    return trouble | deeper.str.contains(_DEEPER).fill_null(value=False)


def is_error() -> pl.Expr:
    """Which EVENTS are errors by their form: not how the run ended, and not an event that SST could not read."""
    error = (_kind == "diagnostic") & (pl.col("severity") == "error").fill_null(value=False)
    return error & ~_message.str.contains(rf"{_CANCELLED}|^{LOST_EVENT}").fill_null(value=False)


def is_interrupted() -> pl.Expr:
    """Which EVENTS say that the run was interrupted, or a step of it."""
    cut = _kind.is_in(["summary", "started", "failed"]) & (_outcome == "interrupted").fill_null(value=False)
    return cut | _says("diagnostic", _CANCELLED)


def says_done() -> pl.Expr:
    """Which EVENTS say that the deploy succeeded, and not only how long it took: Pulumi says that of a failure, too."""
    named = ((pl.col("fact") == "result") & (pl.col("value") == "succeeded")).fill_null(value=False)
    return (_kind == "summary") & (named | ((_outcome == "done").fill_null(value=False) & ~_is_timed()))


def _is_timed() -> pl.Expr:
    """Which EVENTS say a time and nothing else, as Pulumi's `Duration:` does."""
    done = (_kind == "summary") & (_outcome == "done").fill_null(value=False)
    return (done & pl.col("fact").is_null() & _message.is_null()) | _says("summary", _DURATION)


def told_results() -> list[pl.Expr]:
    """What the events of a deploy say of its end, as aggregations for `result`."""
    summary = _kind == "summary"
    error = is_error()
    locked = (pl.col("fact") == "locked").fill_null(value=False)
    failed = _kind.is_in(["failed", "summary"]) & (_outcome == "failed")
    failed |= _says("diagnostic", _FAILED) | _says("summary", _ERRORED) | locked
    done = summary & (_outcome == "done")
    timed = _is_timed()
    totals = _says("summary", _COUNTED)
    planned = _says("summary", _PLANNED) | (totals & pl.col("planning").fill_null(value=False))
    of_pulumi = _kind.is_in(["header", "started", "done"]) | (pl.col("fact") == "permalink").fill_null(
        value=False
    )
    named = pl.col("fact") == "result"
    ended = summary & (_outcome.is_not_null() | named)
    return [
        failed.any().alias("failed"),
        ((summary & (_outcome == "interrupted")) | _says("diagnostic", _CANCELLED)).any().alias("stopped"),
        (_kind.is_in(["started", "failed"]) & (_outcome == "interrupted")).any().alias("cut_short"),
        (ended | totals | _says("summary", _HEADING) | timed).any().alias("ended"),
        (summary & named & (pl.col("value") == "succeeded")).any().alias("said_done"),
        (done & ~timed).any().alias("done"),
        timed.any().alias("timed"),
        # A run that changes nothing counts nothing; but another program prints `Resources:`, too.
        (totals.any() | (_says("summary", _HEADING).any() & of_pulumi.any())).alias("totalled"),
        planned.any().alias("planned_totals"),
        pl.col("line").filter(error).first().alias("error_line"),
        pl.col("line").filter(troubling()).first().alias("trouble_line"),
    ]


def result() -> pl.Expr:
    """`succeeded`, `failed`, `interrupted`, or null: nothing says it, or what says it is contradicted."""
    erred = _erred()
    return (
        pl.when("failed")
        .then(pl.lit("failed"))
        .when(erred & (_interrupted() | ~(pl.col("said_done") | pl.col("done"))))
        .then(pl.lit("failed"))
        .when(_interrupted())
        .then(pl.lit("interrupted"))
        .when(_succeeded() & ~erred & pl.col("trouble_line").is_null())
        .then(pl.lit("succeeded"))
    )


def contradicted() -> pl.Expr:
    """A sentence where the log speaks of success and of a failure; null elsewhere. `result` must be there."""
    error = pl.format(
        "line {} is an error, but the end of the deploy says that it succeeded: its result is unknown",
        "error_line",
    )
    trouble = pl.format(
        "line {} speaks of a failure and was not understood: the deploy is not taken as succeeded",
        "trouble_line",
    )
    return (
        pl.when(pl.col("result").is_not_null() | ~_succeeded())
        .then(None)
        .when(_erred())
        .then(error)
        .otherwise(trouble)
    )


def _erred() -> pl.Expr:
    return pl.col("error_line").is_not_null() & ~pl.col("kind").is_in(_ENDLESS)


def _interrupted() -> pl.Expr:
    return pl.col("stopped") | pl.col("cut_short")


def _succeeded() -> pl.Expr:
    timed = pl.col("timed") & (pl.col("totalled") | ~pl.col("kind").is_in(_TEXTS))
    return pl.col("said_done") | pl.col("done") | timed | pl.col("planned_totals")


def _says(kind: str, pattern: str) -> pl.Expr:
    """Whether an event is of `kind` and says it; messages of other kinds are not searched."""
    return pl.when(_kind == kind).then(_message).str.contains(pattern).fill_null(value=False)
