"""SST's terminal output as a `Language`: what its lines mean by their place, and the events that they are.

The meaning of each line is in `grammars/sst.lark`. Source of the form: see there.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.logs.languages.sst.events import (
    FRAME_CAPTURES,
    error_lines,
    frame_events,
    step_events,
    whole_messages,
)
from analyzer.logs.languages.sst.forms import CHANGES, LEAK, OUTPUTS
from analyzer.logs.languages.sst.forms import FORMS as _TABLE
from analyzer.logs.languages.sst.names import resource_of, took_of, word_of
from analyzer.logs.text.forms import role_of, where
from analyzer.logs.text.language import DIAGNOSTIC, STARTING
from analyzer.logs.text.lines import beside, captured
from analyzer.resources.shown import in_terminal

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from analyzer.logs.text.forms import Meaning
    from analyzer.logs.text.language import Settling

GRAMMAR: str = "sst"

HEAD: Final = "sst head"
_ERROR: Final = "sst error"
_FAILED: Final = "sst failed"

OPEN: Collection[str] = (_ERROR, _FAILED)
YIELDING: Collection[str] = ()
ACTING: Collection[str] = ("sst",)
SETTLING: Sequence[Settling] = ()
FORMS: Mapping[str, Meaning] = _TABLE
TELLING: Final = in_terminal()

_DONE: Final = where(_TABLE, lambda row: row.step)
_STEPS: Final = {form: row.captures for form, row in _TABLE.items() if row.captures is not None}
_HEADS: Final = where(_TABLE, lambda row: row.head)
_FREE: Final = where(_TABLE, lambda row: row.role == DIAGNOSTIC)  # messages wherever they stand
_IN_PLACE: Final = {form: row.within for form, row in _TABLE.items() if row.within}
_NAMES: Final = where(_TABLE, lambda row: row.names)
_BARE: Final = where(_TABLE, lambda row: row.role is not None)  # mean something where no section is open
_SDK: Final = ("ui_sdk", "ui_sdk_bare", "ui_sdk_within")
_form = pl.col("form")
_section = pl.col("section")


def marks(parts: Mapping[str, pl.DataFrame]) -> list[pl.DataFrame]:
    """The deploys, their commands, and the sections that messages and outputs stand in."""
    begins = pl.lit(value=True).alias("begins")
    silent = pl.lit(value=False).alias("display")
    mode = pl.col("command").replace_strict(_MODES, default=None, return_dtype=pl.String).alias("mode")
    changes: dict[str, list[pl.Expr]] = {
        "ui_header": [
            _opens(HEAD),
            begins,
            pl.lit(STARTING).alias("unless"),
            pl.lit("").alias("mode"),
            pl.lit(value=False).alias("planning"),
        ],
        "ui_command": [
            _opens(""),
            begins,
            pl.lit(HEAD).alias("unless"),
            mode,
            (mode == "diff").alias("planning"),
        ],
        "ui_error_of": [_opens(_ERROR), *_group("of_name")],
        "ui_error_line": [_opens(_ERROR), *_group("line_name", "line_type")],
        "ui_error": [_opens(_ERROR)],
        "ui_build_error": [_opens(_ERROR)],
        "ui_failed": [_opens(_FAILED)],
        "ui_what": [*_of_error(parts), *_group("of_name")],
        "ui_of": [*_of_error(parts), *_group("only_word")],
        "ui_done": [
            pl.when(pl.col("done") == "Generated")
            .then(pl.lit(CHANGES))
            .otherwise(pl.lit(OUTPUTS))
            .alias("section")
        ],
        "ui_promises": [_opens(LEAK)],
        "ui_leak": [_opens(LEAK)],
        **{form: [] for form in _DONE},
    }
    return [
        parts[form].select("row", *columns, *([silent] if form not in _NAMES else []))
        for form, columns in changes.items()
        if form in parts
    ]


_MODES: Final = {
    "Deploy": "deploy",
    "Deploying": "deploy",
    "Remove": "remove",
    "Removing": "remove",
    "Refresh": "refresh",
    "Refreshing": "refresh",
    "Diff": "diff",
}


def _group(name: str, of_type: str = "of_type") -> list[pl.Expr]:
    row = pl.col(of_type).str.strip_chars_end(" ")
    kind, full = resource_of(pl.col(name), word_of(row, took_of(row)))
    return [kind.alias("group_type"), full.alias("group_name")]


def _of_error(parts: Mapping[str, pl.DataFrame]) -> list[pl.Expr]:
    """The name of a resource stands below `Failed`; above an SDK's error it shows that `Failed` is cut off."""
    above = _above(parts, _SDK)
    return [
        pl.when(above).then(pl.lit(_FAILED)).alias("section"),
        pl.when(~above).then(pl.lit(_FAILED)).alias("within"),
    ]


def _above(parts: Mapping[str, pl.DataFrame], forms: Collection[str]) -> pl.Expr:
    """Whether a line of one of `forms` follows at once."""
    rows = [parts[form]["row"] for form in forms if form in parts]
    if not rows:
        return pl.lit(value=False)
    return (pl.col("row") + 1).is_in(pl.concat(rows).implode())


def _opens(section: str) -> pl.Expr:
    return pl.lit(section).alias("section")


@cache
def role() -> pl.Expr:
    """`sst`, NOISE, DIAGNOSTIC, or null; a record that stands inside a message is taken by its language before."""
    in_place = pl.any_horizontal(
        _form.is_in([form]) & (_section == section) for form, section in _IN_PLACE.items()
    )
    goes_on = ~_form.is_in(_BARE).fill_null(value=False)
    return (
        pl.when(in_place.fill_null(value=False))
        .then(pl.lit("sst"))
        .when(_section.is_in(OPEN) & goes_on)
        .then(pl.lit(DIAGNOSTIC))
        .otherwise(role_of(_TABLE))
    )


def message_lines(lines: pl.DataFrame) -> pl.DataFrame:
    """MESSAGE_LINES: what follows `Error` and `Failed`, and errors that stand alone."""
    mine = lines.filter(_section.is_in(OPEN) | _form.is_in(_FREE))
    return error_lines(
        mine.with_columns(_form.cast(pl.String)), heads=_HEADS, sections=OPEN, names=_NAMES, nameable=_FAILED
    )


def messages(lines: pl.DataFrame) -> pl.Series:
    """A message goes on until the next one begins: a terminal's footer may stand between its lines."""
    return lines["head"].fill_null(value=False).cum_sum().alias("number")


def finished(messages: pl.DataFrame) -> pl.DataFrame:
    """Errors, each once in a deploy, and a `failed` for the resource of each."""
    return whole_messages(messages)


def events(lines: pl.DataFrame, parts: Mapping[str, pl.DataFrame]) -> list[pl.DataFrame]:
    """Steps, the header, and the end."""
    of_sst = pl.col("role") == "sst"
    bare = lines.select("line", "run", "mode", "role")
    steps = [
        step_events(form, beside(bare, parts[form]).filter(of_sst).rename(names))
        for form, names in _STEPS.items()
        if form in parts
    ]
    others = {form: part for form, part in parts.items() if form.startswith("ui_") and form not in _STEPS}
    placed = lines.select("line", "mode", "role", "form", "text")
    frame = captured(placed, others, FRAME_CAPTURES, of_sst | (_form == "ui_failed"))
    if frame.is_empty():
        return steps
    return [*steps, *frame_events(frame.with_columns(_form.cast(pl.String)))]
