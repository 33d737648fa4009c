"""Errors of a file while polars writes Parquet to it: polars raises its own, which do not always tell what it was."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, cast

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def parquet_file(file: BinaryIO) -> Iterator[BinaryIO]:
    """`file` for polars to write to; an error of the file is raised as it was.

    Raises:
        OSError: it cannot be written.
    """
    kept = _Kept(file)
    try:
        yield cast("BinaryIO", kept)
    except pl.exceptions.PolarsError:
        if kept.error is not None:
            raise kept.error from None
        raise


class _Kept:
    """Passes on what is written, and keeps the error."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:
        try:
            return self._file.write(data)
        except OSError as error:
            self.error = error
            raise

    def flush(self) -> None:
        """Nothing: the file is flushed when it is whole."""
