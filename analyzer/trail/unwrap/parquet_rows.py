"""The rows of a Parquet file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

_ROWS: Final = 5_000  # held as Python objects at a time


def parquet_rows(table: pl.LazyFrame, most: int) -> Iterator[dict[str, object]]:
    """Each row by the names of its columns.

    Raises:
        ValueError: there are more than `most`.
        pl.exceptions.PolarsError: the data is damaged.
    """
    import polars as pl

    count = table.select(pl.len()).collect().item()
    if count > most:
        raise ValueError("more rows than bytes")
    for start in range(0, count, _ROWS):
        yield from table.slice(start, _ROWS).collect().iter_rows(named=True)
