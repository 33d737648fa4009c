"""What every table shares: its type of time, and how it is made and checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TIME = pl.Datetime("us", "UTC")


def empty(schema: pl.Schema) -> pl.DataFrame:
    """A table of `schema` without rows."""
    return pl.DataFrame(schema=schema)


def from_columns(columns: Mapping[str, Sequence[object] | pl.Series], schema: pl.Schema) -> pl.DataFrame:
    """A table of `schema` from column lists or series; columns that are not given are null."""
    height = len(next(iter(columns.values()), ()))
    nothing = [None] * height
    series = [pl.Series(name, columns.get(name, nothing), dtype) for name, dtype in schema.items()]
    return pl.DataFrame(series)


def conform(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """`frame` with the columns of `schema`, in that order.

    Raises:
        TypeError: a column is missing or has another type (a defect of this project).
    """
    actual = frame.schema
    wrong = [
        f"{name}: {actual.get(name)} instead of {dtype}"
        for name, dtype in schema.items()
        if actual.get(name) != dtype
    ]
    if wrong:
        raise TypeError("table does not have its declared schema: " + "; ".join(wrong))
    return frame[schema.names()]
