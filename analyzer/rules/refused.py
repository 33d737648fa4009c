"""The calls of a deploy that AWS refused: what the rules about denied, throttled and limited calls share.

They come from three places: errors that the log ties to an operation, calls that the evidence of a write cites, and
other calls of the deploy's own writers in its time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.tables import CONFIDENCES
from analyzer.verdicts.causes import cause_of
from analyzer.verdicts.ranges import ranges, rows_of

if TYPE_CHECKING:
    from analyzer.rules.interface import Case

NOT_MADE: Final = ("errored", "dropped")
"""Verdicts of a write that a refused call left unmade; what is in doubt may have been made."""

_AROUND: Final = pl.duration(minutes=2)
_NO_TEXT: Final = pl.lit(None, dtype=pl.String)

REFUSALS: Final = pl.Schema(
    {
        "deploy": pl.String(),
        "store": pl.String(),
        "write": pl.String(),  # null of another call of the deploy's writer
        "cause": pl.String(),  # what the error is (analyzer.verdicts.causes), else the cause of the verdict
        "api": pl.String(),
        "error_code": pl.String(),
        "error_message": pl.String(),
        "event_id": pl.String(),  # null of an error that the log says, and of a cause alone
        "own": pl.Boolean(),  # whether it is known to be the deploy's
        "stopped": pl.Boolean(),  # whether the write was not made for it
        "confidence": pl.String(),  # of the write's verdict; high where no write is known
        "source": pl.String(),  # of the write
        "line": pl.Int64(),
    }
)


def refused(case: Case, *causes: str, own: bool = True) -> pl.DataFrame:
    """The rows of `Case.refusals` of these causes (`analyzer.verdicts.causes`); `own`: of the deploy's calls alone."""
    calls = case.refusals.filter(pl.col("cause").is_in(causes) & (pl.col("own") | (not own)))
    if calls.is_empty():
        return calls
    # A verdict's cause alone says less than the error, and a call that several say is one: the first has the write.
    bare = pl.col("api").is_null() & pl.col("error_code").is_null()
    by_error = pl.col("write").is_in(calls.filter(~bare)["write"].drop_nulls().unique().implode())
    once = pl.col("event_id").is_null() | pl.struct("deploy", "event_id", "write").is_first_distinct()
    return calls.filter(once & ~(bare & by_error))


def refusals(case: Case) -> pl.DataFrame:
    """REFUSALS of a case: those that the writes say first, then those of the evidence and of the deploy's writers."""
    told = _told(case)
    failed = case.calls.filter(~pl.col("ok")).unique("event_id", keep="first", maintain_order=True)
    if failed.is_empty():
        parts = [told]
    else:
        writers = own_writers(case)
        parts = [told, _of_evidence(case, failed, writers), _of_writers(case, failed, writers)]
    rows = pl.concat([part.select(REFUSALS.names()).match_to_schema(REFUSALS) for part in parts])
    cause = pl.coalesce(cause_of(pl.col("error_code"), pl.col("error_message")), "cause")
    return rows.with_columns(cause=cause)


def cited(case: Case) -> pl.DataFrame:
    """The rows of `Case.refusals` that are evidence of a write."""
    return case.refusals.filter(pl.col("event_id").is_not_null() & pl.col("write").is_not_null())


def grouped(rows: pl.DataFrame, *more: str) -> pl.DataFrame:
    """A row for each deploy and store, and `more`: the sorted `apis`, how many `calls`, whether a write `stopped`."""
    worst = pl.col("confidence").cast(pl.Enum(CONFIDENCES)).max().cast(pl.String)
    return rows.group_by("deploy", "store", *more, maintain_order=True).agg(
        pl.col("stopped").any(),
        pl.col("source").drop_nulls().first(),
        pl.col("line").drop_nulls().first(),
        apis=pl.col("api").drop_nulls().unique().sort(),
        calls=pl.col("event_id").n_unique(),
        confidence=worst,
    )


def own_writers(case: Case) -> pl.DataFrame:
    """`deploy, caller, access_key, group`: who made the calls of each deploy that is aligned with the trail."""
    return (
        case.alignments.filter(pl.col("state") == "aligned")
        .select("deploy", "writers")
        .explode("writers")
        .select("deploy", pl.col("writers").struct.unnest())
        .select(
            "deploy",
            "access_key",
            caller=pl.concat_str("principal", "session", separator="/", ignore_nulls=True),
        )
        .unique(maintain_order=True)
        .join(case.groups.deploys, on="deploy", how="left", maintain_order="left")
    )


