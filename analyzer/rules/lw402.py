"""LW402 interrupted: the deploy was stopped, or its log ends before it does.

## What it does
Finds deploys that were interrupted (^C, a cancelled job, a signal), event logs that stop
without the engine's summary, and text that stops before it says how the deploy ended.

## Why it matters
Operations that were under way may have made their calls without a word in the log, and those that
were still to come were not done. Where a signal ended Pulumi (the system was out of memory), SST
prints `Interrupted` and exits with 0: the job is green.

## How it is proven
By the log: `^C received`, `update canceled`, `Interrupted`, a step that was interrupted, SST's
record that a signal ended Pulumi. Pulumi's event log ends with a summary whatever happened; one
without it was cut off together with the program, or is not the whole file. That alone is of low
confidence; where SST's own note of the update says that it ended without errors, it is high.
Pulumi's text and SST's terminal say how a deploy ended, too: with the header of an update or a
destroy, with steps, and without an end they stop early. That is of low confidence. A cancelled job and
a lost runner leave nothing else.
SST 3.7.0 to 4.1.2 could print `Interrupted` for a deploy that had completed: where nothing but that
line says it, the confidence is low.

## Example
    Log: shop/prod
        15:40:30-31  create SiteKvKeys  7c62: metadata={}
        15:40:32-    create SiteRoutesUpdate  50f6:routes + site,7c62,,/
        the log stops
    Finding:
        warning LW402: The event log stops without the engine's summary: the deploy was cut off, or the file
          is not whole.
    Beside it: LW107, LW308
    Not here, where the summary is there:
      - the log stops

## What to do
Deploy again, and read what Pulumi says of pending operations (LW404). With a trail (`--trail`) the
report says which writes had landed.

## References
- Ends of runs: docs/facts/pulumi-output.md#12-ends-of-steps.
- Pulumi killed by a signal: docs/facts/sst-resources.md#n7-pulumi-killed-by-a-signal.
- SST: commit f33978ab8 (false `Interrupted`, fixed in 4.1.3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.advisories.versions import version_of
from analyzer.logs.languages.slog.events import KILLED
from analyzer.logs.results import is_interrupted
from analyzer.rules.by_deploy import first_line
from analyzer.tables import empty

if TYPE_CHECKING:
    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW402"
NAME = "interrupted"
SEVERITY: Severity = "warning"

_FALSE_UNTIL: Final = version_of("4.1.3")
_SAID_BY_SST: Final = r"^[^a-zA-Z0-9]+ Interrupted"
_REMARK: Final = r" \(before v4.*"  # what the reader adds to that line
_TEXTS: Final = ("pulumi-text", "terminal")
"""Kinds of text that say how a deploy ended, if it did."""
_STOPS: Final = (
    "The log stops before it says how the deploy ended: the deploy was cut off, or the log is not whole."
)
_FOUND: Final = pl.Schema(
    {
        "deploy": pl.String(),
        "source": pl.String(),
        "line": pl.Int64(),
        "confidence": pl.String(),
        "message": pl.String(),
    }
)


def find(case: Case) -> pl.DataFrame:
    """A finding for each deploy that was stopped."""
    real = case.deploys.filter(~pl.col("command").is_in(["preview"]).fill_null(value=False))
    events = case.events.join(real.select(deploy="id"), on="deploy", how="semi", maintain_order="left")
    said = _said(events, real)
    cut = _cut_off(
        events, real.join(said, left_on="id", right_on="deploy", how="anti", maintain_order="left")
    )
    return pl.concat([said, cut, _stops(case)])


def _stops(case: Case) -> pl.DataFrame:
    """The texts that begin with a deploy's header, have steps of it and not its end."""
    texts = case.inputs.filter(pl.col("kind").is_in(_TEXTS))["source"]
    open_ended = case.deploys.filter(
        (pl.col("form") == "text")
        & pl.col("result").is_null()
        & pl.col("command").is_in(["update", "destroy"])
        & pl.col("sources").list.eval(pl.element().is_in(texts.implode())).list.all()
    ).select(deploy="id")
    if open_ended.is_empty():
        return empty(_FOUND)
    kind = pl.col("kind")
    return (
        case.events.join(open_ended, on="deploy", how="semi", maintain_order="left")
        .group_by("deploy", maintain_order=True)
        .agg(
            pl.col("source", "line").last(),
            begins=((kind == "header") & pl.col("op").is_not_null()).any(),
            stepped=kind.is_in(["started", "done"]).any(),
            ended=(kind == "summary").any(),
        )
        .filter(pl.col("begins") & pl.col("stepped") & ~pl.col("ended"))
        .with_columns(message=pl.lit(_STOPS), confidence=pl.lit("low"))
        .select(_FOUND.names())
    )


