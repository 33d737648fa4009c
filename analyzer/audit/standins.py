"""Stand-ins until `analyzer.trail.stored` is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analyzer.audit.catalogue.folder import Folder
from analyzer.trail.calls.call_collector import RECORDS, REPEATED
from analyzer.trail.calls.usual import KEY_ROWS

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from analyzer.trail.part import TrailPart


@dataclass(frozen=True, slots=True)
class StoredPart:
    """A part on disk."""

    folder: Folder

    @property
    def facts(self) -> bytes:
        return self.folder.read("facts.json")

    def narrow(self, *columns: pl.Expr) -> pl.DataFrame:
        return self.folder.table(RECORDS, "records.parquet").select(columns)

    def chosen(self, rows: pl.Expr) -> tuple[pl.DataFrame, pl.DataFrame]:
        records = self.folder.table(RECORDS, "records.parquet").filter(rows)
        keys = self.folder.table(KEY_ROWS, "keys.parquet")
        return records, keys.join(records.select("record"), on="record", how="semi", maintain_order="left")

    def repeated(self) -> pl.DataFrame:
        return self.folder.table(REPEATED, "repeats.parquet")


def store_part(part: TrailPart, folder: Path) -> None:
    from analyzer.audit.catalogue.folder import parquet

    made = Folder(folder)
    made.write(parquet(part.records), "records.parquet")
    made.write(parquet(part.keys), "keys.parquet")
    made.write(parquet(part.repeats), "repeats.parquet")
    made.write(part.facts, "facts.json")


def load_part(folder: Path) -> StoredPart:
    return StoredPart(Folder(folder))
