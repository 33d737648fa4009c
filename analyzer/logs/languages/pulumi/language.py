"""Pulumi's own text as a `Language`: what its lines mean by section, and the events that they are.

The meaning of each line is in `grammars/pulumi.lark`. Source of the form: see there.
"""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.logs.languages.pulumi.diff import CAPTURES as STEP_CAPTURES
from analyzer.logs.languages.pulumi.diff import PLAN, repeated_events, settled, step_events, step_marks
from analyzer.logs.languages.pulumi.forms import FORMS as _TABLE
from analyzer.logs.languages.pulumi.forms import Kin
from analyzer.logs.languages.pulumi.names import as_named
from analyzer.logs.languages.pulumi.rows import (
    QUIET_CAPTURES,
    QUIET_URN_CAPTURES,
    SIGNLESS_CAPTURES,
    quiet_events,
    quiet_urn_events,
    row_events,
    signless_events,
    timed_events,
)
from analyzer.logs.languages.pulumi.sections import (
    FRAME_CAPTURES,
    OUTPUT_CAPTURES,
    diagnostic_lines,
    frame_events,
    messages_of,
    output_events,
)
from analyzer.logs.languages.pulumi.tree import CAPTURES as TREE_CAPTURES
from analyzer.logs.languages.pulumi.tree import tree_events
from analyzer.logs.languages.pulumi.urn import name_of, type_of
from analyzer.logs.text.forms import role_of, where
from analyzer.logs.text.language import DIAGNOSTIC, NOISE
from analyzer.logs.text.lines import beside, by_role
from analyzer.logs.text.planned import planned
from analyzer.resources.shown import console_phrases, in_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from analyzer.logs.text.forms import Meaning
    from analyzer.logs.text.language import Settling

GRAMMAR: str = "pulumi"

FORMS: Mapping[str, Meaning] = _TABLE
_ROWS: Final = where(_TABLE, lambda row: row.role == "row")
_NOISE: Final = where(_TABLE, lambda row: row.role == NOISE)
_QUIET: Final = where(_TABLE, lambda row: row.role in ("quiet", "quiet_urn"))
_INSIDE: Final = where(_TABLE, lambda row: row.inside)
_GROUPS: Final = where(_TABLE, lambda row: row.kin is Kin.GROUP)
_POLICIES: Final = where(_TABLE, lambda row: row.kin is Kin.POLICY)
_TOTALS: Final = where(_TABLE, lambda row: row.kin is Kin.TOTAL)
_STEPS: Final = ("diff_step", "diff_urn_step")

