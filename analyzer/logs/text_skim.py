"""Which lines of a text log matter where only the writes of key-value stores do; the others are counted, not read.

What a line is, is told of every line: only then is it known what it means where it stands. But most are rows of other
resources, or noise: their captures are not taken, and no events are made of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from analyzer.logs.text_language import DIAGNOSTIC, NOISE

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_role = pl.col("role")


@dataclass(frozen=True, slots=True)
class Skim:
    """What may be left out.

    Attributes:
        forms: forms of lines that matter only if they tell; their captures change nothing for other lines.
        telling: a Rust pattern that each line matches that must be read, whatever its form.
    """

    forms: Collection[str]
    telling: str

    def wanted(self, text: pl.Series) -> pl.Series:
        """Which lines of a batch must be read, whatever their form; the first and the last one always."""
        wanted = text.str.contains(self.telling)
        return wanted.scatter([0, len(wanted) - 1], values=True) if len(wanted) else wanted


def skimmed(
    lines: pl.DataFrame, parts: Mapping[str, pl.DataFrame], wanted: pl.Series, skim: Skim
) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    """The lines of a batch that matter, and their captures; the first and the last line always are among them.

    Args:
        lines: all of them, in order, with `row`, `form` and `role`.
        parts: `row` and the captures of each form.
        wanted: what `Skim.wanted` says of them.
        skim: what may be left out.
    """
    other = pl.col("form").is_in(list(skim.forms)).fill_null(value=False) & ~pl.lit(wanted)
    idle = (_role == NOISE) | (other & (_role != DIAGNOSTIC))
    edge = (pl.col("row") == 0) | (pl.col("row") == lines.height - 1)
    kept = lines.select((~idle).fill_null(value=True) | edge).to_series()
    place = kept.cum_sum().cast(pl.UInt32) - 1
    left = {}
    for form, part in parts.items():
        mine = part.filter(kept.gather(part["row"]))
        if not mine.is_empty():
            left[form] = mine.with_columns(row=place.gather(mine["row"]))
    return lines.filter(kept).with_columns(row=place.filter(kept)), left
