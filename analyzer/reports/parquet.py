"""Errors of files while Parquet is written: polars tells them as its own, with the system's number in the text."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator

_NUMBER: Final = re.compile(r"IO error: .*\(os error (\d+)\)")


@contextmanager
def parquet_errors() -> Iterator[None]:
    """Raises what polars tells of the file as the OSError that it was."""
    try:
        yield
    except pl.exceptions.PolarsError as error:
        told = _NUMBER.search(str(error))
        if told is None:
            raise
        raise OSError(int(told[1]), os.strerror(int(told[1]))) from error
