"""What a line of `pulumi.log` means depends on the section it stands in: section, group and header, carried down.

Sections end at the next line that starts a section or stands outside of all (a row, a header, `Duration:`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from analyzer.logs.text_urn import name_of, type_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_ROWS = ("timed_row", "row", "urn_row")
_QUIET = ("stack_running", "stack_totals", "blank_row", "quiet")
_NOISE = ("spinner", "dots", "blank")
_TOTALS = ("count", "tally")
_GROUPS = ("group", "urn_group")
_ONLY_INSIDE = ("field", "body", *_GROUPS)
_INDENTED = (*_QUIET, *_TOTALS, "field", "body")
_OUTSIDE = (*_ROWS, "spinner", "header", "duration", "exit", "fault", "view", "plugin", "signal")
_SAYING = ("Diagnostics", "Policies", "Policy Violations", "System Messages")
_CARRIED = ("section", "planning", "group_type", "group_name")
_MARKS = pl.Schema(
    {
        "row": pl.UInt32(),
        "section": pl.String(),
        "planning": pl.Boolean(),
        "group_type": pl.String(),
        "group_name": pl.String(),
    }
)

_form = pl.col("form")
_section = pl.col("section")


@dataclass(slots=True)
class Context:
    """What the lines before this batch left open."""

    section: str = ""
    planning: bool = False
    group_type: str = ""
    group_name: str = ""


def in_context(parts: Mapping[str, pl.DataFrame], lines: int, context: Context) -> pl.DataFrame:
    """What each line of a batch is; `context` moves on to the end of the batch.

    Args:
        parts: the batch's lines by form, as `LineGrammar.parts` gives them.
        lines: how many lines the batch has.
        context: what the batch before left open; changed.

    Returns:
        One row per line: `row` (its place in the batch), `form`, `section`, `planning`, `group_type`,
        `group_name` (the empty text: none), and `role`: `row`, `quiet`, `diagnostic`, `output`, `frame`, `noise`,
        or null for an unrecognised line.
    """
    placed = _placed(parts, lines).with_columns(_leaves())
    placed = placed.with_columns(
        pl.col(name).forward_fill().fill_null(pl.lit(getattr(context, name))) for name in _CARRIED
    )
    for name in _CARRIED:
        setattr(context, name, placed[name][-1])
    return placed.with_columns(_role().alias("role"))


def _placed(parts: Mapping[str, pl.DataFrame], lines: int) -> pl.DataFrame:
    """Every line with its form (null: none) and the marks that it sets."""
    names = pl.Enum(list(parts))
    codes = pl.repeat(None, lines, dtype=pl.UInt32, eager=True)
    for code, part in enumerate(parts.values()):
        codes.scatter(part["row"], code)
    placed = pl.DataFrame(
        {"row": pl.int_range(lines, dtype=pl.UInt32, eager=True), "form": codes.cat.to(names)}
    )
    marks = _marks(parts)
    if marks.is_empty():
        return placed.with_columns(
            pl.lit(None, dtype).alias(name) for name, dtype in _MARKS.items() if name != "row"
        )
    return placed.join(marks, on="row", how="left", maintain_order="left")


def _marks(parts: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """What the lines that change the context change it to: a row per such line; null where they leave it."""
    urn = pl.col("group_urn").str.strip_suffix(":")
    changes = {
        "section": [pl.col("section").str.strip_suffix(":")],
        "header": [pl.col("action").str.starts_with("Previewing").alias("planning")],
        "group": [
            pl.col("type").alias("group_type"),
            pl.col("group_name").str.strip_prefix("(").str.strip_suffix("):"),
        ],
        "urn_group": [type_of(urn).alias("group_type"), name_of(urn).alias("group_name")],
    }
    marks = [parts[form].select("row", *columns) for form, columns in changes.items() if form in parts]
    return pl.concat([pl.DataFrame(schema=_MARKS), *marks], how="diagonal")


def _leaves() -> list[pl.Expr]:
    """A line outside of all sections ends the section; it and a new section end the group."""
    none = pl.when(_form.is_in(_OUTSIDE)).then(pl.lit(""))
    ended = pl.when(_form.is_in((*_OUTSIDE, "section"))).then(pl.lit(""))
    return [
        pl.coalesce("section", none).alias("section"),
        pl.coalesce("group_type", ended).alias("group_type"),
        pl.coalesce("group_name", ended).alias("group_name"),
    ]


def _role() -> pl.Expr:
    inside = _form.is_in((*_INDENTED, *_GROUPS)) & (_section != "")
    return (
        pl.when(_form.is_in(_ROWS))
        .then(pl.lit("row"))
        .when(_form.is_in(_NOISE))
        .then(pl.lit("noise"))
        .when(_form.is_in(_GROUPS) & (_section == "Diagnostics"))
        .then(pl.lit("frame"))
        .when(inside)
        .then(_inside())
        .when(_form.is_in(_QUIET))
        .then(pl.lit("quiet"))
        .when(~_form.is_in(_ONLY_INSIDE))
        .then(pl.lit("frame"))
    )


def _inside() -> pl.Expr:
    return (
        pl.when(_section.is_in(_SAYING))
        .then(pl.lit("diagnostic"))
        .when(_section == "Outputs")
        .then(pl.lit("output"))
        .when((_section != "Resources") | _form.is_in(_TOTALS))
        .then(pl.lit("frame"))
    )
