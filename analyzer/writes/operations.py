"""Operations: what a deploy did to one resource, from the events that began it and ended it.

An operation that a refresh began changes only the state, never the store (docs/facts/pulumi-output.md#11-operations),
and a
preview does nothing: neither gives an operation here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.logs.languages.pulumi.urn import type_of
from analyzer.resources.shown import is_of
from analyzer.tables import WRITING_OPS

if TYPE_CHECKING:
    from analyzer.resources.interface import ResourceKind

_RESOURCE = ["deploy", "urn", "type", "name", "op"]
_ENDS = ("done", "failed")


def operations(events: pl.DataFrame, deploys: pl.DataFrame, kind: ResourceKind) -> pl.DataFrame:
    """Operations on the resources of one kind, in the order of the logs.

    Args:
        events: EVENTS.
        deploys: DEPLOYS of these events.
        kind: whose resources.

    Returns:
        A row per operation: `deploy, urn, type, name, op, stack, exact, start, end, reported, source, line, order,
        message, new, old, tick_start, tick_end` and, of the error that the log ties to it, `request_id, error_code,
        error_api, error_message`. `end` is null where the log ends before the operation does; `op` is null where
        SST's terminal names no more than a resource that failed.
    """
    mine = _settled(_of_resources(events, kind))
    unnamed = pl.col("op").is_null() & (pl.col("kind") == "failed")
    of_state = deploys.filter(pl.col("command") == "refresh")["id"]
    steps = _numbered(
        mine.filter(
            (pl.col("op").is_in(WRITING_OPS) | unnamed) & ~pl.col("deploy").is_in(of_state.implode())
        ),
        deploys,
    )
    began = steps.filter(pl.col("kind") == "started").unique(
        [*_RESOURCE, "nth"], keep="first", maintain_order=True
    )
    ended = steps.filter(pl.col("kind").is_in(_ENDS)).unique(
        [*_RESOURCE, "nth"], keep="last", maintain_order=True
    )
    paired = began.select(*_RESOURCE, "nth", *_prefixed("began")).join(
        ended.select(*_RESOURCE, "nth", *_prefixed("ended")),
        on=[*_RESOURCE, "nth"],
        how="full",
        nulls_equal=True,
        coalesce=True,
    )
    resolved = (
        paired.join(_refreshed(mine), on=["deploy", "name"], how="anti")
        .select(
            *_RESOURCE,
            start="began_at",
            end=pl.when(_finished()).then("ended_at"),
            reported=pl.when(~_finished())
            .then(pl.lit("unfinished"))
            .when(pl.col("ended_kind") == "failed")
            .then(pl.lit("failed"))
            .otherwise(pl.lit("succeeded")),
            source=pl.coalesce("ended_source", "began_source"),
            line=pl.coalesce("ended_line", "began_line"),
            order=pl.coalesce("began_seq", "ended_seq"),
            message=pl.coalesce("ended_message", "began_message"),
            new=pl.coalesce("ended_new", "began_new"),
            old=pl.coalesce("began_old", "ended_old"),
            tick_start=_tick("began"),
            tick_end=pl.when(_finished()).then(_tick("ended")),
            dotted=pl.col("deploy").is_in(_dotted(events).implode()),
        )
        .with_columns(pl.when("dotted").then(name) for name in ("tick_start", "tick_end"))
    )
    deploy_columns = deploys.select(
        deploy="id",
        stack="stack",
        exact=pl.col("form") == "exact",
        deploy_began="started_at",
        deploy_ended="ended_at",
        times="times",
        duration="duration",
    )
    with_deploy = resolved.join(deploy_columns, on="deploy", how="left")
    return _with_errors(with_deploy, events.filter(_may_be_of(kind))).sort("source", "order")


def _of_resources(events: pl.DataFrame, kind: ResourceKind) -> pl.DataFrame:
    done_for_real = ~pl.col("planning").fill_null(False)
    return events.filter(is_of(kind) & done_for_real)


def _may_be_of(kind: ResourceKind) -> pl.Expr:
    """Whether a row may be about a resource of the kind: one of another type may have the same name."""
    of_type = pl.coalesce("type", type_of(pl.col("urn")))
    return is_of(kind, of_type) | of_type.is_null()


def _settled(mine: pl.DataFrame) -> pl.DataFrame:
    """`mine` with the operations that SST's terminal leaves open.

    Source: docs/facts/sst-output.md#2-terminal-output, and its footer.go.

    A failed step names no operation: it is the one that was under way, if the log shows it. `Creating` stands for
    every step of a replacement too, and has no time: where another operation of the resource ended, it was that.
    """
    resource = ["deploy", "urn", "name"]
    writes = pl.col("op").is_in(WRITING_OPS)
    ended = pl.col("kind").is_in(_ENDS)
    began = (pl.col("kind") == "started") & writes
    under_way = pl.col("op").filter(began).last().over(resource)
    created = (ended & (pl.col("op") == "create")).any().over(resource)
    otherwise = (ended & writes & (pl.col("op") != "create")).any().over(resource)
    loose = began & (pl.col("op") == "create") & pl.col("seconds").is_null() & pl.col("urn").is_null()
    unnamed = (pl.col("kind") == "failed") & pl.col("op").is_null()
    settled = mine.with_columns(op=pl.when(unnamed).then(under_way).otherwise("op"))
    return settled.filter(~mine.select(loose & ~created & otherwise).to_series().fill_null(value=False))


def _numbered(steps: pl.DataFrame, deploys: pl.DataFrame) -> pl.DataFrame:
    """`steps` with `nth`: an exact log has one event per step, so that the nth end belongs to the nth beginning.

    Text repeats a row for each message, so there all rows of one resource and operation are one operation.
    """
    forms = deploys.select(deploy="id", form="form")
    ends = pl.col("kind").is_in(_ENDS)
    nth = pl.int_range(pl.len()).over([*_RESOURCE, ends])
    return steps.join(forms, on="deploy", how="left", maintain_order="left").with_columns(
        nth=pl.when(pl.col("form") == "exact").then(nth).otherwise(0)
    )


def _prefixed(prefix: str) -> list[pl.Expr]:
    columns = ("at", "kind", "outcome", "source", "line", "seq", "message", "new", "old", "tick")
    return [pl.col(column).alias(f"{prefix}_{column}") for column in columns]


def _dotted(events: pl.DataFrame) -> pl.Series:
    """The deploys whose logs have dots."""
    return events.filter(pl.col("tick").is_not_null())["deploy"].unique()


def _tick(which: str) -> pl.Expr:
    """The seconds of the row that began or ended the operation: none, where it stands above the first dots."""
    return pl.when(pl.col(f"{which}_kind").is_not_null()).then(pl.col(f"{which}_tick").fill_null(0))


def _finished() -> pl.Expr:
    return pl.col("ended_kind").is_not_null() & (pl.col("ended_outcome") != "interrupted").fill_null(True)


def _refreshed(mine: pl.DataFrame) -> pl.DataFrame:
    """Resources whose state the log refreshes, without any other operation on them."""
    began = mine.filter(pl.col("kind") == "started")
    really = began.filter(pl.col("op").is_in(WRITING_OPS))
    return (
        began.filter(pl.col("op") == "refresh")
        .select("deploy", "name")
        .unique()
        .join(really, on=["deploy", "name"], how="anti")
    )


def _with_errors(resolved: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Adds the error of a failed operation: the last diagnostic of its resource that names an AWS request, else any."""
    errors = events.filter(
        (pl.col("kind") == "diagnostic")
        & pl.col("message").str.contains("error", literal=True).fill_null(False)
    )
    last_errors = (
        errors.sort(pl.col("request_id").is_not_null(), "line", maintain_order=True)
        .select(
            "deploy",
            "name",
            "request_id",
            "error_code",
            "error_api",
            error_message="message",
            reported=pl.lit("failed"),
        )
        .unique(["deploy", "name"], keep="last", maintain_order=True)
    )
    return resolved.join(last_errors, on=["deploy", "name", "reported"], how="left")
