"""Whether a text log's stamps are the times of its lines, or those at which held-back output was printed at last.

In come EVENTS and LOG_DEPLOYS, out go the same with `at` computed anew where Pulumi's dots show better times, and with
`times` (`TIMES`). Source: docs/facts/alignment.md#2-ci-stamps

A stamp minus the dots so far is the moment at which the display began, as often as it is computed. Output that was
held back has one stamp for many seconds: there the difference falls. It rises where a slow machine prints fewer dots
(7 of 406 seconds in a real log), or where the first line of what was held back is stamped, so that a rise alone shows
nothing. Stamps of held-back output are upper bounds: the least difference is the beginning, and the dots count from
there. Without dots nothing shows the times, but there is a contradiction: the log takes less time than it says.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from analyzer.tables import TIME

_SLACK: Final = 2  # seconds: dots and durations are whole ones
_PRINTED: Final = 0.95  # of the seconds: where there are far fewer dots, lines of dots were taken out
_MANY: Final = 4  # rows of a log that does not say how long it ran: fewer may well have one stamp
_STEPS: Final = ("started", "done", "failed", "console")


def clocked(events: pl.DataFrame, log_deploys: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """EVENTS and LOG_DEPLOYS with `times`, and times by the dots where the stamps are of held-back output.

    Args:
        events: EVENTS, in the order of the logs.
        log_deploys: LOG_DEPLOYS.
    """
    stamped = log_deploys.filter((pl.col("times") == "stamps") & (pl.col("form") == "text"))["id"]
    if stamped.is_empty():
        return events, log_deploys
    rows = events.filter(pl.col("deploy").is_in(stamped.implode()) & pl.col("at").is_not_null())
    origins = (
        _origins(rows)
        .join(log_deploys.select(deploy="id", duration="duration"), on="deploy")
        .filter(pl.col("last") >= _PRINTED * pl.col("duration").fill_null(0) - _SLACK)
    )
    undotted = stamped.filter(~stamped.is_in(origins["deploy"].implode()))
    flushed = _contradicted(rows.filter(pl.col("deploy").is_in(undotted.implode())), log_deploys)
    held_back = origins.filter("falls")
    if not held_back.is_empty():
        events = _by_dots(events, held_back)
    return events, _with_times(log_deploys, held_back, flushed)


def _origins(rows: pl.DataFrame) -> pl.DataFrame:
    """`deploy, origin, last, falls` of the deploys with dots.

    `origin` is when the display began, `last` how many dots there are, and `falls` says whether stamps were held back.
    The header stands above all dots: it may be printed long before the display begins, so that it shows no origin.
    """
    header = (pl.col("kind") == "header") & pl.col("op").is_not_null()
    total = (pl.col("kind") == "summary") & pl.col("seconds").is_not_null()
    ticking = pl.col("tick").is_not_null()
    told = rows.filter((pl.col("kind").is_in(_STEPS) & ticking) | header | (total & ticking))
    began = (pl.col("at") - pl.duration(seconds=pl.col("tick").fill_null(0))).cast(TIME)
    falls = pl.col("began").cum_max() - pl.col("began") > pl.duration(seconds=_SLACK)
    return (
        told.sort("deploy", "line", maintain_order=True)
        .with_columns(began=began)
        .group_by("deploy", maintain_order=True)
        .agg(
            origin=pl.col("began").filter(pl.col("tick").is_not_null()).min(),
            last=pl.col("tick").max(),
            falls=falls.any(),
        )
        .drop_nulls("origin")
    )


def _contradicted(rows: pl.DataFrame, log_deploys: pl.DataFrame) -> pl.Series:
    """The deploys whose stamps contradict the durations that the log says."""
    steps = rows.filter(pl.col("kind").is_in(_STEPS))
    headed = rows.filter((pl.col("kind") == "header") & pl.col("op").is_not_null())["deploy"].unique()
    spans = (
        rows.filter(~pl.col("kind").is_in(["noise", "unrecognised"]))
        .group_by("deploy")
        .agg(first=pl.col("at").min(), span=pl.col("at").max() - pl.col("at").min())
        .join(steps.group_by("deploy").agg(steps=pl.len()), on="deploy", how="left")
        .join(log_deploys.select(deploy="id", duration="duration"), on="deploy", how="left")
        .with_columns(headed=pl.col("deploy").is_in(headed.implode()))
    )
    short = pl.col("span") < pl.duration(seconds=pl.col("duration") - _SLACK)
    one = (pl.col("span") == pl.duration()) & pl.col("duration").is_null() & (pl.col("steps") >= _MANY)
    by_span = spans.filter((short & pl.col("headed")) | one)["deploy"]
    return pl.concat([by_span, _shorter_than_said(steps, spans)]).unique()


def _shorter_than_said(steps: pl.DataFrame, spans: pl.DataFrame) -> pl.Series:
    """The deploys with an operation that took less time than its row says (`created (12s)`)."""
    resource = ["deploy", "type", "name", "op"]
    began = steps.filter(pl.col("kind") == "started").group_by(resource).agg(began=pl.col("at").min())
    ended = (
        steps.filter(pl.col("kind") != "started")
        .drop_nulls("seconds")
        .select(*resource, "at", "seconds")
        .join(began, on=resource, how="left", nulls_equal=True)
        .join(spans.filter("headed").select("deploy", "first"), on="deploy", how="left")
    )
    since = pl.coalesce("began", "first")
    took = (pl.col("at") - since).dt.total_milliseconds() / 1000
    return ended.filter(took < pl.col("seconds") - _SLACK)["deploy"]


def _by_dots(events: pl.DataFrame, held_back: pl.DataFrame) -> pl.DataFrame:
    """`events` with the times that follow from the dots, in the deploys `held_back`."""
    timed = events.join(held_back.select("deploy", "origin"), on="deploy", how="left", maintain_order="left")
    by_dots = (pl.col("origin") + pl.duration(seconds=pl.col("tick").fill_null(0))).cast(TIME)
    return timed.with_columns(at=pl.coalesce(by_dots, "at")).drop("origin")


def _with_times(log_deploys: pl.DataFrame, held_back: pl.DataFrame, flushed: pl.Series) -> pl.DataFrame:
    late = pl.col("id").is_in(flushed.implode())
    ran = (pl.col("ended_at") - pl.duration(seconds="duration")).cast(TIME)
    return (
        log_deploys.join(
            held_back.select("deploy", "origin", "last"),
            left_on="id",
            right_on="deploy",
            how="left",
            maintain_order="left",
        )
        .with_columns(
            times=pl.when(pl.col("origin").is_not_null())
            .then(pl.lit("dots"))
            .when(late)
            .then(pl.lit("flushed"))
            .otherwise("times"),
            started_at=pl.coalesce("origin", pl.when(late).then(ran), "started_at"),
            ended_at=pl.coalesce((pl.col("origin") + pl.duration(seconds="last")).cast(TIME), "ended_at"),
        )
        .drop("origin", "last")
    )
