"""A part of a trail on disk: Parquet of its records and keys, ordered by store, and JSON of its facts; redacted.

A folder with `records.parquet`, `keys.parquet`, `repeats.parquet` and `facts.json`, which `store_part` makes (0600).
Reading it executes nothing; what is damaged or foreign raises InputError.
"""

from __future__ import annotations

import io
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.errors import InputError
from analyzer.sources.limits import IN_MEMORY
from analyzer.sources.stored_tables import counting_times, too_many
from analyzer.trail.calls.call_collector import RECORDS, REPEATED
from analyzer.trail.calls.usual import KEY_ROWS
from analyzer.trail.facts import decoded, encoded, summary
from analyzer.trail.redacted_part import redacted_part
from analyzer.trail.together import Stretch, cut, facts_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from analyzer.trail.part import TrailPart

_RECORDS: Final = "records.parquet"
_KEYS: Final = "keys.parquet"
_REPEATS: Final = "repeats.parquet"
_FACTS: Final = "facts.json"
_STORED_KEYS: Final = pl.Schema({"store": pl.String(), **KEY_ROWS, "effect": pl.String()})
_SCHEMAS: Final = {_RECORDS: RECORDS, _KEYS: _STORED_KEYS, _REPEATS: REPEATED}
_NEEDED: Final = ("record", "file", "event_id", "at", "api", "source", "form")
_GROUP: Final = 20_000  # rows that are read, or passed over, together
_ROWS_PER_BYTE: Final = 64  # numbers in a row take less than a bit


def store_part(part: TrailPart, folder: Path) -> None:
    """Writes the part into `folder`, which is made. It is not atomic: rename the folder when this returns.

    Credentials are redacted, see `redacted_part`.

    Raises:
        OSError: it cannot be written, or is there.
    """
    write_part(redacted_part(part), folder)


def write_part(clean: TrailPart, folder: Path) -> None:
    """As `store_part`, of a part that is redacted: parts that were stored, put together.

    Raises:
        OSError: it cannot be written, or is there.
    """
    records = clean.records.sort("store", "record")
    stores = records.select("record", "store").with_row_index("place")
    keys = (
        clean.keys.join(stores, on="record", maintain_order="left")
        .sort("place", maintain_order=True)
        .select(_STORED_KEYS.names())
        .cast(_STORED_KEYS)
    )
    folder.mkdir(mode=0o700, parents=True)
    for name, table in ((_RECORDS, records), (_KEYS, keys), (_REPEATS, clean.repeats.sort("record"))):
        packed = io.BytesIO()
        table.write_parquet(packed, compression="zstd", row_group_size=_GROUP)
        _write(folder / name, packed.getvalue())
    _write(folder / _FACTS, clean.facts)


def load_part(folder: Path, stretch: Stretch | None = None) -> StoredPart:
    """The part in `folder`, of which only what is asked for is read: a few stores cost little.

    Args:
        folder: that `store_part` made.
        stretch: the part of it that is meant; None: all.

    Raises:
        InputError: it is damaged, or no part of a trail. So do the methods of the part.
    """
    part = StoredPart(folder)
    with _damage(folder):
        known = summary(part.facts)
        if stretch not in (None, Stretch(0, known.records, 0, known.file_count)):
            part = StoredPart(folder, stretch)
        for name in _SCHEMAS:
            part.require(name)
    return part


@dataclass(frozen=True, slots=True)
class StoredPart:
    """A `part.Part` on disk. It pickles as its folder."""

    folder: Path
    stretch: Stretch | None = None

    @property
    def facts(self) -> bytes:
        """See `TrailPart.facts`."""
        data = self._facts()
        with _damage(self.folder):
            return data if self.stretch is None else encoded(facts_of(decoded(data), self.stretch))

    def _facts(self) -> bytes:
        path = self.folder / _FACTS
        with _damage(self.folder), path.open("rb") as file:
            data = file.read(IN_MEMORY + 1)
        if len(data) > IN_MEMORY:
            raise InputError(str(path), "too large")
        return data

    def narrow(self, *columns: pl.Expr) -> pl.DataFrame:
        """Some columns of all records."""
        with _damage(self.folder):
            return counting_times(self._table(_RECORDS).select(columns).collect())

    def chosen(self, rows: pl.Expr | None) -> tuple[pl.DataFrame, pl.DataFrame]:
        """RECORDS of the rows for which `rows` holds (None: of all), and the KEY_ROWS of these."""
        with _damage(self.folder):
            wanted = pl.lit(value=True) if rows is None else rows
            found = counting_times(self._table(_RECORDS).filter(wanted).collect())
            records = found.sort("record", maintain_order=True)
            if any(records[name].null_count() for name in _NEEDED):
                raise ValueError("a record lacks what each has")
            stores = records["store"].unique()
            of_stores = pl.col("store").is_in(stores.drop_nulls().implode()).fill_null(value=False)
            if stores.null_count():
                of_stores |= pl.col("store").is_null()
            keys = self._table(_KEYS).filter(of_stores).select(KEY_ROWS.names()).collect().cast(KEY_ROWS)
        keys = keys.join(records.select("record"), on="record", how="semi", maintain_order="left")
        return records, keys.sort("record", maintain_order=True)

    def repeated(self) -> pl.DataFrame:
        """REPEATED."""
        with _damage(self.folder):
            return counting_times(self._table(_REPEATS).collect())

    def require(self, name: str) -> None:
        """Requires a table to be what it should be, as far as its last bytes tell.

        Raises:
            ValueError: it is something else.
        """
        table, size = self._scanned(name), (self.folder / name).stat().st_size
        if table.collect_schema() != _SCHEMAS[name]:
            raise ValueError("it has other columns")
        claimed = table.select(pl.len()).collect().item()
        if claimed > size * _ROWS_PER_BYTE or (name != _REPEATS and too_many(claimed, size)):
            raise ValueError("more rows than there can be")

    def _table(self, name: str) -> pl.LazyFrame:
        table = self._scanned(name)
        return table if self.stretch is None else cut(table, _SCHEMAS[name], self.stretch)

    def _scanned(self, name: str) -> pl.LazyFrame:
        path = self.folder / name
        if not path.is_file():
            raise ValueError(f"{name} is missing")
        return pl.scan_parquet(path, glob=False, hive_partitioning=False)


@contextmanager
def _damage(folder: Path) -> Iterator[None]:
    """Raises what is wrong with a part as an error of this project."""
    try:
        yield
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError, RecursionError):
        raise InputError(str(folder), "damaged, or no stored part of a trail") from None


def _write(path: Path, data: bytes) -> None:
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(number, "wb") as file:
        file.write(data)
