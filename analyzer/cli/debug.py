"""`LOSTWRITE_DEBUG`, for whoever develops or must explain: `1` shows where a defect is, `tables:DIR` keeps tables.

The tables hold what the inputs hold, values of keys too, and nothing is redacted: so they are for their owner only.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from analyzer.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

_NAME: Final = "LOSTWRITE_DEBUG"
_TABLES: Final = "tables:"


def wants_traceback() -> bool:
    """Whether a defect is to be shown with its traceback."""
    return os.environ.get(_NAME) == "1"


def table_keeper() -> Callable[[str, pl.DataFrame], None] | None:
    """What writes a table as `DIR/NAME.parquet`, in place of one that is there; None where nobody asked for it.

    The folder is made, for its owner only, where there is none.

    Raises:
        UsageError: there can be no such folder; or, later, a table cannot be written into it.
    """
    word = os.environ.get(_NAME, "")
    if not word.startswith(_TABLES):
        return None
    named = word.removeprefix(_TABLES)
    if not named:
        raise UsageError(f"{_NAME}={word}: names no folder")
    folder = Path(named)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _refused(folder, error) from error

    def keep(name: str, table: pl.DataFrame) -> None:
        try:
            _replace(folder / f"{name}.parquet", table)
        except OSError as error:
            raise _refused(folder, error) from error

    return keep


def _replace(path: Path, table: pl.DataFrame) -> None:
    """Writes `table` to a file of its owner alone, which then takes the place of whatever is there, or of a link."""
    import tempfile

    from analyzer.reports.parquet import parquet_file

    number, beside = tempfile.mkstemp(dir=path.parent, prefix=".lostwrite-", suffix=".tmp")
    try:
        with os.fdopen(number, "wb") as file, parquet_file(file) as target:
            table.write_parquet(target)
        Path(beside).replace(path)
    finally:
        Path(beside).unlink(missing_ok=True)


def _refused(folder: Path, error: OSError) -> UsageError:
    return UsageError(f"{_NAME}: {folder}: cannot be written: {(error.strerror or str(error)).lower()}")
