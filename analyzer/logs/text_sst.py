"""SST's terminal output as a `Language`: what its lines mean by their place, and the events that they are.

The meaning of each line is in `grammars/sst.lark`. Source of the form: see there.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.grammar.line import load
from analyzer.logs.text_language import DIAGNOSTIC, NOISE
from analyzer.logs.text_lines import beside, captured
from analyzer.logs.text_sst_events import (
    FRAME_CAPTURES,
    frame_events,
    message_lines,
    step_events,
    whole_messages,
)
from analyzer.logs.text_sst_names import resource_of, took_of, word_of
from analyzer.resources.shown import in_terminal

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

GRAMMAR: str = "sst"

HEAD: Final = "sst head"
_ERROR: Final = "sst error"
_FAILED: Final = "sst failed"
_OUTPUTS: Final = "sst outputs"
_CHANGES: Final = "sst changes"
_LEAK: Final = "sst leak"

OPEN: Collection[str] = (_ERROR, _FAILED)
ENDING: Collection[str] = (
    "ui_command",
    "ui_skip",
    "ui_child_step",
    "ui_root_step",
    "ui_step",
    "ui_locked",
    "ui_warning",
    "ui_info",
    "ui_log",
    "ui_dev",
    "ui_permalink",
    "ui_interrupted",
    "ui_cross",
    "ui_unchanged",
    "ui_trailer",
    "ui_exit",
)

ENDS: Final = ("ui_child_step", "ui_root_step", "ui_step")
"""Most lines of a deploy: they matter only where they are about a key-value store."""
STEPS: Collection[str] = ENDS
TELLING: Final = in_terminal()

_STEPS: Final = {
    "ui_child_step": {},
    "ui_root_step": {},
    "ui_step": {},
    "ui_doing": {"doing": "verb", "doing_name": "name", "doing_type": "type"},
    "ui_change": {"changed": "verb", "of_name": "name", "of_type": "type"},
}
"""The forms of steps, and what their captures are in those of a step that is done."""
_NOISE: Final = ("ui_waiting", "ui_dev", "ui_check", "ui_note", "ui_skip")
_HEADS: Final = ("ui_error_of", "ui_error", "ui_build_error", "ui_failed", "ui_cross")
_FREE: Final = (*_HEADS, "ui_sdk")  # messages wherever they stand
_IN_PLACE: Final = {
    "ui_rule": _OUTPUTS,
    "ui_output": _OUTPUTS,
    "ui_change": _CHANGES,
    "ui_property": _CHANGES,
    "ui_leak_at": _LEAK,
}
"""Forms that mean something in one section alone."""
NOTHING: Final = ("ui_bar", *_IN_PLACE)
"""Forms that mean nothing where no section is open."""
NAMES: Final = ("ui_what", "ui_of")
"""What an error below `Failed` is about: elsewhere other programs print such lines, and steps are cut to them."""
AMONG: Final = {"→": ("ui_what",)}
"""Forms whose pattern goes far into lines of others, by a character that each of their own holds."""
_NEVER_BARE: Final = (*NOTHING, *NAMES)

_form = pl.col("form")
_section = pl.col("section")


def marks(parts: Mapping[str, pl.DataFrame]) -> list[pl.DataFrame]:
    """The deploys, their commands, and the sections that messages and outputs stand in."""
    begins = pl.lit(value=True).alias("begins")
    silent = pl.lit(value=False).alias("display")
    within = pl.lit(_FAILED).alias("within")
    mode = pl.col("command").replace_strict(_MODES, default=None, return_dtype=pl.String).alias("mode")
    changes: dict[str, list[pl.Expr]] = {
        "ui_header": [
            _opens(HEAD),
            begins,
            pl.lit("slog start").alias("unless"),
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
        "ui_error": [_opens(_ERROR)],
        "ui_build_error": [_opens(_ERROR)],
        "ui_failed": [_opens(_FAILED)],
        "ui_what": [
            pl.when(_before(parts, "ui_sdk")).then(pl.lit(_FAILED)).alias("section"),
            pl.when(~_before(parts, "ui_sdk")).then(within).alias("within"),
            *_group("of_name"),
        ],
        "ui_of": [within, *_group("only_word")],
        "ui_done": [
            pl.when(pl.col("done") == "Generated")
            .then(pl.lit(_CHANGES))
            .otherwise(pl.lit(_OUTPUTS))
            .alias("section")
        ],
        "ui_promises": [_opens(_LEAK)],
        "ui_leak": [_opens(_LEAK)],
        **{form: [] for form in ENDS},
    }
    return [
        parts[form].select("row", *columns, *([silent] if form not in NAMES else []))
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


def _group(name: str) -> list[pl.Expr]:
    shown = pl.col("of_type")
    kind, full = resource_of(pl.col(name), word_of(shown, took_of(shown)))
    return [kind.alias("group_type"), full.alias("group_name")]


def _before(parts: Mapping[str, pl.DataFrame], form: str) -> pl.Expr:
    """Whether a line of `form` follows at once: where `Failed` is cut off, the error tells that it stood above."""
    if form not in parts:
        return pl.lit(value=False)
    return (pl.col("row") + 1).is_in(parts[form]["row"].implode())


def _opens(section: str) -> pl.Expr:
    return pl.lit(section).alias("section")


@cache
def role() -> pl.Expr:
    """`sst`, NOISE, DIAGNOSTIC, or null."""
    mine = _form.is_in([form.name for form in load(GRAMMAR).forms])
    in_place = pl.any_horizontal(
        _form.is_in([form]) & (_section == section) for form, section in _IN_PLACE.items()
    )
    goes_on = _form.is_null() | ~mine | _form.is_in(_NEVER_BARE)
    return (
        pl.when(_form.is_in(_FREE))
        .then(pl.lit(DIAGNOSTIC))
        .when(_form.is_in(_NOISE))
        .then(pl.lit(NOISE))
        .when(in_place.fill_null(value=False))
        .then(pl.lit("sst"))
        .when(_section.is_in(OPEN) & goes_on.fill_null(value=True) & ~_is_of_others())
        .then(pl.lit(DIAGNOSTIC))
        .when(mine & ~_form.is_in(_NEVER_BARE))
        .then(pl.lit("sst"))
    )


def _is_of_others() -> pl.Expr:
    """Lines that may stand inside a message and are none of it."""
    return _form.is_in(["slog"]).fill_null(value=False)


def said(lines: pl.DataFrame) -> pl.DataFrame:
    """SAID: what follows `Error` and `Failed`, and errors that stand alone."""
    mine = lines.filter(_section.is_in(OPEN) | _form.is_in(_FREE))
    return message_lines(
        mine.with_columns(_form.cast(pl.String)), heads=_HEADS, sections=OPEN, names=NAMES, nameable=_FAILED
    )


def messages(said: pl.DataFrame) -> pl.Series:
    """A message goes on until the next one begins: a terminal's footer may stand between its lines."""
    return said["head"].fill_null(value=False).cum_sum().alias("number")


def finished(messages: pl.DataFrame) -> pl.DataFrame:
    """Errors, each once in a deploy, and a `failed` for the resource of each."""
    return whole_messages(messages)


def events(lines: pl.DataFrame, parts: Mapping[str, pl.DataFrame]) -> list[pl.DataFrame]:
    """Steps, the header, and the end."""
    spoken = pl.col("role") == "sst"
    bare = lines.select("line", "run", "mode", "role")
    steps = [
        step_events(form, beside(bare, parts[form]).filter(spoken).rename(names))
        for form, names in _STEPS.items()
        if form in parts
    ]
    others = {form: part for form, part in parts.items() if form.startswith("ui_") and form not in _STEPS}
    placed = lines.select("line", "mode", "role", "form", "text")
    frame = captured(placed, others, FRAME_CAPTURES, spoken | (_form == "ui_failed"))
    if frame.is_empty():
        return steps
    return [*steps, *frame_events(frame.with_columns(_form.cast(pl.String)))]
