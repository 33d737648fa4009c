"""Parts on disk: `events`, `deploys` and `inputs` as Parquet in a folder of their own, redacted, for the owner alone.

What is read back may be damaged, or somebody else's: it is checked, and nothing in it is ever run.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import msgspec
import polars as pl

from analyzer.errors import InputError
from analyzer.logs.deploys import LOG_DEPLOYS
from analyzer.logs.part import LogPart
from analyzer.logs.part_redaction import redacted_part
from analyzer.sources.stored_tables import counting_times, too_many
from analyzer.tables import EVENTS, INPUTS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_SCHEMAS: Final = {"events": EVENTS, "deploys": LOG_DEPLOYS, "inputs": INPUTS}
_MOST_ROWS: Final = 50_000_000
"""Of a table: a batch has far fewer, and a few bytes may claim any number."""


def store_part(part: LogPart, folder: Path) -> None:
    """Writes a part, redacted, to a new folder that only its owner may enter.

    Raises:
        OSError: it is there already, or cannot be written.
    """
    write_part(redacted_part(part), folder)


def write_part(clean: LogPart, folder: Path) -> None:
    """As `store_part`, of a part that is redacted: parts that were stored, put together.

    Raises:
        OSError: it is there already, or cannot be written.
    """
    folder.mkdir(mode=0o700)
    for name, table in (("events", clean.events), ("deploys", clean.deploys), ("inputs", clean.inputs)):
        handle = os.open(_file(folder, name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            table.write_parquet(file, compression="zstd")


def load_part(folder: Path, deploys: Sequence[str] | None = None) -> LogPart:
    """The part in a folder; only the rows of some deploys, and of their sources, where these are given.

    Args:
        folder: that `store_part` made.
        deploys: ids of `LogPart.deploys`; None: all, and the inputs that gave none.

    Raises:
        InputError: a file is missing, damaged, or no part's.
    """
    chosen = None if deploys is None else pl.Series("id", deploys, pl.String)
    of_deploys = _read(folder, "deploys", "id", chosen)
    events = _read(folder, "events", "deploy", chosen)
    sources = None if chosen is None else of_deploys["sources"].explode().unique()
    inputs = _read(folder, "inputs", "source", sources)
    part = LogPart(events, of_deploys, inputs)
    if not _is_sound(part):
        raise InputError(
            str(folder), "not a part of deploy logs as the program writes it: its tables contradict"
        )
    return part


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.parquet"


def _read(folder: Path, name: str, by: str, chosen: pl.Series | None) -> pl.DataFrame:
    path = _file(folder, name)
    try:
        with path.open("rb") as file:
            lazy = pl.scan_parquet(file, glob=False, hive_partitioning=False)
            if lazy.collect_schema() != _SCHEMAS[name]:
                raise InputError(str(path), "not a table of deploy logs as this version writes it")
            claimed = lazy.select(pl.len()).collect().item()
            if claimed > _MOST_ROWS or too_many(claimed, path.stat().st_size):
                raise InputError(str(path), f"{claimed:,} rows, which are too many")
            rows = lazy if chosen is None else lazy.filter(pl.col(by).is_in(chosen.implode()))
            return counting_times(rows.collect())
    except OSError as error:
        raise InputError(str(path), (error.strerror or "cannot be read").lower()) from error
    except (
        pl.exceptions.PolarsError,
        pl.exceptions.PanicException,
        MemoryError,
        OverflowError,
        ValueError,
    ) as error:
        raise InputError(str(path), "damaged: it is no whole table of deploy logs") from error


def _is_sound(part: LogPart) -> bool:
    """Whether the tables fit each other, and every state is JSON, as all who read them rely on."""
    ids, sources = part.deploys["id"], part.deploys["sources"]
    if (
        ids.has_nulls()
        or ids.is_duplicated().any()
        or not (sources.list.len() == 1).fill_null(value=False).all()
    ):
        return False
    if not part.events["deploy"].is_in(ids.implode()).fill_null(value=False).all():
        return False
    texts = (part.events[name].drop_nulls() for name in ("new", "old"))
    return all(_is_state(text) for column in texts for text in column)


def _is_state(text: str) -> bool:
    try:
        return isinstance(msgspec.json.decode(text), dict)
    except (ValueError, RecursionError):
        return False
