"""What was read, of all batches together: the small tables by which is planned, and the large ones of one pack.

A file that was read again stands in several batches: it counts in the last one, whatever the others hold of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec
import polars as pl

from analyzer.audit.catalogue.parts import BATCH
from analyzer.audit.inventory import Known
from analyzer.logs.deploys import LOG_DEPLOYS
from analyzer.logs.part import LogPart
from analyzer.logs.part_file import load_part as load_logs
from analyzer.tables import INPUTS, KEYS, LISTINGS, TIME, WRITES, conform, empty
from analyzer.trail.lasting import LastingPart
from analyzer.trail.stored import load_part
from analyzer.trail.together import Stretch
from analyzer.verdicts.homes import HOMES, REQUESTS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from analyzer.audit.catalogue.parts import Batch, Parts
    from analyzer.trail.part import Part

_DIGITS: Final = 9  # of the number of a batch
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


class Run(NamedTuple):
    """What batches that follow each other have of a trail.

    Attributes:
        numbers: of the batches.
        part: of all of them.
    """

    numbers: Sequence[str]
    part: Part


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

    @cached_property
    def partly(self) -> dict[str, list[str]]:
        """The sources that count, of each batch of which not all do."""
        return {
            number: self.live_sources(number)
            for number, batch in self.batches.items()
            if any(self.last[file.key] != number for file in batch.files)
        }

    def mark(self, number: str) -> str:
        """A hash of what a batch holds: it is the same for the same files, read in the same way."""
        batch = self.batches[number]
        live = [(file.name, file.size, file.sha256) for file in batch.files if self.last[file.key] == number]
        return sha256(msgspec.json.encode([batch.role, batch.tool, live])).hexdigest()

    @cached_property
    def folders(self) -> dict[str, list[str]]:
        """The batches of each folder, in their order."""
        found: dict[str, list[str]] = {}
        for number, batch in self.batches.items():
            found.setdefault(batch.at, []).append(number)
        return found

    def is_of_many(self, folder: str) -> bool:
        """Whether a folder has the batches that had others before: none of them gave it its number."""
        return self.folders[folder] != [folder]

    def deploys(self) -> pl.DataFrame:
        """LOG_DEPLOYS of each log alone, with `batch`."""
        return self.table(LOG_DEPLOYS, pl.col("sources").list.first(), "logs", "deploys")

    def writes(self) -> pl.DataFrame:
        """RAW_WRITES, with `batch`."""
        return self.table(RAW_WRITES, pl.col("source"), "writes")

    def all_writes(self) -> pl.DataFrame:
        """WRITES of each log alone, without their values."""
        return conform(
            self.writes().with_columns(pl.lit(None, pl.String()).alias(name) for name in _TEXTS),
            WRITES,
        )

    def homes(self) -> pl.DataFrame:
        """HOMES, a row for each batch."""
        return self.table(HOMES, None, "homes").drop(BATCH)

    def stores(self) -> pl.DataFrame:
        """STORE_COUNTS, with `batch`."""
        return self.table(STORE_COUNTS, None, "stores")

    def inputs(self) -> pl.DataFrame:
        """INPUTS of all logs and listings, in the order of their names."""
        name = pl.col("source").str.replace_all("/", "\x00", literal=True)
        of_logs, of_keys = (
            self.table(INPUTS, pl.col("source"), *at) for at in (("logs", "inputs"), ("inputs",))
        )
        return pl.concat([of_logs, of_keys]).drop(BATCH).sort(name, maintain_order=True)

    def requests(self, ids: Sequence[str]) -> pl.DataFrame:
        """REQUESTS of the calls that have one of these request ids."""
        mine = pl.col("request_id").is_in(list(ids))
        columns = [pl.col(name) for name in REQUESTS]
        asked = [part.narrow(*columns).filter(mine) for part in (self.trail if ids else ())]
        return pl.concat([empty(REQUESTS), *asked]).drop_nulls().unique().sort(pl.all())

    def listings(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """LISTINGS and KEYS of all listings, numbered anew in the order of their sources."""
        far = pl.col("listing") + pl.col(BATCH).cast(LISTINGS["listing"]) * _FAR
        table = self.table(LISTINGS, pl.col("source"), "listings").select(far, pl.exclude("listing", BATCH))
        keys = self.table(KEYS, None, "keys").select(far, pl.exclude("listing", BATCH))
        keys = keys.join(table, on="listing", how="semi", maintain_order="left")
        table = table.sort("source", "listing").select(LISTINGS.names())
        old = table["listing"]
        new = pl.int_range(1, len(old) + 1, dtype=pl.Int64, eager=True).cast(LISTINGS["listing"])
        renumbered = pl.col("listing").replace_strict(old, new, return_dtype=LISTINGS["listing"])
        return table.with_columns(renumbered), keys.select(KEYS.names()).with_columns(renumbered)

    @cached_property
    def trail(self) -> list[Part]:
        """What the batches have of CloudTrail files, in the order in which a fresh run would read them."""
        return [run.part for run in self.runs(self.batches)]

    def runs(self, numbers: Iterable[str]) -> list[Run]:
        """The same of some batches: those that follow each other in one folder are one part."""
        named = sorted((self.batches[number].files[0].name.split("/"), number) for number in numbers)
        runs: list[list[str]] = []
        for _, number in named:
            if not self.has_trail(number):
                continue
            if runs and self._follows(runs[-1][-1], number):
                runs[-1].append(number)
            else:
                runs.append([number])
        return [Run(run, self._part_of(run)) for run in runs]

    def logs(self, folder: str, deploys: Sequence[str] | None = None) -> LogPart:
        """What a folder holds of some logs, by the ids of their deploys; None: of all that count."""
        part = load_logs(self._folder(folder, "logs", _LOGS), deploys)
        if deploys is not None and self.partly.keys().isdisjoint(self.folders[folder]):
            return part
        live = [name for number in self.folders[folder] for name in self.live_sources(number)]
        return LogPart(
            part.events.filter(pl.col("source").is_in(live)),
            part.deploys.filter(pl.col("sources").list.first().is_in(live)),
            part.inputs.filter(pl.col("source").is_in(live)),
        )

    def table(
        self,
        schema: pl.Schema,
        source: pl.Expr | None,
        *names: str,
        folders: Collection[str] | None = None,
    ) -> pl.DataFrame:
        """The rows of a table that count, of all folders or some, in the order of the batches; with `batch`.

        Args:
            schema: of the table.
            source: of which source a row is; None: rows of a batch count as long as one of its sources does.
            names: where it stands in the folder of one batch.
            folders: their numbers.
        """
        held = pl.Schema({**schema, BATCH: pl.String()})
        chosen = self.folders if folders is None else folders
        singles = [folder for folder in chosen if not self.is_of_many(folder)]
        many = [folder for folder in chosen if self.is_of_many(folder)]
        tables = [held.to_frame()]
        for number, table in zip(singles, self.parts.tables(singles, schema, *names), strict=True):
            tables.append(table.with_columns(pl.lit(number).alias(BATCH)))
        for folder, table in zip(many, self.parts.tables(many, held, *names, of_many=True), strict=True):
            tables.append(table.filter(pl.col(BATCH).is_in(self.folders[folder])))
        order = pl.col(BATCH).str.zfill(_DIGITS)
        return self._live(pl.concat(tables), source).sort(order, maintain_order=True)

    def _live(self, table: pl.DataFrame, source: pl.Expr | None) -> pl.DataFrame:
        """The rows of sources that count."""
        if source is None or not self.partly:
            return table
        live = [f"{number} {name}" for number, sources in self.partly.items() for name in sources]
        of_whole = ~pl.col(BATCH).is_in(list(self.partly))
        return table.filter(of_whole | pl.format("{} {}", BATCH, source).is_in(live))

    def live_sources(self, number: str) -> list[str]:
        """The sources of a batch that count."""
        files = self.batches[number].files
        return [name for file in files if self.last[file.key] == number for name in file.sources]

    def _follows(self, one: str, other: str) -> bool:
        """Whether a batch is the next after another one in their folder, and all files of both count."""
        first, second = self.batches[one], self.batches[other]
        return (
            first.at == second.at
            and first.trail is not None
            and second.trail is not None
            and second.trail.record == first.trail.record + first.trail.records
            and second.trail.file == first.trail.file + first.trail.files
            and one not in self.partly
            and other not in self.partly
        )

    def _part_of(self, run: Sequence[str]) -> Part:
        """What batches that follow each other have of a trail."""
        first, last = self.batches[run[0]], self.batches[run[-1]]
        stretch = None
        if first.trail is not None and last.trail is not None:
            end, files = last.trail.record + last.trail.records, last.trail.file + last.trail.files
            stretch = Stretch(
                first.trail.record, end - first.trail.record, first.trail.file, files - first.trail.file
            )
        part = load_part(self._folder(first.at, "trail", _TRAIL), stretch)
        files_of = (
            file for number in run for file in self.batches[number].files if self.last[file.key] != number
        )
        old = frozenset(name for file in files_of for name in file.sources)
        return LastingPart(part, old) if old else part

    def has_trail(self, number: str) -> bool:
        """Whether a batch has CloudTrail files."""
        batch = self.batches[number]
        if self.is_of_many(batch.at):
            return batch.trail is not None
        return self.parts.folder.has(*self.parts.place(number, "trail"))

    def _folder(self, folder: str, name: str, files: Sequence[str]) -> Path:
        """A folder of a batch, none of whose files is a link or a pipe: who reads it would follow it, or wait."""
        for file in files:
            self.parts.folder.file(*self.parts.place(folder, name, file))
        return self.parts.folder.path(*self.parts.place(folder, name))
