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
    from collections.abc import Callable, Collection, Mapping

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
        """Which lines must be read, whatever their form."""
        return text.str.contains(self.telling)


def skimmed(
    lines: pl.DataFrame,
    parts: Mapping[str, pl.DataFrame],
    wanted: pl.Series,
    skim: Skim,
    read: Callable[[pl.Series], Mapping[str, pl.DataFrame]],
) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    """The lines of a batch that matter, and their captures.

    Of the others, the first and the last of the batch and of each deploy in it are kept: they tell its times.

    Args:
        lines: all of them, in order, with `row`, `form`, `role`, `run` and `text`.
        parts: `row` and the captures of each form.
        wanted: what `Skim.wanted` says of them.
        skim: what may be left out.
        read: takes the captures of lines after all.
    """
    other = pl.col("form").is_in(list(skim.forms)).fill_null(value=False) & ~pl.lit(wanted)
    marked = lines.select(
        "row", "run", noise=_role == NOISE, other=other & (_role != NOISE) & (_role != DIAGNOSTIC)
    ).fill_null(value=False)
    idle = marked["noise"] | marked["other"]
    told = marked.filter("other")
    runs = told["run"]
    edges = pl.concat([told["row"].filter(runs.is_first_distinct() | runs.is_last_distinct()), _ends(lines)])
    kept = (~idle).scatter(edges, values=True)
    place = kept.cum_sum().cast(pl.UInt32) - 1
    again = (kept & marked["other"]).arg_true()
    left = {}
    for form, part in _read_again(parts, skim, again, read(lines["text"].gather(again))).items():
        stays = kept.gather(part["row"])
        if stays.any():
            mine = part.filter(stays)
            left[form] = mine.with_columns(row=place.gather(mine["row"]))
    return lines.filter(kept).with_columns(row=place.filter(kept)), left


def _ends(lines: pl.DataFrame) -> pl.Series:
    return pl.Series([0, lines.height - 1], dtype=pl.UInt32)


def _read_again(
    parts: Mapping[str, pl.DataFrame], skim: Skim, rows: pl.Series, again: Mapping[str, pl.DataFrame]
) -> dict[str, pl.DataFrame]:
    """`parts`, with what was read again of the lines at `rows` in the place of what they had."""
    both = dict(parts)
    for form in set(skim.forms) & set(again):
        placed = again[form].with_columns(row=rows.gather(again[form]["row"]))
        others = parts[form].filter(~parts[form]["row"].is_in(rows.implode()))
        both[form] = pl.concat([others, placed]).sort("row")
    return both
