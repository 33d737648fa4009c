"""Pulumi's own text as a `Language`: what its lines mean by section, and the events that they are.

The meaning of each line is in `grammars/pulumi.lark`. Source of the form: see there.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.logs.text_diff import CAPTURES as STEP_CAPTURES
from analyzer.logs.text_diff import repeated_events, step_events, step_marks
from analyzer.logs.text_language import DIAGNOSTIC, NOISE
from analyzer.logs.text_lines import beside, by_role
from analyzer.logs.text_names import as_named
from analyzer.logs.text_rows import (
    QUIET_CAPTURES,
    QUIET_URN_CAPTURES,
    quiet_events,
    quiet_urn_events,
    row_events,
    timed_events,
)
from analyzer.logs.text_sections import (
    FRAME_CAPTURES,
    OUTPUT_CAPTURES,
    diagnostic_lines,
    frame_events,
    messages_of,
    output_events,
)
from analyzer.logs.text_tree import CAPTURES as TREE_CAPTURES
from analyzer.logs.text_tree import FORMS as TREE
from analyzer.logs.text_tree import tree_events
from analyzer.logs.text_urn import name_of, type_of
from analyzer.resources.shown import in_rows
from analyzer.resources.shown import said as said_by_console

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

GRAMMAR: str = "pulumi"

_EVENTS_OF_ROWS: Final = {"timed_row": timed_events, "row": row_events, "urn_row": row_events}
_EVENTS_OF_ROLES: Final = {
    "quiet": quiet_events,
    "quiet_urn": quiet_urn_events,
    "tree": tree_events,
    "step": step_events,
    "repeated": repeated_events,
    "output": output_events,
    "frame": frame_events,
}
_CAPTURES: Final = {
    "quiet": QUIET_CAPTURES,
    "quiet_urn": QUIET_URN_CAPTURES,
    "tree": TREE_CAPTURES,
    "step": STEP_CAPTURES,
    "repeated": STEP_CAPTURES,
    "output": OUTPUT_CAPTURES,
    "frame": FRAME_CAPTURES,
}
_ROWS: Final = tuple(_EVENTS_OF_ROWS)
_QUIET: Final = ("stack_running", "stack_totals", "blank_row", "quiet")
_QUIET_URN: Final = ("urn_running", "urn_failed", "urn_quiet")
_NOISE: Final = ("spinner", "dots", "blank")
_TOTALS: Final = ("count", "tally")
_GROUPS: Final = ("group", "urn_group", "old_group")
_STEPS: Final = ("diff_step", "diff_urn_step")
_ONLY_INSIDE: Final = ("config", "field", "body", "tree_root", "diff_place", *_STEPS, *_GROUPS)
_INDENTED: Final = (
    *(*_QUIET, *_QUIET_URN, *_TOTALS, *TREE, *_STEPS),
    *("diff_place", "choice", "policy", "pack_policy", "config", "field", "body"),
)
_POLICIES: Final = ("policy", "pack_policy")
_OPEN: Final = ("", "tree")  # sections that lend their lines no meaning of their own
_VIOLATION: Final = "violation"  # of a policy, as `--diff` prints it: its message follows, not indented
_SAYING: Final = ("Diagnostics", "Policies", "Policy Violations", "System Messages")
OPEN: Collection[str] = ()
STEPS: Collection[str] = (*_ROWS, "stack_running", "urn_running", "tree_row", "diff_place", "diff_urn_step")
ENDING: Collection[str] = (
    *_ROWS,
    "spinner",
    "header",
    "duration",
    "exit",
    "view",
    "plugin",
    "signal",
    "prompt",
    "advice",
    "old_header",
)
# What the lines of a log mean where no section is open: see `text_sieve.Sieve`.
ENDS: Final = ("timed_row",)
PASSES: Final = ("stack_running",)
ENDS_AS_NOISE: Final = ("spinner",)
ENDS_READ: Final = ("urn_row", "row")
IDLE_NOISE: Final = ("dots", "blank")
NOTHING: Final = ("config", "field", "body", "tree_root")
TELLING_ROWS: Final = f"{in_rows()}|:pulumi:Stack"
TELLING_SAID: Final = "|".join((in_rows(), *said_by_console()))
TELLING: Final = rf"{TELLING_SAID}|:pulumi:Stack [^ ]+ (?:[^r]|r[^u])"
"""Of rows and of what is said: what is done to the stack is behind its name, and is never called `ru...`."""
UNSAID: Final = " running"
"""How a row of the stack ends that has no message: it names the stack."""

_form = pl.col("form")
_section = pl.col("section")
_role = pl.col("role")


def marks(parts: Mapping[str, pl.DataFrame]) -> list[pl.DataFrame]:
    """Sections, headers, the resource of a diagnostic, a tree, and the steps of a diff."""
    urn = pl.col("group_urn").str.strip_suffix(":")
    changes = {
        "section": [pl.col("section").str.strip_suffix(":")],
        "header": [
            pl.col("action").str.starts_with("Previewing").alias("planning"),
            pl.lit(value=True).alias("begins"),
        ],
        "old_header": [
            pl.col("old_action").str.starts_with("Previewing").alias("planning"),
            pl.lit(value=True).alias("begins"),
        ],
        "tree_head": [
            pl.lit("tree").alias("section"),
            pl.col("tree_kind").str.starts_with("Plan").alias("planning"),
        ],
        "group": [
            pl.col("type").alias("group_type"),
            pl.col("group_name").str.strip_prefix("(").str.strip_suffix("):"),
        ],
        "old_group": [
            pl.col("old_type").str.strip_suffix(":").alias("group_type"),
            pl.col("old_name").alias("group_name"),
        ],
        "urn_group": [type_of(urn).alias("group_type"), name_of(urn).alias("group_name")],
    }
    violation = [pl.lit(_VIOLATION).alias("section"), pl.lit(value=True).alias("loose")]
    changes["policy"] = violation
    changes["pack_policy"] = [
        *violation,
        pl.col("pack_type").str.strip_suffix(": ").alias("group_type"),
        pl.col("pack_name").str.strip_suffix(")").alias("group_name"),
    ]
    return [
        *(parts[form].select("row", *columns) for form, columns in changes.items() if form in parts),
        *(step_marks(form, parts[form]) for form in _STEPS if form in parts),
    ]


@cache
def role() -> pl.Expr:
    """`row`, `quiet`, `quiet_urn`, `tree`, `step`, `repeated`, `output`, `frame`, NOISE, DIAGNOSTIC, or null."""
    rows = _form.is_in((*_QUIET, *_QUIET_URN)) & (_section == "Configuration")  # no value there is like a row
    inside = _form.is_in((*_INDENTED, *_GROUPS)) & ~_section.is_in(_OPEN) & ~rows
    return (
        pl.when(_form.is_in(_ROWS))
        .then(pl.lit("row"))
        .when(_form.is_in(_NOISE))
        .then(pl.lit(NOISE))
        .when(_form.is_in(_GROUPS) & (_section == "Diagnostics"))
        .then(pl.lit("frame"))
        .when((_section == _VIOLATION) & (_form.is_null() | _form.is_in(_POLICIES)))
        .then(pl.lit(DIAGNOSTIC))
        .when(inside)
        .then(_inside())
        .when(_form.is_in(_QUIET))
        .then(pl.lit("quiet"))
        .when(_form.is_in(_QUIET_URN))
        .then(pl.lit("quiet_urn"))
        .when(_form.is_in(TREE) & ((_section == "tree") | (_form != "tree_root")))
        .then(pl.lit("tree"))
        .when(~_form.is_in(_ONLY_INSIDE))
        .then(pl.lit("frame"))
    )


def _inside() -> pl.Expr:
    return (
        pl.when(_section.is_in(_SAYING))
        .then(pl.lit(DIAGNOSTIC))
        .when(_section == "Outputs")
        .then(pl.lit("output"))
        .when(_section.is_in(("diff", "Changes", _VIOLATION)))
        .then(_inside_diff())
        .when((_section != "Resources") | _form.is_in((*_TOTALS, "choice")))
        .then(pl.lit("frame"))
    )


def _inside_diff() -> pl.Expr:
    """A step is told by the line that says its URN; the properties, which may be secret, are noise."""
    tells = _form.is_in(("diff_urn_step", "diff_place"))
    return (
        pl.when(tells & (_section == "diff"))
        .then(pl.lit("step"))
        .when(tells)
        .then(pl.lit("repeated"))
        .when(_form.is_in(("diff_step", *_GROUPS)))
        .then(pl.lit("frame"))
        .otherwise(pl.lit(NOISE))
    )


def said(lines: pl.DataFrame) -> pl.DataFrame:
    """SAID: the body of `Diagnostics:` and its like."""
    spoken = diagnostic_lines(lines.filter(_section.is_in((_VIOLATION, *_SAYING))))
    return as_named([spoken])[0]


def messages(said: pl.DataFrame) -> pl.Series:
    """An error or warning with the lines that follow it is one message, else each line is."""
    return messages_of(said)


def finished(messages: pl.DataFrame) -> pl.DataFrame:
    """The messages as they are."""
    return messages


def events(lines: pl.DataFrame, parts: Mapping[str, pl.DataFrame]) -> list[pl.DataFrame]:
    """Rows, trees, steps, outputs and the frame."""
    rows = lines.select("line")
    placed = lines.select("line", "form", "role", "group_type", "group_name", "text")
    others = {form: part for form, part in parts.items() if form not in (*_ROWS, *_NOISE)}
    told = [
        *(of_rows(beside(rows, parts[form])) for form, of_rows in _EVENTS_OF_ROWS.items() if form in parts),
        *(_EVENTS_OF_ROLES[role](table) for role, table in by_role(placed, others, _CAPTURES).items()),
    ]
    return as_named(told)
