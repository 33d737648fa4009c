"""The calls of many files, collected by columns: each record once, however many files hold it.

Records and the keys that they name are two tables until the end: a record of fifty keys is held once, and a million
calls are laid out but once.

A record that comes again says the same as a rule. If it says something else, one of the two is not what CloudTrail
wrote, and nothing shows which: where they contradict each other, the call proves nothing any more. Its outcome is
unknown, and it may have named other keys.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec
import polars as pl

from analyzer.tables import CALLS
from analyzer.trail.calls.call_rows import Call, calls_of, calls_table
from analyzer.trail.calls.records import decode
from analyzer.trail.calls.same_calls import named_by, same_calls
from analyzer.trail.calls.usual import KEY_COLUMNS, KEY_ROWS, Usual, keys_of_usual, records_of_usual, unclear

if TYPE_CHECKING:
    from collections.abc import Sequence

_BATCH: Final = 2_000  # records held as Python values
_OWN: Final = {"record": pl.UInt32(), "file": pl.UInt32(), "shared": pl.String()}
RECORDS: Final = pl.Schema({**{name: CALLS[name] for name in CALLS if name not in KEY_COLUMNS}, **_OWN})
"""CALLS without what is a key's own, with the running number of the record, that of its file, its sharedEventID."""
_COMPARED: Final = [name for name in RECORDS if name not in ("source", "form", *_OWN)]
_DECISIVE: Final = ("store", "api", "ok", "if_match", "etag")  # what a form may lack, but not alter
CONTRADICTED: Final = "two records with its eventID contradict each other"
_ORDER: Final = ("store", "at", "event_id")
_PLACE: Final = "place"


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


class CallCollector:
    """Takes in records, file by file. Memory grows with the distinct records: repeats are dropped now and then."""

    def __init__(self) -> None:
        self.repeats: list[Repeat] = []
        self.unclear: Counter[int] = (
            Counter()
        )  # usual records whose keys turned out to be hidden or cut, by the file
        self._records = pl.DataFrame(schema=RECORDS)
        self._keys = pl.DataFrame(schema=KEY_ROWS)
        self._contradicted: set[int] = set()
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

    def once(self, apart: Sequence[int] = ()) -> tuple[pl.DataFrame, list[int]]:
        """CALLS of the records, in order; of those with one eventID, or one sharedEventID, the first.

        So too of those with several eventIDs that are of one call (`same_calls`). The others go to `repeats`. Records
        that are `apart` are left out: those of them that are the first of their eventID are named, by their numbers.
        What was collected is handed over: it can be taken but once.
        """
        self._flush()
        self._put_away()
        records, keys = self._records, self._keys
        self._records, self._keys = records.clear(), keys.clear()
        named: list[int] = []
        if apart:
            is_apart = pl.col("record").is_in(list(apart))
            named = records.filter(is_apart)["record"].sort().to_list()
            records = records.filter(~is_apart)
        if self._contradicted:
            records, keys = _without_proof(records, keys, self._contradicted)
        copies = same_calls(records, keys)
        if not copies.is_empty():
            self.repeats += [Repeat(*row) for row in copies.select(pl.exclude("record")).iter_rows()]
            records = records.join(copies, on="record", how="anti")
            keys = keys.join(copies, on="record", how="anti")
        records = records.sort(*_ORDER, "record", nulls_last=True)
        places = records.select("record").with_row_index("place")
        keys = keys.join(places, on="record").drop("record").sort("place", "key", "effect", nulls_last=True)
        return _laid_out(records.drop(_OWN), keys), named

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
                self.unclear.update(file for _, _, file, _, _ in long)
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
        about = _firsts(records)
        repeated = about.filter(pl.col("record") > pl.col("first"))
        if not repeated.is_empty():
            self.repeats += _repeats(records, keys, repeated)
            self._contradicted |= _contradicted(records, keys, repeated)
            records = records.filter(about["record"] == about["first"])
            keys = keys.join(repeated.select("record"), on="record", how="anti")
        self._records, self._keys = records, keys


def _long_way(
    record: Usual, number: int, file: int, source: str, form: str
) -> list[tuple[Call, int, int, str | None]]:
    """The rows of a record whose keys are unclear."""
    rows = calls_of(decode(msgspec.json.encode(record))[0], source, form)
    return [(row, number, file, record.shared_id) for row in rows]


