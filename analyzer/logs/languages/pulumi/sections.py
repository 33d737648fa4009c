"""Sections and frame of `pulumi.log` as events."""

from __future__ import annotations

from functools import cache

import polars as pl

from analyzer.logs.languages.pulumi.forms import FORMS
from analyzer.logs.languages.pulumi.urn import name_of
from analyzer.logs.text.forms import where

# What opens a message, and how grave it is. Policies: v3.88 and later, v1.11 to v3.87, before.
_SEVERITIES = {
    "error: ": "error",
    "warning: ": "warning",
    **{
        opens + level + closes: severity
        for opens, closes in (("    - [", "]"), ("[", "]"), ("", ": ["))
        for level, severity in {"mandatory": "error", "advisory": "warning", "remediate": "info"}.items()
    },
}
OUTPUT_CAPTURES = ("mark", "key")
FRAME_CAPTURES = (
    *("action", "old_action", "stage", "old_stage", "exit", "url"),
    *("hours", "minutes", "seconds"),
)
_INNER_BLANKS = 2  # in a row
_PACKS = ("✅ ", "⚠️ ", "❌ ")
_NEWER, _OLDER = r"\((?P<type>[^ ()]+): (?P<name>.+)\)$", r"\((?P<name>.+): (?P<type>[^ ()]+)\)$"
_PACK = r"^[^ ]+@v[^ ]* (\[(?:mandatory|advisory|remediate|disabled)\])"
_VALUED = where(FORMS, lambda row: row.values)


def diagnostic_lines(lines: pl.DataFrame) -> pl.DataFrame:
    """MESSAGE_LINES of the body of `Diagnostics:` and its like."""
    bare = pl.col("text").str.strip_prefix("    ").str.replace(_PACK, "${1}")
    text = pl.col("text")
    severity = pl.coalesce(
        pl.when(text.str.starts_with(opening)).then(pl.lit(severity))
        for opening, severity in _SEVERITIES.items()
    )
    return lines.with_columns(bare).select(  # else it would be computed for each use
        "line",
        "at",
        "run",
        "planning",
        _about("type", text),
        _about("name", text),
        severity.alias("severity"),
        text,
    )


def _about(part: str, text: pl.Expr) -> pl.Expr:
    """The type or name of what a message is about: of its group, else what the policy names, for all its lines.

    Another section is about something else.
    """
    subject = pl.coalesce(  # policies are few: both branches of `when` are computed for all lines
        pl.when(text.str.starts_with(begin)).then(text).str.extract_groups(pattern).struct.field(part)
        for begin, pattern in (("    - [", _NEWER), ("[", _OLDER))
    )
    if part == "name":  # with `--urns`
        subject = pl.when(subject.str.starts_with("urn:pulumi:")).then(name_of(subject)).otherwise(subject)
    carried = (
        pl.when(_opens(text)).then(subject.fill_null("")).forward_fill().over(pl.col("section").rle_id())
    )
    return pl.coalesce(pl.col(f"group_{part}").replace("", None), carried.replace("", None)).alias(part)


def _headed(text: pl.Expr) -> pl.Expr:
    return pl.any_horizontal(text.str.starts_with(word) for word in _SEVERITIES)


def _opens(text: pl.Expr) -> pl.Expr:
    return pl.any_horizontal(text.str.starts_with(word) for word in (*_SEVERITIES, *_PACKS))


def messages_of(lines: pl.DataFrame) -> pl.Series:
    """The message that each of MESSAGE_LINES belongs to: an error or warning goes on, any other line stands alone."""
    text = pl.col("text")
    heads = _headed(text)
    packs = pl.any_horizontal(text.str.starts_with(icon) for icon in _PACKS)
    apart = pl.col("line") - pl.col("line").shift(1)
    same = pl.col("name").is_null() | pl.col("name").eq_missing(pl.col("name").shift(1))
    # A message may have blank lines, and only its resource, or what it lists, shows that it goes on.
    goes_on = (apart <= _INNER_BLANKS + 1) & (pl.col("name").is_not_null() | text.str.starts_with("* "))
    follows = (apart == 1) | goes_on
    block = (heads | packs | ~(follows & same).fill_null(value=False)).cum_sum().alias("block")
    headed = heads.first().over("block")
    starts = (heads | ~headed | (pl.col("block") != pl.col("block").shift(1))).fill_null(value=True)
    return lines.with_columns(block).select(starts.cum_sum()).to_series()


def output_events(lines: pl.DataFrame) -> pl.DataFrame:
    """Stack outputs by name alone: their values may be secret, and no verdict needs them."""
    top = pl.col("mark").is_not_null()
    return lines.select(
        "line",
        pl.lit("output").alias("kind"),
        pl.when(top).then(pl.col("key")).alias("name"),
    )


def frame_events(lines: pl.DataFrame) -> pl.DataFrame:
    """Headers, totals, the duration, the exit line, and the lines that only frame: a `summary` but for the header.

    Lines inside `Configuration:` and `Changes:` keep no message: they hold values.
    """
    return lines.select(*_frame())


@cache
def _frame() -> list[pl.Expr]:
    form = pl.col("form")
    seconds = _number("hours", "h") * 3600 + _number("minutes", "m") * 60 + _number("seconds", "s")
    header = form.is_in(("header", "old_header"))
    return [
        pl.col("line"),
        pl.when(header).then(pl.lit("header")).otherwise(pl.lit("summary")).alias("kind"),
        pl.when(header).then(_action()).alias("op"),
        pl.coalesce("stage", pl.col("old_stage").str.extract("^([^']+)")).alias("name"),
        _outcome().alias("outcome"),
        pl.when(form == "duration").then(seconds).alias("seconds"),
        *_facts(),
        pl.when(~form.is_in((*_VALUED, "duration"))).then(pl.col("text")).alias("message"),
    ]


def _facts() -> list[pl.Expr]:
    """`fact`, `value`: where the deploy can be seen, and how it ended."""
    form = pl.col("form")
    result = pl.when(form == "exit").then(_outcome())
    return [
        pl.when(form == "view")
        .then(pl.lit("permalink"))
        .when(form == "exit")
        .then(pl.lit("result"))
        .alias("fact"),
        pl.coalesce(pl.when(form == "view").then("url"), result).alias("value"),
    ]


def _action() -> pl.Expr:
    actions = {"Updating": "update", "Destroying": "destroy", "Refreshing": "refresh", "Importing": "import"}
    action = pl.coalesce("action", pl.col("old_action").str.extract("^([A-Za-z]+)"))
    return action.replace_strict(actions, default="preview", return_dtype=pl.String)


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
    return pl.col(name).fill_null("0").str.strip_suffix(unit).cast(pl.Float64, strict=False)
