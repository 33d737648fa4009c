"""Parts of a trail put together to one part, and a stretch of such a part: what one of them had been.

    joined([together([one, other])], ...)   # is joined([one, other], ...)

Records and files are numbered through all of them, in their order, so that each is a stretch of the numbers. Nothing
else changes: what only several parts show together (repeats, contradictions) is still found by `across`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import msgspec
import polars as pl

from analyzer.trail.facts import Facts, decoded, encoded
from analyzer.trail.part import TrailPart

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.trail.part import Part

_Number = Annotated[int, msgspec.Meta(ge=0, lt=1 << 32)]
_OF: Final = {"record": "record", "of": "record", "file": "file"}


class Stretch(msgspec.Struct, frozen=True, array_like=True):
    """A part within a part.

    Attributes:
        record: the number of its first record.
        records: how many records were numbered in it.
        file: the number of its first file.
        files: how many files it has.
    """

    record: _Number
    records: _Number
    file: _Number
    files: _Number

    def after(self, record: int, file: int) -> Stretch:
        """The same stretch, so many records and files further on."""
        return Stretch(self.record + record, self.records, self.file + file, self.files)


def together(parts: Sequence[Part]) -> TrailPart:
    """One part of all records and files of these; at least one is needed.

    Raises:
        InputError: a stored part is damaged.
        ValueError: the facts of one are.
    """
    records, keys, repeats, facts = [], [], [], []
    record = file = 0
    for part in parts:
        known = decoded(part.facts)
        some, of_some = part.chosen(None)
        records.append(moved(some, record, file))
        keys.append(moved(of_some, record, file))
        repeats.append(moved(part.repeated(), record, file))
        facts.append(_moved_facts(known, record, file))
        record += known.records
        file += known.file_count
    whole = Facts(
        records=record,
        file_count=file,
        hashing=all(one.hashing for one in facts),
        digests=any(one.digests for one in facts),
        addenda=[addendum for one in facts for addendum in one.addenda],
        unclear={number: count for one in facts for number, count in one.unclear.items()},
        files=[each for one in facts for each in one.files],
    )
    return TrailPart(pl.concat(records), pl.concat(keys), pl.concat(repeats), encoded(whole))


def moved(table: pl.DataFrame, record: int, file: int) -> pl.DataFrame:
    """RECORDS, KEY_ROWS or REPEATED with numbers that are so much greater."""
    by = {"record": record, "file": file}
    return table.with_columns(
        pl.col(name) + pl.lit(by[of], table.schema[name]) for name, of in _OF.items() if name in table.columns
    )


def cut(table: pl.LazyFrame, schema: pl.Schema, stretch: Stretch) -> pl.LazyFrame:
    """The rows of a stretch, numbered from 0.

    Args:
        table: RECORDS, KEY_ROWS or REPEATED, perhaps with more columns.
        schema: of it.
        stretch: which rows.
    """
    start = {"record": stretch.record, "file": stretch.file}
    within = pl.col("record").is_between(stretch.record, stretch.record + stretch.records, closed="left")
    return table.filter(within).with_columns(
        pl.col(name) - pl.lit(start[of], schema[name]) for name, of in _OF.items() if name in schema
    )


def facts_of(facts: Facts, stretch: Stretch) -> Facts:
    """The facts of a stretch."""
    first, end = stretch.file, stretch.file + stretch.files
    files = facts.files[first:end]
    mine = range(stretch.record, stretch.record + stretch.records)
    return msgspec.structs.replace(
        facts,
        records=stretch.records,
        file_count=stretch.files,
        digests=any(file.digest is not None for file in files),
        addenda=[
            addendum._replace(record=addendum.record - stretch.record)
            for addendum in facts.addenda
            if addendum.record in mine
        ],
        unclear={file - first: count for file, count in facts.unclear.items() if first <= file < end},
        files=files,
    )


def _moved_facts(facts: Facts, record: int, file: int) -> Facts:
    addenda = [addendum._replace(record=addendum.record + record) for addendum in facts.addenda]
    unclear = {file + number: count for number, count in facts.unclear.items()}
    return msgspec.structs.replace(facts, addenda=addenda, unclear=unclear)
