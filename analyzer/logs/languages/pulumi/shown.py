"""Pulumi's text inside the log of something else, as a `Language`.

Some of its forms are so plain that any program may print such a line. These count only while Pulumi's display is
shown: from a header, a spinner, a row, the head of a tree or a resource's diagnostics on, until its duration, a line of
SST, or the end of the CI step.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.logs.languages.pulumi import language as pulumi
from analyzer.logs.languages.pulumi.forms import FORMS as _TABLE
from analyzer.logs.languages.pulumi.forms import OVER, Elsewhere
from analyzer.logs.text.forms import where
from analyzer.logs.text.language import shown

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from analyzer.logs.text.forms import Meaning
    from analyzer.logs.text.language import Settling

GRAMMAR: str = pulumi.GRAMMAR
OPEN: Collection[str] = pulumi.OPEN
YIELDING: Collection[str] = pulumi.YIELDING
ACTING: Collection[str] = pulumi.ACTING
SETTLING: Sequence[Settling] = pulumi.SETTLING
FORMS: Mapping[str, Meaning] = {
    form: replace(row, ends=row.elsewhere is Elsewhere.ENDS) for form, row in _TABLE.items()
}
_SHOWS: Final = where(_TABLE, lambda row: row.elsewhere in (Elsewhere.SHOWS, Elsewhere.ENDS))
_ANYWHERE: Final = where(_TABLE, lambda row: row.elsewhere is not Elsewhere.HIDDEN)
_ALSO: Final = {form: row.also_in for form, row in _TABLE.items() if row.also_in}
_OLD_END: Final = pl.col("old_frame").str.contains("^[A-Z][a-z]+ duration: ")
_TYPE: Final = r"^[a-z][a-z0-9-]*:[A-Za-z][^: ]*:[A-Za-z]"  # of Pulumi, in full
_form = pl.col("form")


def marks(parts: Mapping[str, pl.DataFrame]) -> list[pl.DataFrame]:
    """Those of Pulumi's text, and where its display is shown."""
    ours = {**parts, **_of_2018(parts)}
    over = [
        ours[form].filter(is_end).select("row", section=pl.lit(OVER), display=pl.lit(value=False))
        for form, is_end in (("duration", pl.lit(value=True)), ("old_frame", _OLD_END))
        if form in ours
    ]
    old = shown(ours, ("old_header", "old_frame", "old_tree_head"), display=True)
    shows = [*shown(parts, _SHOWS, display=True), *_groups(parts), *old]
    return [*pulumi.marks(ours), *shows, *over]


def _of_2018(parts: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The headers of 2018 that are Pulumi's: other tools update stacks too, but not in its cloud or with its frame."""
    if "old_header" not in parts:
        return {}
    framed = parts["old_frame"]["row"] if "old_frame" in parts else pl.Series([], dtype=pl.UInt32)
    row = pl.col("row")
    framing = pl.any_horizontal((row + gap).is_in(framed.implode()) for gap in (1, 2))
    own = pl.col("old_stage").str.contains(" in the Pulumi Cloud", literal=True) | framing
    return {"old_header": parts["old_header"].filter(own)}


def _groups(parts: Mapping[str, pl.DataFrame]) -> list[pl.DataFrame]:
    """`Diagnostics:` of a resource show the display too: a capture may begin with them."""
    if "group" not in parts:
        return []
    of_type = pl.col("type").str.contains(_TYPE)
    return [parts["group"].filter(of_type).select("row", display=pl.lit(value=True))]


@cache
def role() -> pl.Expr:
    """That of Pulumi's text where the display is shown; elsewhere that of its own forms alone."""
    mine = _form.is_in(list(_TABLE))
    also = [(_form == form) & (pl.col("section") == section) for form, section in _ALSO.items()]
    counts = pl.any_horizontal(pl.col("display"), *also, _form.is_in(_ANYWHERE))
    return pl.when(mine & counts).then(pulumi.role())


message_lines = pulumi.message_lines
messages = pulumi.messages
finished = pulumi.finished


def events(lines: pl.DataFrame, parts: Mapping[str, pl.DataFrame]) -> list[pl.DataFrame]:
    """Those of Pulumi's text."""
    return pulumi.events(lines, {form: part for form, part in parts.items() if form in _TABLE})