def of_group(case: Case, calls: pl.DataFrame) -> pl.DataFrame:
    """`calls` with the `group` of their stores, as `own_writers` has it: what others write elsewhere says nothing."""
    return calls.join(case.groups.stores, on="store", how="left", maintain_order="left")


def listed(names: str) -> pl.Expr:
    """`a`, `a and b`, `a, b and c` of a column of lists; empty where the list is."""
    return pl.col(names).list.join(", ").str.replace(r", ([^,]*)$", " and ${1}")


def _stopped() -> pl.Expr:
    return pl.col("verdict").is_in(NOT_MADE)


def _told(case: Case) -> pl.DataFrame:
    """What the writes say: the error in the log, or the cause alone."""
    return case.writes.filter(pl.col("cause").is_not_null() | pl.col("error_code").is_not_null()).select(
        "deploy",
        "store",
        "error_code",
        "error_message",
        "confidence",
        "source",
        "line",
        cause=pl.when(_stopped()).then("cause"),
        write="id",
        api="error_api",
        event_id=_NO_TEXT,
        own=pl.lit(value=True),
        stopped=_stopped(),
    )


def _of_evidence(case: Case, failed: pl.DataFrame, of_deploys: pl.DataFrame) -> pl.DataFrame:
    """Failed calls that are evidence of a write. Evidence of a doubt may be a call of anybody.

    It is the deploy's where the call decided what became of the write, or the deploy is aligned with its caller.
    """
    aligned = of_deploys.with_columns(of_writer=pl.lit(value=True))
    of_calls = case.evidence.filter(pl.col("kind") == "call")
    events = of_calls.select("write", event_id=pl.col("source").str.extract(r"#([^#]+)$")).drop_nulls()
    calls = events.unique(maintain_order=True).join(
        failed.select("event_id", "api", "error_code", "error_message", "caller", "access_key"),
        on="event_id",
        maintain_order="left",
    )
    writes = case.writes.select(
        "deploy",
        "store",
        "confidence",
        "source",
        "line",
        write="id",
        stopped=_stopped(),
        cause=_NO_TEXT,
        decided=pl.col("verdict") != "unverifiable",
    )
    return (
        calls.join(writes, on="write", maintain_order="left")
        .join(
            aligned,
            on=["deploy", "caller", "access_key"],
            how="left",
            nulls_equal=True,
            maintain_order="left",
        )
        .with_columns(own=pl.col("decided") | pl.col("of_writer").fill_null(value=False))
    )


def _of_writers(case: Case, failed: pl.DataFrame, of_deploys: pl.DataFrame) -> pl.DataFrame:
    """Failed calls of the deploy's own writers, from two minutes before its first call to two after its last.

    One writer may have made all deploys: a row for each of its calls and each deploy would be a product.
    """
    on = ["caller", "access_key"]
    spans = case.alignments.select("deploy", begin=pl.col("at") - _AROUND, end=pl.col("until") + _AROUND)
    writers = of_deploys.join(spans, on="deploy", maintain_order="left")
    who = writers.select(on).unique(maintain_order=True).with_row_index("who")
    windows = writers.join(who, on=on, nulls_equal=True, maintain_order="left").select(
        "deploy", "who", low="begin", high="end", group_of="group"
    )
    calls = of_group(case, failed).join(who, on=on, nulls_equal=True, maintain_order="left")
    moments = calls.with_row_index("place").sort("who", "at", maintain_order=True)
    pairs = rows_of(ranges(windows, moments, ["who"]))
    of_windows = windows.select("deploy", "group_of")[pairs["span"]]
    own = pl.concat([moments[pairs["row"]], of_windows], how="horizontal").sort("place", maintain_order=True)
    there = pl.col("store").is_null() | pl.col("group").eq_missing(pl.col("group_of"))
    return own.filter(there).select(
        "deploy",
        "store",
        "api",
        "error_code",
        "error_message",
        "event_id",
        write=_NO_TEXT,
        cause=_NO_TEXT,
        own=pl.lit(value=True),
        stopped=pl.lit(value=False),
        confidence=pl.lit("high"),
        source=_NO_TEXT,
        line=pl.lit(None, dtype=pl.Int64),
    )
