"""The calls of a batch of files, collected by columns: each record once, however many files hold it.

Records and the keys that they name are two tables until the end: a record of fifty keys is held once, and a million
calls are laid out but once. A record that says something else under the same eventID is kept beside the first one:
which of the two came first, and what that means, only all batches show (`once`).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec
import polars as pl

from analyzer.tables import CALLS
from analyzer.trail.calls.call_rows import Call, calls_of, calls_table
from analyzer.trail.calls.records import decode
from analyzer.trail.calls.usual import KEY_COLUMNS, KEY_ROWS, Usual, keys_of_usual, records_of_usual, unclear

if TYPE_CHECKING:
    from collections.abc import Sequence

_BATCH: Final = 2_000  # records held as Python values
_OWN: Final = {"record": pl.UInt32(), "file": pl.UInt32(), "shared": pl.String()}
RECORDS: Final = pl.Schema({**{name: CALLS[name] for name in CALLS if name not in KEY_COLUMNS}, **_OWN})
"""CALLS without what is a key's own, with the running number of the record, that of its file, its sharedEventID.

The sharedEventID is the least of all that records with its eventID have: some forms lack it.
"""
REPEATED: Final = pl.Schema({"record": pl.UInt32(), "file": pl.UInt32(), "of": pl.UInt32()})
"""A record that says the same as an earlier one with its eventID: its number, its file's, and that of the other."""
_COMPARED: Final = [name for name in RECORDS if name not in ("source", "form", *_OWN)]


class Collected(NamedTuple):
    """What a batch of files has of calls.

    Attributes:
        records: RECORDS, each content of an eventID once.
        keys: KEY_ROWS of these.
        repeats: REPEATED.
        numbered: how many records there were.
        unclear: usual records whose keys turned out to be hidden or cut, by the file.
    """

    records: pl.DataFrame
    keys: pl.DataFrame
    repeats: pl.DataFrame
    numbered: int
    unclear: Counter[int]


class CallCollector:
    """Takes in records, file by file. Memory grows with the distinct records: repeats are dropped now and then."""

    def __init__(self) -> None:
        self._unclear: Counter[int] = Counter()
        self._records = pl.DataFrame(schema=RECORDS)
        self._keys = pl.DataFrame(schema=KEY_ROWS)
        self._repeats: list[pl.DataFrame] = [pl.DataFrame(schema=REPEATED)]
        self._fresh: list[tuple[pl.DataFrame, pl.DataFrame]] = []
        self._count = 0
        self._usual: list[
            tuple[Usual, int, int, str, str]
        ] = []  # and its number, its file, the file's name, form
        self._rows: list[tuple[Call, int, int, str | None]] = []  # and the same of an unusual record

    def add(self, record: Usual, file: int, source: str, form: str) -> None:
        """A usual record."""
        self._usual.append((record, self._count, file, source, form))
        self._added()

    def add_rows(self, rows: Sequence[Call], shared_id: str | None, file: int) -> int:
        """Adds a record of any other shape; returns its number."""
        number = self._count
        self._rows += [(row, number, file, shared_id) for row in rows]
        self._added()
        return number

    def collected(self) -> Collected:
        """What was taken in; it is handed over, and can be taken but once."""
        self._flush()
        self._put_away()
        records, keys = self._records, self._keys
        self._records, self._keys = records.clear(), keys.clear()
        return Collected(records, keys, pl.concat(self._repeats), self._count, self._unclear)

    def _added(self) -> None:
        self._count += 1
        if len(self._usual) >= _BATCH or len(self._rows) >= _BATCH:
            self._flush()
            self._put_away_in_time()

    def _put_away_in_time(self) -> None:
        fresh = sum(len(records) for records, _ in self._fresh)
        if fresh > max(len(self._records), 5 * _BATCH):
            self._put_away()

    def _flush(self) -> None:
        if self._usual:
            records, numbers, files, sources, forms = zip(*self._usual, strict=True)
            own = _own(numbers, files, [record.shared_id for record in records])
            table = records_of_usual(records, sources, forms).hstack(own)
            keys = keys_of_usual(records, numbers)
            odd = set(unclear(keys))
            if odd:
                table, keys = (part.filter(~pl.col("record").is_in(list(odd))) for part in (table, keys))
                long = [one for one in self._usual if one[1] in odd]
                self._rows += [row for one in long for row in _long_way(*one)]
                self._unclear.update(file for _, _, file, _, _ in long)
            self._fresh.append((table.select(RECORDS.names()), keys))
        if self._rows:
            rows, numbers, files, shared = zip(*self._rows, strict=True)
            table = calls_table(rows).hstack(_own(numbers, files, shared))
            each = table.unique("record", keep="first", maintain_order=True)
            self._fresh.append((each.select(RECORDS.names()), table.select(KEY_ROWS.names()).cast(KEY_ROWS)))
        self._usual, self._rows = [], []

    def _put_away(self) -> None:
        records = pl.concat([self._records, *(records for records, _ in self._fresh)])
        keys = pl.concat([self._keys, *(keys for _, keys in self._fresh)])
        self._fresh = []
        if records["shared"].count():
            records = records.with_columns(pl.col("shared").min().over("event_id"))
        again = _said_again(records, keys)
        if not again.is_empty():
            self._repeats.append(again)
            records = records.join(again, on="record", how="anti", maintain_order="left")
            keys = keys.join(again, on="record", how="anti", maintain_order="left")
        self._records, self._keys = records, keys


def _long_way(
    record: Usual, number: int, file: int, source: str, form: str
) -> list[tuple[Call, int, int, str | None]]:
    """The rows of a record whose keys are unclear."""
    rows = calls_of(decode(msgspec.json.encode(record))[0], source, form)
    return [(row, number, file, record.shared_id) for row in rows]


def _own(numbers: Sequence[int], files: Sequence[int], shared: Sequence[str | None]) -> pl.DataFrame:
    return pl.DataFrame({"record": numbers, "file": files, "shared": shared}, schema=_OWN)


def _said_again(records: pl.DataFrame, keys: pl.DataFrame) -> pl.DataFrame:
    """REPEATED."""
    several = records.filter(pl.col("event_id").is_duplicated())
    if several.is_empty():
        return pl.DataFrame(schema=REPEATED)
    about = several.select("record", "file", "event_id").join(contents(several, keys), on="record")
    earlier = pl.col("record").min().over("event_id", "content").alias("of")
    return about.select("record", "file", earlier).filter(pl.col("record") > pl.col("of"))


def contents(records: pl.DataFrame, keys: pl.DataFrame) -> pl.DataFrame:
    """`record, content`: the content is the same number where two of `records` say the same."""
    named = (
        keys.join(records.select("record"), on="record", how="semi")
        .group_by("record")
        .agg(pl.struct(KEY_COLUMNS).hash().sort().alias("named"))
    )
    return records.join(named, on="record").select("record", content=pl.struct(*_COMPARED, "named").hash())
