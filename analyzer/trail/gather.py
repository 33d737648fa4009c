"""The calls of many files, gathered by columns: each record once, however many files hold it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.tables import CALLS
from analyzer.trail.calls import Call, calls_table
from analyzer.trail.usual import Usual, calls_of_usual

if TYPE_CHECKING:
    from collections.abc import Sequence

_BATCH: Final = 5_000  # records held as Python values
_PLACE: Final = {"record": pl.UInt32(), "file": pl.UInt32(), "shared": pl.String()}
GATHERED: Final = pl.Schema({**CALLS, **_PLACE})
"""CALLS, with the running number of the record, the number of its file, and its sharedEventID."""
_SAID: Final = [name for name in CALLS if name not in ("source", "form")]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A record that an earlier file, or the same one, had before.

    Attributes:
        file: the number of its file.
        differs: its eventID is the earlier one's, but it says something else.
        event_id: its own.
        first: the file that had the record first.
    """

    file: int
    differs: bool
    event_id: str
    first: str


class Gatherer:
    """Takes in records, file by file. Memory grows with the distinct records: repeated ones are put away in time.

    Args:
        keep_all: for a part of the files: repeated records stay, for only the whole tells which were first.
    """

    def __init__(self, *, keep_all: bool = False) -> None:
        self._keep_all = keep_all
        self.repeats: list[Repeat] = []
        self._table = pl.DataFrame(schema=GATHERED)
        self._fresh: list[pl.DataFrame] = []
        self._records = 0
        self._usual: list[
            tuple[Usual, int, int, str, str]
        ] = []  # and its number, its file, the file's name, form
        self._rows: list[tuple[Call, int, int, str | None]] = []  # and the same of an unusual record

    def add(self, record: Usual, file: int, source: str, form: str) -> None:
        """A usual record."""
        self._usual.append((record, self._records, file, source, form))
        self._count()

    def add_rows(self, rows: Sequence[Call], shared_id: str | None, file: int) -> int:
        """A record of any other shape; gives its number."""
        number = self._records
        self._rows += [(row, number, file, shared_id) for row in rows]
        self._count()
        return number

    def all(self) -> tuple[pl.DataFrame, int]:
        """GATHERED of all records, and how many they are: for `add_part` of another."""
        self._flush()
        return pl.concat([self._table, *self._fresh]), self._records

    def add_part(self, table: pl.DataFrame, records: int, files: int) -> int:
        """What `all` gave for the next files, of which `files` came before; gives the number of its first record."""
        self._flush()
        first = self._records
        moved = (pl.col("record") + first).cast(pl.UInt32), (pl.col("file") + files).cast(pl.UInt32)
        self._fresh.append(table.with_columns(*moved))
        self._records += records
        self._put_away_in_time()
        return first

    def once(self) -> pl.DataFrame:
        """GATHERED: of records with one eventID, or one sharedEventID, the first; the others go to `repeats`."""
        self._flush()
        self._put_away()
        return self._table

    def _count(self) -> None:
        self._records += 1
        if len(self._usual) >= _BATCH or len(self._rows) >= _BATCH:
            self._flush()
            self._put_away_in_time()

    def _put_away_in_time(self) -> None:
        if not self._keep_all and sum(map(len, self._fresh)) > max(len(self._table), 5 * _BATCH):
            self._put_away()

    def _flush(self) -> None:
        if self._usual:
            records, numbers, files, sources, forms = zip(*self._usual, strict=True)
            calls, places = calls_of_usual(records, sources, forms)
            about = {"record": numbers, "file": files, "shared": [record.shared_id for record in records]}
            self._fresh.append(calls.hstack(pl.DataFrame(about, schema=_PLACE)[places]))
        if self._rows:
            rows, numbers, files, shared = zip(*self._rows, strict=True)
            about = {"record": numbers, "file": files, "shared": shared}
            self._fresh.append(calls_table(rows).hstack(pl.DataFrame(about, schema=_PLACE)))
        self._usual, self._rows = [], []

    def _put_away(self) -> None:
        gathered = pl.concat([self._table, *self._fresh])
        self._fresh = []
        about = _firsts(gathered)
        repeated = about.filter(pl.col("record") > pl.col("first"))
        if repeated.is_empty():
            self._table = gathered
            return
        self.repeats += _repeats(gathered, repeated)
        self._table = gathered.filter(about["record"] == about["first"])


def _firsts(gathered: pl.DataFrame) -> pl.DataFrame:
    """`record, file, event_id`, and the first record with the eventID (`same`), or with the sharedEventID too."""
    by_id = pl.col("record").min().over("event_id")
    about = gathered.select("record", "file", "event_id", "shared", same=by_id, first=by_id)
    if about["shared"].count() == 0:
        return about.drop("shared")
    by_shared = pl.min_horizontal("first", pl.col("record").min().over("shared"))
    first = pl.when(pl.col("shared").is_null()).then("first").otherwise(by_shared)
    return about.with_columns(first=first).drop("shared")


def _repeats(gathered: pl.DataFrame, repeated: pl.DataFrame) -> list[Repeat]:
    """Told of each repeated record: whether it says the same as the first one."""
    about = repeated.unique().sort("record")
    involved = pl.concat([about["record"], about["same"], about["first"]]).unique()
    rows = gathered.filter(pl.col("record").is_in(involved.implode()))
    said = rows.group_by("record").agg(pl.struct(_SAID).hash().sort().alias("said"), pl.col("source").first())
    told = (
        about.join(said.select("record", "said"), on="record")
        .join(said.select(same="record", original="said"), on="same")
        .join(said.select(first="record", source="source"), on="first")
        .sort("record")
    )
    differs = (pl.col("said") != pl.col("original")).alias("differs")
    return [Repeat(*row) for row in told.select("file", differs, "event_id", "source").rows()]
