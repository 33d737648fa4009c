"""Sections and frame of `pulumi.log` as events."""

from __future__ import annotations

import polars as pl

_HEADED = ("error: ", "warning: ")
_HELD_LINES = 1000
_VALUED = ("stack_running", "stack_totals", "blank_row", "quiet", "field", "body")


def diagnostic_lines(lines: pl.DataFrame) -> pl.DataFrame:
    """The body of `Diagnostics:` and its like: `line`, `planning`, `type`, `name`, `text`, one row per line."""
    return lines.select(
        "line",
        "planning",
        pl.col("group_type").replace("", None).alias("type"),
        pl.col("group_name").replace("", None).alias("name"),
        pl.col("text").str.strip_prefix("    ").alias("text"),
    )


def diagnostic_events(lines: pl.DataFrame) -> pl.DataFrame:
    """Messages of diagnostic lines: an error or warning with the lines that follow it, else one line each."""
    return (
        _numbered(lines)
        .group_by("run", maintain_order=True)
        .agg(pl.first("line", "planning", "type", "name"), pl.col("text").str.join("\n").alias("message"))
        .drop("run")
        .with_columns(pl.lit("diagnostic").alias("kind"))
    )


def hold_back(lines: pl.DataFrame, last: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Diagnostic lines that are whole, and those of a message that may go on after line `last` of the log.

    A message of more than a thousand lines is not held back, so that memory stays flat.
    """
    if lines.is_empty() or lines["line"][-1] != last:
        return lines, lines.clear()
    numbered = _numbered(lines)
    opened = numbered.filter(pl.col("run") == numbered["run"][-1]).drop("run")
    if opened.height > _HELD_LINES:
        return lines, lines.clear()
    return lines.head(lines.height - opened.height), opened


def _numbered(lines: pl.DataFrame) -> pl.DataFrame:
    """`lines` with `run`, the number of the message that each belongs to."""
    text = pl.col("text")
    heads = pl.any_horizontal(text.str.starts_with(word) for word in _HEADED)
    follows = pl.col("line") == pl.col("line").shift(1) + 1
    same = pl.col("name").eq_missing(pl.col("name").shift(1))
    block = (heads | ~(follows & same).fill_null(value=False)).cum_sum().alias("block")
    headed = heads.first().over("block")
    starts = (heads | ~headed | (pl.col("block") != pl.col("block").shift(1))).fill_null(value=True)
    return lines.with_columns(block).with_columns(starts.cum_sum().alias("run")).drop("block")


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
