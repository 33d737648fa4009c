"""The calls of a deploy that AWS refused: what the rules about denied, throttled and limited calls share.

They come from three places: errors that the log ties to an operation, calls that the evidence of a write cites, and
other calls of the deploy's own writers in its time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.tables import CONFIDENCES
from analyzer.verdicts.causes import cause_of

if TYPE_CHECKING:
    from analyzer.rules.interface import Case

NOT_MADE: Final = ("errored", "dropped")
"""Verdicts of a write that a refused call left unmade; what is in doubt may have been made."""

_AROUND: Final = pl.duration(minutes=2)
_COLUMNS: Final = (
    *("deploy", "store", "write", "cause", "api", "error_code", "error_message", "event_id", "stopped"),
    *("confidence", "source", "line"),
)


def refused(case: Case, *causes: str) -> pl.DataFrame:
    """A row for each refusal of one of `causes` (`analyzer.verdicts.causes`), those of writes first.

    Columns: `deploy, store, write, cause, api, error_code, error_message, event_id, stopped` (whether the write was not
    made for it), `confidence` (of the write's verdict; `high` where no write is known), `source, line` (of the write).
    """
    parts = [_told(case), _of_evidence(case), _of_writers(case)]
    rows = pl.concat([part.select(_COLUMNS) for part in parts], how="vertical_relaxed")
    known = rows.with_columns(
        cause=pl.coalesce(cause_of(pl.col("error_code"), pl.col("error_message")), "cause")
    )
    # A call that several say is one; the first of them has the write.
    calls = known.filter(pl.col("cause").is_in(causes))
    once = pl.col("event_id").is_null() | pl.struct("deploy", "event_id", "write").is_first_distinct()
    return calls.filter(once)


def cited(case: Case) -> pl.DataFrame:
    """`write, event_id, api, error_code, error_message` of the failed calls that the evidence cites."""
    of_calls = case.evidence.filter(pl.col("kind") == "call")
    events = of_calls.select("write", event_id=pl.col("source").str.extract(r"#([^#]+)$")).drop_nulls()
    failed = case.calls.filter(~pl.col("ok"))
    return events.unique(maintain_order=True).join(
        failed.select("event_id", "api", "error_code", "error_message").unique("event_id", keep="first"),
        on="event_id",
        maintain_order="left",
    )


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
    """`deploy, caller, access_key`: who made the calls of each deploy that is aligned with the trail."""
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
    )


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
        event_id=pl.lit(None, dtype=pl.String),
        stopped=_stopped(),
    )


def _of_evidence(case: Case) -> pl.DataFrame:
    """Failed calls that are evidence of a write."""
    writes = case.writes.select(
        "deploy",
        "store",
        "confidence",
        "source",
        "line",
        write="id",
        stopped=_stopped(),
        cause=pl.lit(None, dtype=pl.String),
    )
    return cited(case).join(writes, on="write", maintain_order="left")


def _of_writers(case: Case) -> pl.DataFrame:
    """Failed calls of the deploy's own writers, from two minutes before its first call to two after its last."""
    spans = case.alignments.select("deploy", begin=pl.col("at") - _AROUND, end=pl.col("until") + _AROUND)
    writers = own_writers(case).join(spans, on="deploy", maintain_order="left")
    failed = case.calls.filter(~pl.col("ok")).unique("event_id", keep="first", maintain_order=True)
    own = failed.join(writers, on=["caller", "access_key"], nulls_equal=True, maintain_order="left")
    nothing = pl.lit(None, dtype=pl.String)
    return own.filter(pl.col("at").is_between("begin", "end")).select(
        "deploy",
        "store",
        "api",
        "error_code",
        "error_message",
        "event_id",
        write=nothing,
        cause=nothing,
        stopped=pl.lit(value=False),
        confidence=pl.lit("high"),
        source=nothing,
        line=pl.lit(None, dtype=pl.Int64),
    )
