"""Tables that were read back from a file, which somebody else may have written: their size, and their times."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import polars as pl

from analyzer.moments import EARLIEST, LATEST

_FEW: Final = 1_000_000
_PER_BYTE: Final = 4
_MARGIN: Final = timedelta(days=366)  # what is added to a time of an input on the way to a table


def too_many(rows: int, size: int) -> bool:
    """Whether a file of `size` bytes claims more rows than one with names and times in each row can have."""
    return rows > max(_FEW, size * _PER_BYTE)


def counting_times(frame: pl.DataFrame) -> pl.DataFrame:
    """The table itself, where all its times count as times (`analyzer.moments`), but for what is added to them.

    With another time Python has none, or the next sum overflows.

    Raises:
        ValueError: one does not.
    """
    for column in frame.get_columns():
        if isinstance(column.dtype, pl.Datetime):
            low, high = pl.Series([EARLIEST - _MARGIN, LATEST + _MARGIN]).cast(column.dtype).to_physical()
            times = column.to_physical()  # as numbers: Python has no such times
            least, most = times.min(), times.max()
            if not (least is None or most is None or (low <= least and most <= high)):
                raise ValueError("a time that is none")
    return frame
