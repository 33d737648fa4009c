"""Pulumi's text inside the log of something else, as a `Language`.

Some of its forms are so plain that any program may print such a line. These count only while Pulumi's display is
shown: from a header, a spinner, a row, the head of a tree or a resource's diagnostics on, until its duration, a line of
SST, or the end of the CI step.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.grammar.line import load
from analyzer.logs.languages.pulumi import language as pulumi
from analyzer.logs.text.language import shown

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from analyzer.logs.text.language import Settling

GRAMMAR: str = pulumi.GRAMMAR
OPEN: Collection[str] = pulumi.OPEN
YIELDING: Collection[str] = pulumi.YIELDING
ACTING: Collection[str] = pulumi.ACTING
PLAIN: Collection[str] = pulumi.PLAIN
SETTLING: Sequence[Settling] = pulumi.SETTLING
STEPS: Collection[str] = pulumi.STEPS
# These end no message of another program.
_PLAIN: Final = ("fault", "view", "plugin", "exit", "duration", "signal", "prompt", "advice", "old_header")
ENDING: Collection[str] = (
    *(form for form in pulumi.ENDING if form not in _PLAIN),
    "stack_running",
)

_SHOWS: Final = (
    "header",
    "spinner",
    "timed_row",
    "row",
    "urn_row",
    "stack_running",
    "stack_totals",
    "blank_row",
    "urn_running",
    "urn_failed",
    "tree_head",
)
"""Forms that no other program prints."""
_TYPE: Final = r"^[a-z][a-z0-9-]*:[A-Za-z][^: ]*:[A-Za-z]"  # of Pulumi, in full
_ANYWHERE: Final = (*_SHOWS, "blank")
_OVER: Final = "shown"
"""The section below the duration, where the display has its last lines."""
_LAST: Final = ("exit", "view")
_TOTALS: Final = ("count", "tally")

_form = pl.col("form")


def marks(parts: Mapping[str, pl.DataFrame]) -> list[pl.DataFrame]:
    """Those of Pulumi's text, and where its display is shown."""
    over = [
        parts[form].select("row", section=pl.lit(_OVER), display=pl.lit(value=False))
        for form in ("duration",)
        if form in parts
    ]
    shows = [*shown(parts, _SHOWS, display=True), *_groups(parts)]
    return [*pulumi.marks(parts), *shows, *over]


def _groups(parts: Mapping[str, pl.DataFrame]) -> list[pl.DataFrame]:
    """`Diagnostics:` of a resource show the display too: a capture may begin with them."""
    if "group" not in parts:
        return []
    of_type = pl.col("type").str.contains(_TYPE)
    return [parts["group"].filter(of_type).select("row", display=pl.lit(value=True))]


@cache
def role() -> pl.Expr:
    """That of Pulumi's text where the display is shown; elsewhere that of its own forms alone."""
    mine = _form.is_in([form.name for form in load(GRAMMAR).forms])
    last = _form.is_in(_LAST) & (pl.col("section") == _OVER)
    totals = _form.is_in(_TOTALS) & (pl.col("section") == "Resources")
    counts = pl.col("display") | last | totals | _form.is_in(_ANYWHERE)
    return pl.when(mine & counts).then(pulumi.role())


said = pulumi.said
messages = pulumi.messages
finished = pulumi.finished


def events(lines: pl.DataFrame, parts: Mapping[str, pl.DataFrame]) -> list[pl.DataFrame]:
    """Those of Pulumi's text."""
    mine = {form.name for form in load(GRAMMAR).forms}
    return pulumi.events(lines, {form: part for form, part in parts.items() if form in mine})
