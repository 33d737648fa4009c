"""The stats of inputs → the INPUTS table.

It is not in `input_stats`, which a process that only reads files needs too: polars takes a quarter of a second to load.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.tables import INPUTS, empty, from_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.sources.input_stats import InputStats


def inputs_table(inputs: Sequence[InputStats]) -> pl.DataFrame:
    """The INPUTS table, a row for each input, in their order."""
    if not inputs:
        return empty(INPUTS)
    columns = {name: [getattr(stats, name) for stats in inputs] for name in INPUTS if name != "problems"}
    return from_columns({**columns, "problems": _lists([stats.problems for stats in inputs])}, INPUTS)


def _lists(rows: Sequence[Sequence[str]]) -> pl.Series:
    """A column of lists, made of flat columns: polars would make a series of each list, of 50 µs and some KB."""
    texts = pl.DataFrame(
        {
            "row": pl.Series([place for place, row in enumerate(rows) for _ in row], dtype=pl.UInt32),
            "text": pl.Series([problem for row in rows for problem in row], dtype=pl.String),
        }
    )
    lists = texts.group_by("row", maintain_order=True).agg("text")
    every = pl.DataFrame({"row": pl.Series(range(len(rows)), dtype=pl.UInt32)})
    return every.join(lists, on="row", how="left", maintain_order="left")["text"].fill_null([])
