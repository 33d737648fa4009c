"""What was read, of all batches together: the small tables by which is planned, and the large ones of one pack.

A file that was read again stands in several batches: it counts in the last one, whatever the others hold of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import msgspec
import polars as pl

from analyzer.audit.inventory import Known
from analyzer.logs.deploys import LOG_DEPLOYS
from analyzer.logs.part import LogPart
from analyzer.logs.part_file import load_part as load_logs
from analyzer.tables import INPUTS, KEYS, LISTINGS, TIME, WRITES, conform, empty
from analyzer.trail.lasting import LastingPart
from analyzer.trail.stored import load_part
from analyzer.verdicts.homes import HOMES, REQUESTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from analyzer.audit.catalogue.parts import Batch, Parts
    from analyzer.trail.part import Part

BATCH: Final = "batch"
_FAR: Final = 1_000_000  # more than a batch has listings
_TEXTS: Final = ("value", "was", "error_message")
RAW_WRITES: Final = pl.Schema({name: kind for name, kind in WRITES.items() if name not in _TEXTS})
"""WRITES of each log alone, before the logs of one deploy are joined; without what may hold a secret."""

_LOGS: Final = ("events.parquet", "deploys.parquet", "inputs.parquet")
_TRAIL: Final = ("records.parquet", "keys.parquet", "repeats.parquet", "facts.json")

STORE_COUNTS: Final = pl.Schema(
    {"store": pl.String(), "calls": pl.Int64(), "first_at": TIME, "last_at": TIME}
)
"""How many calls a batch has on a store, and from when to when."""


@dataclass(frozen=True)
class Held:
    """All batches of a catalogue, as they are when the plan is made.

    Attributes:
        parts: where they stand.
        batches: by their numbers.
    """

    parts: Parts
    batches: Mapping[str, Batch]

    @cached_property
    def known(self) -> dict[str, Known]:
        """Each file as it was when it was last read, by its key."""
        return {
            file.key: Known(file.name, batch.role, file.size, file.stamp, file.sha256)
            for batch in self.batches.values()
            for file in batch.files
        }

    @cached_property
    def last(self) -> dict[str, str]:
        """The batch that counts of each file, by the file's key."""
        return {file.key: number for number, batch in self.batches.items() for file in batch.files}

    def sources(self, number: str) -> list[str] | None:
        """The sources of a batch that count; None: all."""
        files = self.batches[number].files
        live = [file for file in files if self.last[file.key] == number]
        return None if len(live) == len(files) else [name for file in live for name in file.sources]

    def mark(self, number: str) -> str:
        """A hash of what a batch holds: it is the same for the same files, read in the same way."""
        batch = self.batches[number]
        live = [(file.name, file.size, file.sha256) for file in batch.files if self.last[file.key] == number]
        return sha256(msgspec.json.encode([batch.role, batch.tool, live])).hexdigest()

    def deploys(self) -> pl.DataFrame:
        """LOG_DEPLOYS of each log alone, with `batch`."""
        return self._all(LOG_DEPLOYS, pl.col("sources").list.first(), "logs", "deploys")

    def writes(self) -> pl.DataFrame:
        """RAW_WRITES, with `batch`."""
        return self._all(RAW_WRITES, pl.col("source"), "writes")

    def all_writes(self) -> pl.DataFrame:
        """WRITES of each log alone, without their values."""
        return conform(
            self.writes().with_columns(pl.lit(None, pl.String()).alias(name) for name in _TEXTS),
            WRITES,
        )

    def homes(self) -> pl.DataFrame:
        """HOMES, a row for each batch."""
        return self._all(HOMES, None, "homes").drop(BATCH)

    def stores(self) -> pl.DataFrame:
        """STORE_COUNTS, with `batch`."""
        return self._all(STORE_COUNTS, None, "stores")

    def inputs(self) -> pl.DataFrame:
        """INPUTS of all logs and listings, in the order of their names."""
        name = pl.col("source").str.replace_all("/", "\x00", literal=True)
        of_logs, of_keys = (
            self._all(INPUTS, pl.col("source"), *at) for at in (("logs", "inputs"), ("inputs",))
        )
        return pl.concat([of_logs, of_keys]).drop(BATCH).sort(name, maintain_order=True)

    def requests(self, ids: Sequence[str]) -> pl.DataFrame:
        """REQUESTS of the calls that have one of these request ids."""
        mine = pl.col("request_id").is_in(list(ids))
        columns = [pl.col(name) for name in REQUESTS]
        asked = [part.narrow(*columns).filter(mine) for part in (self.trail.values() if ids else ())]
        return pl.concat([empty(REQUESTS), *asked]).drop_nulls().unique().sort(pl.all())

    def listings(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """LISTINGS and KEYS of all listings, numbered anew in the order of their sources."""
        tables, keys = [empty(LISTINGS)], [empty(KEYS)]
        for number in self.batches:
            if not self.parts.folder.has(*self.parts.place(number, "listings.parquet")):
                continue
            table = self._live(number, self.parts.table(number, LISTINGS, "listings"), pl.col("source"))
            tables.append(table.with_columns(pl.col("listing") + int(number) * _FAR))
            of_them = self.parts.table(number, KEYS, "keys").with_columns(
                pl.col("listing") + int(number) * _FAR
            )
            keys.append(of_them.join(tables[-1], on="listing", how="semi", maintain_order="left"))
        table = pl.concat(tables).sort("source", "listing")
        old = table["listing"]
        new = pl.int_range(1, len(old) + 1, dtype=pl.Int64, eager=True).cast(LISTINGS["listing"])
        renumbered = pl.col("listing").replace_strict(old, new, return_dtype=LISTINGS["listing"])
        return table.with_columns(renumbered), pl.concat(keys).with_columns(renumbered)

    @cached_property
    def trail(self) -> dict[str, Part]:
        """The part of each batch that has CloudTrail files, in the order in which a fresh run would read them."""
        named = sorted((self.batches[number].files[0].name.split("/"), number) for number in self.batches)
        return {number: self._trail_of(number) for _, number in named if self._has(number)}

    def logs(self, number: str, deploys: Sequence[str]) -> LogPart:
        """What a batch holds of some logs, by the ids of their deploys."""
        part = load_logs(self._folder(number, "logs", _LOGS), deploys)
        return LogPart(
            self._live(number, part.events, pl.col("source")),
            self._live(number, part.deploys, pl.col("sources").list.first()),
            self._live(number, part.inputs, pl.col("source")),
        )

    def _trail_of(self, number: str) -> Part:
        part = load_part(self._folder(number, "trail", _TRAIL))
        files = self.batches[number].files
        old = frozenset(name for file in files if self.last[file.key] != number for name in file.sources)
        return LastingPart(part, old) if old else part

    def _has(self, number: str) -> bool:
        """Whether a batch has CloudTrail files."""
        return self.parts.folder.has(*self.parts.place(number, "trail"))

    def _folder(self, number: str, name: str, files: Sequence[str]) -> Path:
        """A folder of a batch, none of whose files is a link or a pipe: who reads it would follow it, or wait."""
        for file in files:
            self.parts.folder.file(*self.parts.place(number, name, file))
        return self.parts.folder.path(*self.parts.place(number, name))

    def _live(self, number: str, table: pl.DataFrame, source: pl.Expr) -> pl.DataFrame:
        sources = self.sources(number)
        return table if sources is None else table.filter(source.is_in(sources))

    def _all(self, schema: pl.Schema, source: pl.Expr | None, *names: str) -> pl.DataFrame:
        tables = [pl.Schema({**schema, BATCH: pl.String()}).to_frame()]
        every = self.parts.tables(list(self.batches), schema, *names)
        for number, table in zip(self.batches, every, strict=True):
            live = table if source is None else self._live(number, table, source)
            tables.append(live.with_columns(pl.lit(number).alias(BATCH)))
        return pl.concat(tables)
