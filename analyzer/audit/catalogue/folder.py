"""The catalogue's folder (`analyzer.sources.private_folder`), and the tables in it: what is read is bounded."""

from __future__ import annotations

import io
from itertools import accumulate, islice
from typing import TYPE_CHECKING, ClassVar, Final

import polars as pl

from analyzer.errors import InputError
from analyzer.sources.private_folder import MOST_BYTES, PrivateFolder
from analyzer.sources.stored_tables import counting_times, too_many
from analyzer.sources.walk import printable
from analyzer.tables import conform

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

__all__ = ["MOST_BYTES", "Folder", "parquet", "table_of"]

MOST_ROWS: Final = 8_000_000
_AT_ONCE: Final = 200  # files


class Folder(PrivateFolder):
    """The folder of a catalogue."""

    noun: ClassVar[str] = "catalogue"

    def table(self, schema: pl.Schema, *names: str, needed: Collection[str] = ()) -> pl.DataFrame:
        """The rows of a parquet file; columns that it lacks are null, others are left out.

        Args:
            schema: of the rows.
            names: where it stands.
            needed: the columns without which a row is none.

        Raises:
            InputError: it cannot be read, is too large, or holds another type; or what is needed is null.
        """
        return table_of(self.read(*names), schema, self.path(*names), needed)

    def tables(
        self, schema: pl.Schema, places: Sequence[tuple[str, ...]], needed: Collection[str] = ()
    ) -> list[pl.DataFrame]:
        """As `table`, of many files: many at once cost a third.

        Args:
            schema: of all of them.
            places: the names of each. Of what is not there the table is empty.
            needed: as for `table`.
        """
        found: list[pl.DataFrame] = []
        nothing = schema.to_frame()
        every = self.read_each(places)
        for start in range(0, len(places), _AT_ONCE):
            few = places[start : start + _AT_ONCE]
            some = [
                (place, data)
                for place, data in zip(few, islice(every, len(few)), strict=True)
                if data is not None
            ]
            tables = _tables_of([data for _, data in some], schema, needed) or [
                table_of(data, schema, self.path(*place), needed) for place, data in some
            ]
            of_places = dict(zip([place for place, _ in some], tables, strict=True))
            found += [of_places.get(place, nothing) for place in few]
        return found


def table_of(data: bytes, schema: pl.Schema, path: Path, needed: Collection[str] = ()) -> pl.DataFrame:
    """The rows of the bytes of a parquet file; columns that it lacks are null, others are left out.

    Args:
        data: the bytes.
        schema: of the table.
        path: of the file, for an error.
        needed: the columns without which a row is none.

    Raises:
        InputError: it is too large, no parquet file, or holds another type; or what is needed is null.
    """
    try:
        claimed = pl.scan_parquet(io.BytesIO(data)).select(pl.len()).collect().item()
        if claimed > MOST_ROWS or too_many(claimed, len(data)):
            raise InputError(printable(path), f"has {claimed:,} rows, which are too many")
        held = pl.read_parquet_schema(io.BytesIO(data))
        known = [name for name in schema.names() if name in held]
        frame = pl.read_parquet(io.BytesIO(data), columns=known, use_statistics=False)
        lacking = [pl.lit(None, dtype).alias(name) for name, dtype in schema.items() if name not in held]
        rows = counting_times(conform(frame.with_columns(lacking), schema))
        if any(rows[name].has_nulls() for name in needed):
            raise ValueError("a row that lacks what each has")
        return rows
    except (pl.exceptions.PolarsError, OSError, TypeError, ValueError) as error:
        raise InputError(printable(path), "is no table of this catalogue, or a damaged one") from error


def _tables_of(
    files: Sequence[bytes], schema: pl.Schema, needed: Collection[str]
) -> list[pl.DataFrame] | None:
    """As `table_of`, of many; None: one of them cannot be read, or they are too large, so each is looked at alone."""
    if not files:
        return None
    try:
        counts = pl.collect_all([pl.scan_parquet(io.BytesIO(data)).select(pl.len()) for data in files])
        lengths = [count.item() for count in counts]
        sizes = map(len, files)
        if sum(lengths) > MOST_ROWS or any(map(too_many, lengths, sizes)):
            return None
        every = pl.scan_parquet(
            list(files),
            schema=schema,
            missing_columns="insert",
            extra_columns="ignore",
            use_statistics=False,
        )
        table = counting_times(conform(every.collect(), schema))
    except (pl.exceptions.PolarsError, OSError, TypeError, ValueError):
        return None
    if table.height != sum(lengths) or any(table[name].has_nulls() for name in needed):
        return None
    ends = accumulate(lengths)
    return [table.slice(end - length, length) for end, length in zip(ends, lengths, strict=True)]


def parquet(frame: pl.DataFrame) -> bytes:
    """The bytes of a parquet file; the same for the same rows."""
    stream = io.BytesIO()
    frame.rechunk().write_parquet(stream, compression="zstd", compression_level=3, statistics=True)
    return stream.getvalue()