def _contradicted(records: pl.DataFrame, keys: pl.DataFrame, repeated: pl.DataFrame) -> set[int]:
    """The first records whose repeats do not only lack something, but say something else.

    A value that one of the two does not have is no contradiction; nor is another set of keys, where one of the two has
    lost some. Times are not compared where a form has another one in the place of eventTime.
    """
    pairs = repeated.filter(pl.col("record") != pl.col("same")).select("record", "same", "first")
    involved = pl.concat([pairs["record"], pairs["same"]]).unique().to_frame("record")
    named = named_by(keys.join(involved, on="record", how="semi"))
    said = records.select("record", "at", *_DECISIVE, "degraded").join(named, on="record")
    both = pairs.join(said, on="record").join(said, left_on="same", right_on="record", suffix="_first")
    other = pl.any_horizontal(
        (pl.col(name) != pl.col(f"{name}_first")).fill_null(value=False) for name in _DECISIVE
    )
    whole = pl.col("degraded").is_null() & pl.col("degraded_first").is_null()
    keyed = (pl.col("named") != pl.col("named_first")) & (whole | ~(pl.col("open") | pl.col("open_first")))
    moved = (pl.col("at") != pl.col("at_first")) & whole
    return set(both.filter(other | keyed | moved)["first"])


def _without_proof(
    records: pl.DataFrame, keys: pl.DataFrame, contradicted: set[int]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The tables, with those records as calls of unknown outcome and with keys that are not known."""
    is_one = pl.col("record").is_in(list(contradicted))
    words = pl.concat_str("degraded", pl.lit(CONTRADICTED), separator="; ", ignore_nulls=True)
    changed = records.with_columns(
        pl.when(~is_one).then("ok").alias("ok"),
        pl.when(~is_one).then("etag").alias("etag"),
        pl.when(is_one).then(words).otherwise("degraded").alias("degraded"),
    )
    effects = keys.filter(is_one).group_by("record", maintain_order=True).agg(pl.col("effect").first())
    unknown = effects.with_columns(key=pl.lit(None, pl.String()), value=pl.lit(None, pl.String()))
    return changed, pl.concat([keys, unknown.select(keys.columns)])


def _laid_out(records: pl.DataFrame, keys: pl.DataFrame) -> pl.DataFrame:
    """CALLS: each record at the place of each of its keys.

    By columns, so that two whole tables are never held. A column that says one thing all over, as most do in the trail
    of one store, is laid out as a literal, which polars holds once.
    """
    place = keys["place"]
    columns: dict[str, pl.Series] = {}
    literals: list[pl.Expr] = []
    for name in records.columns:
        column = records.drop_in_place(name)
        if column.n_unique() == 1:
            literals.append(pl.lit(column.first(), column.dtype).alias(name))
        else:
            columns[name] = column.gather(place)
    for name in KEY_COLUMNS:
        column = keys.drop_in_place(name).cast(CALLS[name])
        if column.n_unique() == 1:
            literals.append(pl.lit(column.first(), column.dtype).alias(name))
        else:
            columns[name] = column
    height = pl.DataFrame({_PLACE: place}) if not columns else pl.DataFrame(columns)
    return height.with_columns(literals).select(CALLS.names())


def _own(numbers: Sequence[int], files: Sequence[int], shared: Sequence[str | None]) -> pl.DataFrame:
    return pl.DataFrame({"record": numbers, "file": files, "shared": shared}, schema=_OWN)


def _firsts(records: pl.DataFrame) -> pl.DataFrame:
    """`record, file, event_id`, and the first record with the eventID (`same`), or with the sharedEventID too."""
    by_id = pl.col("record").min().over("event_id")
    about = records.select("record", "file", "event_id", "shared", same=by_id, first=by_id)
    if about["shared"].count() == 0:
        return about.drop("shared")
    by_shared = pl.min_horizontal("first", pl.col("record").min().over("shared"))
    first = pl.when(pl.col("shared").is_null()).then("first").otherwise(by_shared)
    return about.with_columns(first=first).drop("shared")


def _repeats(records: pl.DataFrame, keys: pl.DataFrame, repeated: pl.DataFrame) -> list[Repeat]:
    """Each repeated record, and whether it equals the first one."""
    involved = pl.concat([repeated["record"], repeated["same"], repeated["first"]]).unique().to_frame()
    named = (
        keys.join(involved, on="record", how="semi")
        .group_by("record")
        .agg(pl.struct(KEY_COLUMNS).hash().sort().alias("named"))
    )
    contents = (
        records.join(involved, on="record", how="semi")
        .join(named, on="record")
        .select("record", "source", content=pl.struct(*_COMPARED, "named").hash())
    )
    compared = (
        repeated.join(contents.select("record", "content"), on="record")
        .join(contents.select(same="record", original="content"), on="same")
        .join(contents.select(first="record", source="source"), on="first")
        .sort("record")
    )
    differs = (pl.col("content") != pl.col("original")).alias("differs")
    return [Repeat(*row) for row in compared.select("file", differs, "event_id", "source").rows()]
