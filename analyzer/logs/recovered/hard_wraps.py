"""Lines that a paste cut at one width: they are joined again where that gives more that cannot be mistaken.

A width is that of a wrap if two lines or more have it and none is longer. The next line goes on, unless it is a form
itself. Source: docs/facts/prefixes.md#7-damage.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from analyzer.prefixes.anchors import AT_START

_NARROWEST: Final = 60
_MET: Final = 2
_LONGEST: Final = 20  # lines that one line was cut into
_ERROR: Final = r"operation error [^:]{1,80}: [A-Za-z]{1,80}, .{0,400}RequestID: [0-9A-Za-z-]{16,80}"
_FORM: Final = rf"{AT_START}|^(?:time=[0-9]|➜  |~  |[✓✕|]  |Duration:|\s*$)"


def width_of(lines: pl.Series) -> int | None:
    """The width at which `lines` were cut; None where nothing shows one."""
    widths = lines.str.len_chars()
    widest = widths.max()
    if not isinstance(widest, int) or widest < _NARROWEST:
        return None
    return widest if (widths == widest).sum() >= _MET else None


def runs(lines: pl.Series, width: int) -> pl.Series:
    """The number of the whole line to which each of `lines` belongs; a line is cut into so many at most."""
    table = pl.DataFrame({"line": lines, "full": lines.str.len_chars() >= width})
    begins = ~pl.col("full").shift(1, fill_value=False) | pl.col("line").str.contains(_FORM)
    table = table.select(begins.alias("begins"), begins.cum_sum().alias("run"))
    piece = pl.int_range(pl.len()).over("run")
    return table.select((pl.col("begins") | (piece >= _LONGEST)).cum_sum().cast(pl.Int64)).to_series()


def joined(lines: pl.Series, run: pl.Series) -> pl.Series:
    """The whole lines."""
    table = pl.DataFrame({"line": lines, "run": run})
    return table.group_by("run", maintain_order=True).agg(pl.col("line").str.join(""))["line"]


def whole_errors(lines: pl.Series) -> int:
    """How many different complete errors of the AWS SDK `lines` hold."""
    return lines.str.extract(f"({_ERROR})").drop_nulls().n_unique()
