"""Rows of `pulumi.log` as events: the operation is what glyph and status say together.

Source: pulumi/pulumi pkg/backend/display/progress.go getStepDoneDescription, getStepInProgressDescription,
getPreviewDoneText; pkg/resource/deploy/step.go for the glyphs.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from analyzer.logs.languages.pulumi.urn import name_of, type_of

if TYPE_CHECKING:
    from collections.abc import Sequence

_STACK = "pulumi:pulumi:Stack"
_STARTED = {
    "creating": "create",
    "updating": "update",
    "deleting": "delete",
    "replacing": "replace",
    "creating replacement": "create-replacement",
    "deleting original": "delete-replaced",
    "reading": "read",
    "reading for replacement": "read-replacement",
    "refreshing": "refresh",
    "discarding": "discard",
    "discarding original": "discard-replaced",
    "importing": "import",
    "importing replacement": "import-replacement",
}
_DONE = {
    "created": "create",
    "updated": "update",
    "deleted": "delete",
    "replaced": "replace",
    "created replacement": "create-replacement",
    "deleted original": "delete-replaced",
    "read": "read",
    "read for replacement": "read-replacement",
    "refresh": "refresh",
    "discarded": "discard",
    "discarded original": "discard-replaced",
    "imported": "import",
    "imported replacement": "import-replacement",
}
_PLANNED = {
    "create": "create",
    "update": "update",
    "delete": "delete",
    "replace": "replace",
    "create replacement": "create-replacement",
    "delete original": "delete-replaced",
    "discard": "discard",
    "discard original": "discard-replaced",
    "import": "import",
    "import replacement": "import-replacement",
}
_OF_GLYPH = {  # a failed status does not say which step of a replacement it was: the glyph does
    "+ ": "create",
    "~ ": "update",
    "- ": "delete",
    "+-": "replace",
    "++": "create-replacement",
    "--": "delete-replaced",
    "> ": "read",
    ">>": "read-replacement",
    "< ": "discard",
    "<<": "discard-replaced",
    "= ": "import",
    "=>": "import-replacement",
}
_BLANK = " "
SIGNLESS_CAPTURES = tuple(f"signless_{part}" for part in ("type", "name", "status", "time", "info"))
QUIET_CAPTURES = (
    "colon_type",
    "component_type",
    "stack",
    "failed_name",
    "component_name",
    "quiet_name",
    "info",
    "totals",
)
QUIET_URN_CAPTURES = ("running_urn", "failed_urn", "quiet_urn", "info")
_SUM = r"[0-9]+ (?:error|warning|message|debug)s?(?:; |$)"
_SUMMED_UP = rf"^(?:{_SUM}|\[diff: .*\](?:; {_SUM}|$))"
_RETAINED = '{"retainOnDelete": true}'

# A status is looked up once, by its place in these lists.
_OPS = pl.Series([*_STARTED.values(), *_DONE.values(), *_PLANNED.values()])
_OUTCOMES = pl.Series(["started"] * len(_STARTED) + ["done"] * (len(_DONE) + len(_PLANNED)))
_OP = pl.lit(_OPS).gather("place")
_OUTCOME = pl.lit(_OUTCOMES).gather("place")
_FIRST_PLANNED = len(_STARTED) + len(_DONE)
_PLACES = {
    word + ending: place
    for place, word in enumerate((*_STARTED, *_DONE, *_PLANNED))
    for ending in ("", _BLANK, "[retain]", "[retain]" + _BLANK)
}


def timed_events(lines: pl.DataFrame) -> pl.DataFrame:
    """Events of the rows with a time: the short way of `row_events` for the most of all rows.

    Args:
        lines: `line` and the captures of form `timed_row`.
    """
    return lines.with_columns(_place("timed")).select(*_timed()).with_columns(kind_of())


@cache
def _timed() -> list[pl.Expr]:
    return [
        *map(pl.col, ("line", "name")),
        pl.col("row_type").alias("type"),
        pl.col("info").alias("message"),
        pl.col("took").cast(pl.Float64).alias("seconds"),
        _OP.alias("op"),
        _OUTCOME.alias("outcome"),
    ]


def row_events(lines: pl.DataFrame) -> pl.DataFrame:
    """Events of the rows with a status.

    What a running stack's row says is a console line. A row of a delete that keeps the thing (`[retain]`) says so
    in `old`. `seconds` is null where the row gives no time. A row with `(interrupted)` is `failed` with outcome
    `interrupted`. `planning` is given where a status says so: it may be the only one.

    Args:
        lines: `line` and the captures of form `row`, or of form `urn_row`.
    """
    last = pl.coalesce("time", "failed", "status").str.strip_chars_end(_BLANK)
    named = _of_urn() if "urn" in lines.columns else _named()
    placed = lines.with_columns(_place("status"), last.alias("last"))
    events = placed.select(*named, *_row()).with_columns(kind_of())
    planned = placed["place"] >= _FIRST_PLANNED
    if planned.any():
        events = events.with_columns(pl.when(planned).then(pl.lit(value=True)).alias("planning"))
    return events


@cache
def _row() -> list[pl.Expr]:
    last = pl.col("last")
    return [
        pl.col("line"),
        pl.col("info").alias("message"),
        last.str.extract(r"\(([0-9.]+)s\)").cast(pl.Float64, strict=False).alias("seconds"),
        pl.coalesce(_OP, _failed_op()).alias("op"),
        pl.when(last.str.starts_with("(interrupted"))
        .then(pl.lit("interrupted"))
        .otherwise(pl.coalesce(_OUTCOME, pl.lit("failed")))
        .alias("outcome"),
        pl.when(last.str.ends_with("[retain]")).then(pl.lit(_RETAINED)).alias("old"),
    ]


@cache
def _place(status: str) -> pl.Expr:
    return pl.col(status).replace_strict(_PLACES, default=None, return_dtype=pl.UInt32).alias("place")


def _failed_op() -> pl.Expr:
    cut = (pl.col("glyph") == "~ ") & pl.col("failed").str.starts_with(
        "**r"
    )  # no other status of `~` begins so
    refreshing = cut | pl.col("failed").str.starts_with("**refreshing")
    return pl.when(refreshing).then(pl.lit("refresh")).otherwise(op_of_glyph())


@cache
def op_of_glyph() -> pl.Expr:
    """The operation that the column `glyph` stands for; null for none (`~ ` is also a refresh)."""
    return pl.col("glyph").replace_strict(_OF_GLYPH, default=None, return_dtype=pl.String)


@cache
def _named() -> list[pl.Expr]:
    return [pl.col("type"), pl.col("name").str.strip_chars_end(_BLANK)]


@cache
def _of_urn() -> list[pl.Expr]:
    urn = pl.col("urn").str.strip_chars_end(_BLANK)
    return [urn, type_of(urn).alias("type"), name_of(urn).alias("name")]


@cache
def kind_of() -> pl.Expr:
    """The `kind` of a row: its outcome, but for an interrupted one, and for what a running stack says."""
    says = pl.col("message").is_not_null() & ~pl.col("message").str.starts_with("[diff: ")
    return (
        pl.when((pl.col("type") == _STACK) & (pl.col("outcome") == "started") & says)
        .then(pl.lit("console"))
        .when(pl.col("outcome") == "interrupted")
        .then(pl.lit("failed"))
        .otherwise("outcome")
        .alias("kind")
    )


def signless_events(lines: pl.DataFrame) -> pl.DataFrame:
    """Events of rows that lost their sign: the status alone says the operation.

    Args:
        lines: `line` and `SIGNLESS_CAPTURES`, of the form `signless_row`.
    """
    return row_events(
        lines.select(
            "line",
            glyph=pl.lit(None, pl.String),
            type="signless_type",
            name="signless_name",
            status=pl.col("signless_status").str.strip_chars_end(_BLANK),
            failed=pl.lit(None, pl.String),
            time="signless_time",
            info="signless_info",
        )
    )


def quiet_events(lines: pl.DataFrame) -> pl.DataFrame:
    """Events of the rows without a glyph. Their `op` is `same`: nothing is done to the resource.

    The stack's row with a message is a console line.

    Args:
        lines: `line`, `form` and `QUIET_CAPTURES`, of the forms `stack_running`, `stack_totals`,
            `blank_row`, `component_row` and `quiet`.
    """
    return lines.select(*_quiet()).with_columns(kind_of())


@cache
def _quiet() -> list[pl.Expr]:
    name = pl.coalesce("failed_name", "component_name", "quiet_name").str.strip_chars_end(_BLANK)
    return [
        pl.col("line"),
        pl.lit("same").alias("op"),
        pl.coalesce("colon_type", "component_type", pl.lit(_STACK)).alias("type"),
        pl.coalesce("stack", name).alias("name"),
        pl.coalesce("info", "totals").alias("message"),
        _quiet_outcome(("blank_row", "component_row"), "stack_running"),
    ]


def quiet_urn_events(lines: pl.DataFrame) -> pl.DataFrame:
    """`quiet_events` of the rows that `--urns` prints.

    Args:
        lines: `line`, `form` and `QUIET_URN_CAPTURES`, of the forms `urn_running`, `urn_failed` and `urn_quiet`.
    """
    urn = pl.coalesce("running_urn", "failed_urn", "quiet_urn").str.strip_chars_end(_BLANK)
    return lines.select(
        "line",
        urn.alias("urn"),
        type_of(urn).alias("type"),
        name_of(urn).alias("name"),
        _quiet_outcome(("urn_failed",), "urn_running"),
        op=pl.lit("same"),
        message="info",
    ).with_columns(kind_of())


def _quiet_outcome(failed: Sequence[str], running: str) -> pl.Expr:
    """By the form; a row is over once it stands there, unless it was printed for a message."""
    form, info = pl.col("form"), pl.col("info")
    return (
        pl.when(form.is_in(failed))
        .then(pl.lit("failed"))
        .when((form == running) | ~summed_up(info))
        .then(pl.lit("started"))
        .otherwise(pl.lit("done"))
        .alias("outcome")
    )


def summed_up(info: pl.Expr) -> pl.Expr:
    """Whether what stands behind a row is no message: nothing, what differs, or how many messages there were.

    Source: pulumi/pulumi pkg/backend/display/rows.go getInfoColumn.
    """
    return info.is_null() | info.str.contains(_SUMMED_UP)
