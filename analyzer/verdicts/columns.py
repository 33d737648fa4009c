"""What the declarations of tables in `verdicts/` share: types of columns, and how a table gets its declared columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.tables import conform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Stage = Callable[[str, pl.DataFrame], pl.DataFrame]
    """Returns the table; writes it under its name first, if `LOSTWRITE_DEBUG` asks for that."""

NUMBER: Final = pl.UInt32()
"""A row's number, as polars counts rows."""

COUNT: Final = pl.Int64()
"""How many of something there are, or an index of a row."""

BATCH: Final = 50
"""Keys of one UpdateKeys at most (CloudFront's quota): an operation of more makes several calls.

Source: docs/facts/sst-output.md#42-calls-per-operation.
"""


def columns_beside_write(schema: pl.Schema) -> dict[str, pl.DataType]:
    """The columns of a table that is joined by its `write`."""
    return {name: dtype for name, dtype in schema.items() if name != "write"}


def beside(table: pl.DataFrame, parts: Iterable[pl.DataFrame], on: str = "write") -> pl.DataFrame:
    """`table` with the columns of `parts`, each of which has at most one row for a `write`; null where it has none.

    A part without rows is not joined: of a small deploy, most have none.

    Args:
        table: its rows stay in their order.
        parts: each with `write`.
        on: the column of `table` that is the `write`.
    """
    lacking: dict[str, pl.Expr] = {}
    for part in parts:
        if part.is_empty():
            columns = columns_beside_write(part.schema)
            lacking |= {name: pl.lit(None, dtype=dtype) for name, dtype in columns.items()}
        else:
            table = table.join(part, left_on=on, right_on="write", how="left", maintain_order="left")
    return table.with_columns(**lacking) if lacking else table


def widened(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """`frame` with the columns of `schema`, in that order; those that it lacks are null.

    Raises:
        TypeError: a column has another type (a defect of this project).
    """
    lacking = [
        pl.lit(None, dtype=dtype).alias(name) for name, dtype in schema.items() if name not in frame.columns
    ]
    return conform(frame.with_columns(lacking), schema)
