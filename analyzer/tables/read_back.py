"""Tables that were read back from a file, which somebody else may have written: their size, and their times."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.moments import EARLIEST, LATEST

if TYPE_CHECKING:
    from polars.datatypes import DataType

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
    low, high = pl.lit(EARLIEST - _MARGIN), pl.lit(LATEST + _MARGIN)
    columns = [name for name, dtype in frame.schema.items() if _is_time(dtype)]
    if columns and not frame.select(pl.all_horizontal(pl.col(columns).is_between(low, high).all())).item():
        raise ValueError("a time that is none")
    return frame


def _is_time(dtype: DataType) -> bool:
    return isinstance(dtype, pl.Datetime)
