"""Files below the catalogue: opened without following a link, written whole or not at all, for their owner alone.

Somebody else may have put the folder there. So what is read is bounded, and each name on the way is looked at: a link
anywhere below the catalogue, or the catalogue itself as a link, is refused by name.
"""

from __future__ import annotations

import io
import os
import shutil
import stat
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, BinaryIO, Final

import polars as pl

from analyzer.errors import InputError
from analyzer.sources.walk import printable
from analyzer.tables import conform

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

MOST_BYTES: Final = 1 << 30
MOST_ROWS: Final = 8_000_000
_AT_ONCE: Final = 200  # files
_PRIVATE: Final = 0o600
_PRIVATE_FOLDER: Final = 0o700
_NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_LINK: Final = "is a link, and nothing in a catalogue may be one"
_NEW: Final = ".new"  # at the end of the name of what is not written to its end


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that may be hostile. All paths are given as the names from it on, which the caller has checked.

    Attributes:
        root: where it is.
    """

    root: Path

    def path(self, *names: str) -> Path:
        """The path of a file or folder in it, of which no part is a link.

        Raises:
            InputError: one is.
        """
        path = self.root
        for name in ("", *names):
            path = path / name if name else path
            if path.is_symlink():
                raise InputError(printable(path), _LINK)
        return path

    def made(self, *names: str) -> Path:
        """The same of a folder, which is made if it is not there.

        Raises:
            InputError: a part is a link, or no folder, or it cannot be made.
        """
        path = self.root
        for name in ("", *names):
            path = path / name if name else path
            try:
                path.mkdir(_PRIVATE_FOLDER, parents=not name)
            except FileExistsError as error:
                if path.is_symlink():
                    raise InputError(printable(path), _LINK) from error
                if not path.is_dir():
                    raise InputError(printable(path), "is no folder") from error
            except OSError as error:
                raise InputError(printable(path), _reason(error)) from error
        return path

    def has(self, *names: str) -> bool:
        """Whether there is such a file or folder."""
        return self.path(*names).exists()

    def read(self, *names: str, most: int = MOST_BYTES) -> bytes:
        """The bytes of a file.

        Raises:
            InputError: it is missing, no regular file, or larger than `most`.
        """
        path = self.path(*names)
        try:
            with self._opened(path) as file:
                data = file.read(most + 1)
        except OSError as error:
            raise InputError(printable(path), _reason(error)) from error
        if len(data) > most:
            raise InputError(printable(path), f"is larger than {most:,} bytes")
        return data

    def table(self, schema: pl.Schema, *names: str) -> pl.DataFrame:
        """The rows of a parquet file; columns that it lacks are null, others are left out.

        Raises:
            InputError: it cannot be read, is too large, or holds another type.
        """
        return table_of(self.read(*names), schema, self.path(*names))

    def tables(self, schema: pl.Schema, places: Sequence[tuple[str, ...]]) -> list[pl.DataFrame]:
        """As `table`, of many files: many at once cost a third.

        Args:
            schema: of all of them.
            places: the names of each. Of what is not there the table is empty.
        """
        found: list[pl.DataFrame] = []
        for start in range(0, len(places), _AT_ONCE):
            some = [
                (place, self.read(*place)) for place in places[start : start + _AT_ONCE] if self.has(*place)
            ]
            tables = _tables_of([data for _, data in some], schema) or [
                table_of(data, schema, self.path(*place)) for place, data in some
            ]
            of_places = dict(zip([place for place, _ in some], tables, strict=True))
            found += [of_places.get(place, schema.to_frame()) for place in places[start : start + _AT_ONCE]]
        return found

    def write(self, data: bytes, *names: str, lasting: bool = True) -> None:
        """Puts a file in its place, at once; its folder is made.

        Args:
            data: its bytes.
            names: where.
            lasting: whether it must outlast the machine, and not only this process: what can be made again need not.

        Raises:
            InputError: it cannot be written.
        """
        folder = self.made(*names[:-1])
        path, new = folder / names[-1], folder / f"{names[-1]}{_NEW}"
        try:
            new.unlink(missing_ok=True)
            number = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK, _PRIVATE)
            with os.fdopen(number, "wb") as file:
                file.write(data)
                if lasting:
                    file.flush()
                    os.fsync(file.fileno())
            new.replace(path)
        except OSError as error:
            raise InputError(printable(path), f"cannot be written: {_reason(error)}") from error

    def move(self, old: tuple[str, ...], new: tuple[str, ...]) -> None:
        """Puts a folder that is complete in its place."""
        self.made(*new[:-1])
        self.path(*old).replace(self.path(*new))

    def remove(self, *names: str) -> None:
        """Removes a file or a folder, if it is there; of a link the link."""
        path = self.path(*names[:-1]) / names[-1] if names else self.path()
        try:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        except OSError as error:
            raise InputError(printable(path), f"cannot be removed: {_reason(error)}") from error

    def remove_if_empty(self, *names: str) -> None:
        """Removes a folder in which nothing is left, and those above it (not the catalogue)."""
        for end in range(len(names), 0, -1):
            try:
                self.path(*names[:end]).rmdir()
            except OSError:
                return

    def names(self, *names: str) -> Iterator[str]:
        """What stands in a folder, sorted; nothing where there is none."""
        path = self.path(*names)
        try:
            yield from sorted(os.listdir(path))  # noqa: PTH208 - names, not paths
        except OSError:
            return

    def _opened(self, path: Path) -> BinaryIO:
        number = os.open(path, os.O_RDONLY | _NO_LINK | getattr(os, "O_NONBLOCK", 0))
        if not stat.S_ISREG(os.fstat(number).st_mode):
            os.close(number)
            raise InputError(printable(path), "is no regular file")
        return os.fdopen(number, "rb")


def table_of(data: bytes, schema: pl.Schema, path: Path) -> pl.DataFrame:
    """The rows of the bytes of a parquet file; columns that it lacks are null, others are left out.

    Args:
        data: the bytes.
        schema: of the table.
        path: of the file, for an error.

    Raises:
        InputError: it is too large, no parquet file, or holds another type.
    """
    try:
        rows = pl.scan_parquet(io.BytesIO(data)).select(pl.len()).collect().item()
        if rows > MOST_ROWS:
            raise InputError(printable(path), f"has more than {MOST_ROWS:,} rows")
        held = pl.read_parquet_schema(io.BytesIO(data))
        known = [name for name in schema.names() if name in held]
        frame = pl.read_parquet(io.BytesIO(data), columns=known, use_statistics=False)
        lacking = [pl.lit(None, dtype).alias(name) for name, dtype in schema.items() if name not in held]
        return conform(frame.with_columns(lacking), schema)
    except (pl.exceptions.PolarsError, OSError, TypeError, ValueError) as error:
        raise InputError(printable(path), "is no table of this catalogue, or a damaged one") from error


def _tables_of(files: Sequence[bytes], schema: pl.Schema) -> list[pl.DataFrame] | None:
    """As `table_of`, of many; None: one of them cannot be read, or they are too large, so each is looked at alone."""
    if not files:
        return None
    try:
        counts = pl.collect_all([pl.scan_parquet(io.BytesIO(data)).select(pl.len()) for data in files])
        lengths = [count.item() for count in counts]
        if sum(lengths) > MOST_ROWS:
            return None
        every = pl.scan_parquet(
            list(files),
            schema=schema,
            missing_columns="insert",
            extra_columns="ignore",
            use_statistics=False,
        )
        table = conform(every.collect(), schema)
    except (pl.exceptions.PolarsError, OSError, TypeError, ValueError):
        return None
    if table.height != sum(lengths):
        return None
    ends = accumulate(lengths)
    return [table.slice(end - length, length) for end, length in zip(ends, lengths, strict=True)]


def parquet(frame: pl.DataFrame) -> bytes:
    """The bytes of a parquet file; the same for the same rows."""
    stream = io.BytesIO()
    frame.rechunk().write_parquet(stream, compression="zstd", compression_level=3, statistics=True)
    return stream.getvalue()


def _reason(error: OSError) -> str:
    return (error.strerror or "cannot be read").lower()
