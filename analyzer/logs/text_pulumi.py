"""Pulumi's own text as a `Language`: what its lines mean by section, and the events that they are.

The meaning of each line is in `grammars/pulumi.lark`. Source of the form: see there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.logs.text_idle import Idle
from analyzer.logs.text_language import DIAGNOSTIC, NOISE
from analyzer.logs.text_lines import beside, captured
from analyzer.logs.text_rows import quiet_events, row_events, timed_events
from analyzer.logs.text_sections import diagnostic_lines, frame_events, messages_of, output_events
from analyzer.logs.text_urn import name_of, type_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

GRAMMAR: str = "pulumi"

_EVENTS_OF_ROWS: Final = {"timed_row": timed_events, "row": row_events, "urn_row": row_events}
_ROWS: Final = tuple(_EVENTS_OF_ROWS)
_QUIET: Final = ("stack_running", "stack_totals", "blank_row", "quiet")
_NOISE: Final = ("spinner", "dots", "blank")
_TOTALS: Final = ("count", "tally")
_GROUPS: Final = ("group", "urn_group")
_ONLY_INSIDE: Final = ("field", "body", *_GROUPS)
_INDENTED: Final = (*_QUIET, *_TOTALS, "field", "body")
_SAYING: Final = ("Diagnostics", "Policies", "Policy Violations", "System Messages")
ENDING: Collection[str] = (
    *_ROWS,
    "spinner",
    "header",
    "duration",
    "exit",
    "fault",
    "view",
    "plugin",
    "signal",
)
IDLE: Final = Idle(
    GRAMMAR,
    closing={"timed_row": "recognised", "spinner": "noise"},
    inner={"stack_running": "recognised"},
    # Also the stack's own rows, which name the stack; not what its program prints, unless it is about routes.
    telling=r"\.sst\.aws\.Kv|kv namespace|entry: |urn:pulumi:"
    r"|[+~<>=-] {1,2}pulumi:pulumi:Stack|pulumi:pulumi:Stack [^ ]+ running$",
)

_form = pl.col("form")
_section = pl.col("section")
_role = pl.col("role")


def marks(parts: Mapping[str, pl.DataFrame]) -> list[pl.DataFrame]:
    """Sections, headers and the resource of a diagnostic."""
    urn = pl.col("group_urn").str.strip_suffix(":")
    changes = {
        "section": [pl.col("section").str.strip_suffix(":")],
        "header": [
            pl.col("action").str.starts_with("Previewing").alias("planning"),
            pl.lit(value=True).alias("begins"),
        ],
        "group": [
            pl.col("type").alias("group_type"),
            pl.col("group_name").str.strip_prefix("(").str.strip_suffix("):"),
        ],
        "urn_group": [type_of(urn).alias("group_type"), name_of(urn).alias("group_name")],
    }
    return [parts[form].select("row", *columns) for form, columns in changes.items() if form in parts]


def role() -> pl.Expr:
    """`row`, `quiet`, `output`, `frame`, NOISE, DIAGNOSTIC, or null."""
    inside = _form.is_in((*_INDENTED, *_GROUPS)) & (_section != "")
    return (
        pl.when(_form.is_in(_ROWS))
        .then(pl.lit("row"))
        .when(_form.is_in(_NOISE))
        .then(pl.lit(NOISE))
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
        .then(pl.lit(DIAGNOSTIC))
        .when(_section == "Outputs")
        .then(pl.lit("output"))
        .when((_section != "Resources") | _form.is_in(_TOTALS))
        .then(pl.lit("frame"))
    )


def said(lines: pl.DataFrame) -> pl.DataFrame:
    """SAID: the body of `Diagnostics:` and its like."""
    return diagnostic_lines(lines.filter(_section.is_in(_SAYING)))


def messages(said: pl.DataFrame) -> pl.Series:
    """An error or warning with the lines that follow it is one message, else each line is."""
    return messages_of(said)


def events(lines: pl.DataFrame, parts: Mapping[str, pl.DataFrame]) -> list[pl.DataFrame]:
    """Rows, outputs and the frame."""
    rows = lines.select("line", "planning")
    mine = [form for form in parts if form not in _ROWS]
    others = captured(lines, {form: parts[form] for form in mine}, GRAMMAR)
    return [
        *(of_rows(beside(rows, parts[form])) for form, of_rows in _EVENTS_OF_ROWS.items() if form in parts),
        quiet_events(others.filter(_role == "quiet")),
        output_events(others.filter(_role == "output")),
        frame_events(others.filter(_role == "frame")),
    ]