def _said(events: pl.DataFrame, deploys: pl.DataFrame) -> pl.DataFrame:
    """The deploys whose logs say that they were interrupted."""
    stopped = deploys.filter(pl.col("result") == "interrupted")
    if stopped.is_empty():
        return empty(_FOUND)
    telling = pl.col("message").str.starts_with(KILLED).fill_null(value=False)
    lines = events.filter(is_interrupted() | telling).join(
        stopped.select(deploy="id", version="tool_version"), on="deploy", how="inner", maintain_order="left"
    )
    by_sst_alone = pl.col("message").str.contains(_SAID_BY_SST).fill_null(value=False)
    first = lines.group_by("deploy", maintain_order=True).agg(
        pl.col("source", "line", "message", "name", "version").sort_by(~telling, maintain_order=True).first(),
        killed=telling.any(),
        weak=by_sst_alone.all(),
    )
    old = [_may_be_false(version) for version in first["version"]]
    doubtful = pl.col("weak") & pl.Series("old", old, pl.Boolean)
    words = first_line().str.replace(_REMARK, "")
    quoted = (
        pl.when(words != "")
        .then(words)
        .otherwise(pl.format("{} was under way", pl.col("name").fill_null("a step")))
    )
    message = (
        pl.when("killed")
        .then(pl.format("A signal ended Pulumi in the middle of the deploy: {}", quoted))
        .when(doubtful)
        .then(
            pl.format(
                "The deploy says that it was interrupted; SST before 4.1.3 may say so of one that completed: {}",
                quoted,
            )
        )
        .otherwise(pl.format("The deploy was interrupted: {}", quoted))
    )
    confidence = pl.when(doubtful).then(pl.lit("low")).otherwise(pl.lit("high"))
    return first.with_columns(message=message, confidence=confidence).select(_FOUND.names())


def _may_be_false(version: str | None) -> bool:
    known = version_of(version)
    return known is None or _FALSE_UNTIL is None or known < _FALSE_UNTIL


def _cut_off(events: pl.DataFrame, deploys: pl.DataFrame) -> pl.DataFrame:
    """The event logs without a summary of the engine, of deploys of which nothing else says how they ended."""
    open_ended = deploys.filter((pl.col("form") == "exact") & pl.col("result").is_null())
    if open_ended.is_empty():
        return empty(_FOUND)
    own = pl.col("seq").is_not_null()
    run = pl.col("run").fill_null(1)
    last_of_file = events.filter(own & (run == run.max().over("source")))
    mine = last_of_file.join(open_ended.select(deploy="id"), on="deploy", how="semi", maintain_order="left")
    summary = pl.col("kind") == "summary"
    begins = (pl.col("kind") == "header") & pl.col("fact").is_null()  # else it is an excerpt
    last = mine.group_by("deploy", maintain_order=True).agg(
        pl.col("source", "line").last(),
        ended=(summary & pl.col("outcome").is_not_null()).any(),
        planned=pl.col("planning").fill_null(value=False).any(),
        begins=begins.any(),
    )
    noted = events.filter((pl.col("fact") == "ended_clean").fill_null(value=False))
    clean = pl.col("deploy").is_in(noted["deploy"].to_list())
    told = (
        pl.when(clean)
        .then(
            pl.lit(
                "The event log stops without the engine's summary, and SST noted that the update ended without "
                "errors: a signal ended Pulumi."
            )
        )
        .otherwise(
            pl.lit(
                "The event log stops without the engine's summary: the deploy was cut off, or the file is not whole."
            )
        )
    )
    confidence = pl.when(clean).then(pl.lit("high")).otherwise(pl.lit("low"))
    return (
        last.filter(~pl.col("ended") & ~pl.col("planned") & pl.col("begins"))
        .with_columns(message=told, confidence=confidence)
        .select(_FOUND.names())
    )
