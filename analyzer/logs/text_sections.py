"""Sections and frame of `pulumi.log` as events."""

from __future__ import annotations

import polars as pl

_HEADED = ("error: ", "warning: ")
_VALUED = ("stack_running", "stack_totals", "blank_row", "quiet", "field", "body")


def diagnostic_lines(lines: pl.DataFrame) -> pl.DataFrame:
    """SAID of the body of `Diagnostics:` and its like."""
    text = pl.col("text").str.strip_prefix("    ")
    return lines.select(
        "line",
        "at",
        "run",
        "planning",
        pl.col("group_type").replace("", None).alias("type"),
        pl.col("group_name").replace("", None).alias("name"),
        pl.coalesce(
            pl.when(text.str.starts_with(f"{word}: ")).then(pl.lit(word)) for word in ("error", "warning")
        ).alias("severity"),
        text.alias("text"),
    )


def messages_of(said: pl.DataFrame) -> pl.Series:
    """The message that each line of SAID belongs to: an error or warning goes on, any other line stands alone."""
    text = pl.col("text")
    heads = pl.any_horizontal(text.str.starts_with(word) for word in _HEADED)
    follows = pl.col("line") == pl.col("line").shift(1) + 1
    same = pl.col("name").eq_missing(pl.col("name").shift(1))
    block = (heads | ~(follows & same).fill_null(value=False)).cum_sum().alias("block")
    headed = heads.first().over("block")
    starts = (heads | ~headed | (pl.col("block") != pl.col("block").shift(1))).fill_null(value=True)
    return said.with_columns(block).select(starts.cum_sum()).to_series()


def output_events(lines: pl.DataFrame) -> pl.DataFrame:
    """Stack outputs by name alone: their values may be secret, and no verdict needs them."""
    top = pl.col("mark").is_not_null()
    return lines.select(
        "line",
        "planning",
        pl.lit("output").alias("kind"),
        pl.when(top).then(pl.col("key")).alias("name"),
    )


def frame_events(lines: pl.DataFrame) -> pl.DataFrame:
    """Headers, totals, the duration, the exit line, and the lines that only frame: a `summary` but for the header.

    Lines inside `Configuration:` and `Changes:` keep no message: they hold values.
    """
    form = pl.col("form")
    seconds = _number("hours", "h") * 3600 + _number("minutes", "m") * 60 + _number("seconds", "s")
    header = form == "header"
    return lines.select(
        "line",
        "planning",
        pl.when(header)
        .then(pl.lit("header"))
        .when(form == "fault")
        .then(pl.lit("diagnostic"))
        .otherwise(pl.lit("summary"))
        .alias("kind"),
        pl.when(header).then(_action()).alias("op"),
        pl.when(header).then(pl.col("stage")).alias("name"),
        _outcome().alias("outcome"),
        pl.when(form == "duration").then(seconds).alias("seconds"),
        pl.when(~form.is_in((*_VALUED, "duration"))).then(pl.col("text")).alias("message"),
    )


def _action() -> pl.Expr:
    actions = {"Updating": "update", "Destroying": "destroy", "Refreshing": "refresh", "Importing": "import"}
    return pl.col("action").replace_strict(actions, default="preview", return_dtype=pl.String)


def _outcome() -> pl.Expr:
    cancelled = pl.col("exit").str.contains("cancel", literal=True)
    return (
        pl.when((pl.col("form") == "signal") | cancelled)
        .then(pl.lit("interrupted"))
        .when(pl.col("form") == "exit")
        .then(pl.lit("failed"))
        .when(pl.col("form") == "duration")
        .then(pl.lit("done"))
    )


def _number(name: str, unit: str) -> pl.Expr:
    return pl.col(name).str.strip_suffix(unit).cast(pl.Float64).fill_null(0.0)