_EVENTS_OF_ROWS: Final = {form: timed_events if form == "timed_row" else row_events for form in _ROWS}
_EVENTS_OF_ROLES: Final = {
    "signless": signless_events,
    "quiet": quiet_events,
    "quiet_urn": quiet_urn_events,
    "tree": tree_events,
    "step": step_events,
    "repeated": repeated_events,
    "output": output_events,
    "frame": frame_events,
}
CAPTURES: Final = {
    "signless": SIGNLESS_CAPTURES,
    "quiet": QUIET_CAPTURES,
    "quiet_urn": QUIET_URN_CAPTURES,
    "tree": TREE_CAPTURES,
    "step": STEP_CAPTURES,
    "repeated": STEP_CAPTURES,
    "output": OUTPUT_CAPTURES,
    "frame": FRAME_CAPTURES,
}
_OPEN: Final = ("", "tree", "fault")  # sections that lend their lines no meaning of their own
_VIOLATION: Final = "violation"  # of a policy, as `--diff` prints it: its message follows, not indented
_FRAMED: Final = ("", "tree", "diff", "Outputs", "Resources", "Policy Packs run", "Changes", "Configuration")
"""Sections in which the tool may say something itself; what stands there is none of a message."""
_SAYING: Final = ("Diagnostics", "Policies", "Policy Violations", "System Messages")
_FAULT: Final = "fault"  # of the tool, flush: its message may list what is wrong
OPEN: Collection[str] = ()
YIELDING: Collection[str] = ("Configuration", "Resources", "tree", "diff", _VIOLATION, _FAULT)
ACTING: Collection[str] = ("row", "signless", "quiet", "quiet_urn", "tree", "step")
SETTLING: Sequence[Settling] = (partial(planned, plan=PLAN), settled)
TELLING_ROWS: Final = f"{in_rows()}|:pulumi:Stack"
TELLING_LINES: Final = "|".join((in_rows(), *console_phrases()))
TELLING: Final = rf"{TELLING_LINES}|:pulumi:Stack [^ ]+ (?:[^r]|r[^u])"
"""Of rows and diagnostics: what is done to the stack is behind its name, and is never called `ru...`."""
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
            pl.lit("").alias("section"),
            pl.col("old_action").str.starts_with("Previewing").alias("planning"),
            pl.lit(value=True).alias("begins"),
        ],
        "tree_head": [
            pl.lit("tree").alias("section"),
            pl.col("tree_kind").str.starts_with("Plan").alias("planning"),
        ],
        "old_tree_head": [
            pl.lit("tree").alias("section"),
            pl.col("old_tree_kind").str.starts_with("Plan").alias("planning"),
        ],
        "old_frame": [
            pl.when(pl.col("old_frame").str.starts_with("info: ")).then(pl.lit("Resources")).alias("section")
        ],
        "fault": [pl.lit(_FAULT).alias("section"), pl.lit(value=True).alias("loose")],
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
    rows = _form.is_in(_QUIET) & (_section == "Configuration")  # no value there is like a row
    inside = _form.is_in(_INSIDE) & ~_section.is_in(_OPEN) & ~rows
    return (
        pl.when(_form.is_in(_GROUPS) & (_section == "Diagnostics"))
        .then(pl.lit("frame"))
        .when((_section == _VIOLATION) & (_form.is_null() | _form.is_in(_POLICIES)))
        .then(pl.lit(DIAGNOSTIC))
        .when(inside)
        .then(_inside())
        .when(_form.is_in(("tree_root", "old_tree_row")) & (_section == "tree"))
        .then(pl.lit("tree"))
        .when(_form.is_in(("fault_item", "body", "field")) & (_section == _FAULT))
        .then(pl.lit(DIAGNOSTIC))
        .otherwise(role_of(_TABLE))
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
    """A step is detected by the line that names its URN; the properties, which may be secret, are noise."""
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


def message_lines(lines: pl.DataFrame) -> pl.DataFrame:
    """MESSAGE_LINES: the body of `Diagnostics:` and its like, and what the tool itself says, which is of no group."""
    fault = (_form == "fault").fill_null(value=False)
    mine = lines.filter(_section.is_in((_VIOLATION, _FAULT, *_SAYING)) | (fault & _section.is_in(_FRAMED)))
    own = pl.when(~fault & (_section != _FAULT))
    diagnostics = diagnostic_lines(
        mine.with_columns(own.then(name).alias(name) for name in ("group_type", "group_name"))
    )
    return as_named([diagnostics])[0]


def messages(lines: pl.DataFrame) -> pl.Series:
    """An error or warning with the lines that follow it is one message, else each line is."""
    return messages_of(lines)


def finished(messages: pl.DataFrame) -> pl.DataFrame:
    """The messages as they are."""
    return messages


def events(lines: pl.DataFrame, parts: Mapping[str, pl.DataFrame]) -> list[pl.DataFrame]:
    """Rows, trees, steps, outputs and the frame."""
    rows = lines.select("line")
    placed = lines.select("line", "form", "role", "group_type", "group_name", "text")
    others = {form: part for form, part in parts.items() if form not in (*_ROWS, *_NOISE)}
    tables = [
        *(of_rows(beside(rows, parts[form])) for form, of_rows in _EVENTS_OF_ROWS.items() if form in parts),
        *(_EVENTS_OF_ROLES[role](table) for role, table in by_role(placed, others, CAPTURES).items()),
    ]
    return as_named(tables)
