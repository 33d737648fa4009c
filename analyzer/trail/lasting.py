"""A part of a trail without some of its files: those that were read again, and count in another part.

A record that such a file had first, and another one repeats, is that other one's from then on. Files are numbered anew.
What only the file that is gone said of a record that others have too (its sharedEventID) stays known. The whole part is
read whenever it is asked: files seldom change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import polars as pl

from analyzer.redaction.redact import redacted_series
from analyzer.trail.calls.call_collector import RECORDS, REPEATED
from analyzer.trail.facts import decoded, encoded

if TYPE_CHECKING:
    from collections.abc import Collection

    from analyzer.trail.facts import Facts
    from analyzer.trail.part import Part


@dataclass(frozen=True, slots=True)
class LastingPart:
    """A `part.Part`.

    Attributes:
        part: with all files.
        without: names of the sources that do not count; of archives too.
    """

    part: Part
    without: Collection[str]

    @property
    def facts(self) -> bytes:
        """See `TrailPart.facts`."""
        lasting = self._lasting()
        facts, new = lasting.facts, lasting.numbers
        records = set(lasting.records["record"])
        addenda = [
            each._replace(record=lasting.moved.get(each.record, each.record)) for each in facts.addenda
        ]
        files = [facts.files[old] for old in new]
        return encoded(
            msgspec.structs.replace(
                facts,
                files=files,
                file_count=len(files),
                digests=any(file.digest is not None for file in files),
                addenda=[each for each in addenda if each.record in records],
                unclear={new[old]: count for old, count in facts.unclear.items() if old in new},
            )
        )

    def narrow(self, *columns: pl.Expr) -> pl.DataFrame:
        """Some columns of all records."""
        return self._lasting().records.select(columns)

    def chosen(self, rows: pl.Expr | None) -> tuple[pl.DataFrame, pl.DataFrame]:
        """RECORDS of the rows for which `rows` holds (None: of all), and the KEY_ROWS of these."""
        lasting = self._lasting()
        records = lasting.records if rows is None else lasting.records.filter(rows)
        keys = lasting.keys.join(records.select("record"), on="record", how="semi", maintain_order="left")
        return records, keys

    def repeated(self) -> pl.DataFrame:
        """REPEATED."""
        return self._lasting().repeats

    def _lasting(self) -> _Lasting:
        facts = decoded(self.part.facts)
        records, keys = self.part.chosen(None)
        names = {*self.without, *redacted_series(pl.Series(sorted(self.without), dtype=pl.String))}
        lasting = [number for number, file in enumerate(facts.files) if not _is_of(file.stats.source, names)]
        gone = records.filter(~pl.col("file").is_in(lasting))["record"]
        repeats = self.part.repeated().filter(pl.col("file").is_in(lasting)).sort("record")
        of_gone = pl.col("of").is_in(gone.implode())
        heirs = repeats.filter(of_gone).unique("of", keep="first", maintain_order=True)
        moved = dict(heirs.select("of", "record").iter_rows())
        sources = dict(enumerate(file.stats.source for file in facts.files))
        heir = heirs.select(record="of", heir="file")
        inherited = records.join(heir, on="record", how="left", maintain_order="left").with_columns(
            pl.coalesce("heir", "file").alias("file"),
            source=pl.when(pl.col("heir").is_not_null())
            .then(pl.col("heir").replace_strict(sources, default=None, return_dtype=pl.String))
            .otherwise("source"),
        )
        numbers = {old: new for new, old in enumerate(lasting)}
        left = inherited.filter(pl.col("file").is_in(lasting)).select(RECORDS.names())
        of_files = pl.col("file").replace_strict(numbers, return_dtype=pl.UInt32)
        return _Lasting(
            facts,
            numbers,
            moved,
            left.with_columns(of_files, pl.col("record").replace(moved)).sort("record").cast(RECORDS),
            keys.with_columns(pl.col("record").replace(moved)).sort("record", maintain_order=True),
            repeats.join(heirs, on="record", how="anti", maintain_order="left")
            .with_columns(of_files, pl.col("of").replace(moved))
            .cast(REPEATED),
        )


class _Lasting(NamedTuple):
    """What of a part counts.

    Attributes:
        facts: of all its files.
        numbers: the new number of each file that counts, by its old one.
        moved: the new numbers of records that another file's repeat took the place of, by their old ones.
        records: RECORDS.
        keys: KEY_ROWS of all records.
        repeats: REPEATED.
    """

    facts: Facts
    numbers: dict[int, int]
    moved: dict[int, int]
    records: pl.DataFrame
    keys: pl.DataFrame
    repeats: pl.DataFrame


def _is_of(source: str, names: Collection[str]) -> bool:
    """Whether a source, or an archive in which it stands, has one of the names."""
    parts = source.split("!")
    return any("!".join(parts[:end]) in names for end in range(1, len(parts) + 1))
