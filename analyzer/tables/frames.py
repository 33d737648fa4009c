"""What every table shares: its type of time, and how it is made and checked."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TIME = pl.Datetime("us", "UTC")


def empty(schema: pl.Schema) -> pl.DataFrame:
    """A table of `schema` without rows."""
    return _empty(tuple(schema.items())).clear()


def from_columns(columns: Mapping[str, Sequence[object] | pl.Series], schema: pl.Schema) -> pl.DataFrame:
    """A table of `schema` from column lists or series; columns that are not given are null."""
    given = [pl.Series(name, columns[name], dtype) for name, dtype in schema.items() if name in columns]
    return pl.concat([empty(schema), pl.DataFrame(given)], how="diagonal") if given else empty(schema)


def conform(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """`frame` with the columns of `schema`, in that order.

    Raises:
        TypeError: a column is missing or has another type (a defect of this project).
    """
    if frame.columns == schema.names() and frame.dtypes == schema.dtypes():
        return frame.clone()
    actual = frame.schema
    wrong = [
        f"{name}: {actual.get(name)} instead of {dtype}"
        for name, dtype in schema.items()
        if actual.get(name) != dtype
    ]
    if wrong:
        raise TypeError("table does not have its declared schema: " + "; ".join(wrong))
    return frame[schema.names()]


@cache
def _empty(schema: tuple[tuple[str, pl.DataType], ...]) -> pl.DataFrame:
    """Made once for each schema: polars takes longer for one of thirty columns than for a join."""
    return pl.DataFrame(schema=dict(schema))
