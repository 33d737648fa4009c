"""Judged packs → partitions. Of each partition that is touched, the rows of units that stay, and the new ones.

It can be killed anywhere and begun again: which rows stay follows from the manifest, which is written last, and which
partitions a killed run may have touched stands in the journal. Equal rows give equal bytes, in whatever order the packs
came.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from analyzer.audit.catalogue.folder import parquet, table_of
from analyzer.audit.catalogue.layout import FILE, Partition, store_id
from analyzer.audit.catalogue.manifest import Manifest, Place, Rests, Unit, write_manifest
from analyzer.audit.catalogue.units import HELD, NEEDED, UNIT
from analyzer.audit.catalogue.words import require_words
from analyzer.errors import InputError
from analyzer.sources.walk import printable
from analyzer.tables import empty

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from analyzer.audit.catalogue.folder import Folder
    from analyzer.audit.catalogue.work import Span, Work


def publish(  # noqa: PLR0913 - the catalogue, and what shall be in it
    folder: Folder,
    work: Work,
    manifest: Manifest,
    *,
    units: Mapping[str, Rests],
    stores: Iterable[str],
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> Manifest:
    """Puts what the journal holds in its place, and gives the manifest of it, which is written.

    Args:
        folder: the catalogue.
        work: its journal: it holds all units that the manifest lacks, or that rest on something else now.
        manifest: what the tables hold.
        units: what each of the units rests on that they shall hold.
        stores: ARNs of all stores.
        progress: is called with the partitions that are written, and their number.
    """
    packs = work.packs()
    kept = {name: unit for name, unit in manifest.units.items() if unit.rests.holds(units.get(name))}
    fresh = {
        name: (pack, unit)
        for pack, judged in packs.items()
        for name, unit in judged.items()
        if name not in kept and unit.rests.holds(units.get(name))
    }
    new = Manifest(
        generation=manifest.generation + 1,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        stores={store_id(arn): arn for arn in sorted(set(stores))},
        units=dict(sorted({**kept, **{name: unit for name, (_, unit) in fresh.items()}}.items())),
    )
    if fresh or kept.keys() != manifest.units.keys():
        of_packs = _by_partition(fresh)
        touched = {*of_packs, *work.intended(), *_places(manifest, kept)}
        work.intend(touched)
        journal = _Journal(work, packs)
        kept_in = _units_in(kept)
        for number, partition in enumerate(sorted(touched), start=1):
            _write(folder, journal, partition, of_packs.get(partition, {}), kept_in.get(partition, ()))
            progress(number, len(touched))
    elif manifest.stores == new.stores and manifest.tool == new.tool:
        new = msgspec.structs.replace(new, generation=manifest.generation, at=manifest.at)
    write_manifest(folder, new)
    work.clear()
    return new


def rows_of(folder: Folder, partition: Partition) -> pl.DataFrame:
    """What stands in a partition; nothing where it is not there."""
    names, schema = (*partition.folder, FILE), HELD[partition.table]
    if not folder.has(*names):
        return empty(schema)
    rows = folder.table(schema, *names, needed=(UNIT, *NEEDED.get(partition.table, ())))
    require_words(partition.table, rows, printable(folder.path(*names)))
    return rows


def in_order(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows, in an order that follows from what they hold."""
    flat = [name for name, dtype in frame.schema.items() if not dtype.is_nested()]
    return frame.sort(flat, nulls_last=True, maintain_order=True)


def files_of(table: str, rows: pl.DataFrame) -> dict[Place, bytes]:
    """The Parquet of each partition.

    Args:
        table: its name.
        rows: of HELD, with `store_id` and `month`.
    """
    columns = HELD[table].names()
    ordered = in_order(rows.select(*columns, "store_id", "month"))
    parts = ordered.partition_by("store_id", "month", as_dict=True, include_key=False)
    return {
        Place(table, str(store_id), str(month)): parquet(part)
        for (store_id, month), part in sorted(parts.items())
    }


def _units_in(units: Mapping[str, Unit]) -> dict[Partition, list[str]]:
    """The units that have rows in each partition."""
    found: dict[Partition, list[str]] = {}
    for name, unit in units.items():
        for place in unit.places:
            found.setdefault(place.partition(), []).append(name)
    return found


def _by_partition(fresh: Mapping[str, tuple[str, Unit]]) -> dict[Partition, dict[str, list[str]]]:
    """For each partition the packs that have rows in it, with their units there."""
    found: dict[Partition, dict[str, list[str]]] = {}
    for name, (pack, unit) in sorted(fresh.items()):
        for place in unit.places:
            found.setdefault(place.partition(), {}).setdefault(pack, []).append(name)
    return found


def _places(manifest: Manifest, kept: Collection[str]) -> set[Partition]:
    """Where the rows of units stand that do not stay."""
    leaving = (unit for name, unit in manifest.units.items() if name not in kept)
    return {place.partition() for unit in leaving for place in unit.places}


class _Journal:
    """The files of the journal."""

    def __init__(self, work: Work, packs: Mapping[str, Mapping[str, Unit]]) -> None:
        self._work = work
        self._units = {pack: _units_in(units) for pack, units in packs.items()}
        self._places: dict[str, dict[Partition, Span]] = {}

    def has_only(self, pack: str, partition: Partition, units: Collection[str]) -> bool:
        """Whether all rows that the pack has in the partition are of these units."""
        return set(self._units[pack].get(partition, ())) <= set(units)

    def file(self, pack: str, partition: Partition) -> bytes:
        """Parquet of the rows of a pack in one partition."""
        if pack not in self._places:
            self._places[pack] = self._work.places(pack)
        if partition not in self._places[pack]:
            raise InputError(printable(self._work.path(pack)), "is damaged")
        return self._work.file(pack, self._places[pack][partition])

    def rows(self, pack: str, partition: Partition) -> pl.DataFrame:
        """The rows of a pack in one partition."""
        return table_of(self.file(pack, partition), HELD[partition.table], self._work.path(pack))


def _write(
    folder: Folder,
    journal: _Journal,
    partition: Partition,
    packs: Mapping[str, list[str]],
    kept: Collection[str],
) -> None:
    names = (*partition.folder, FILE)
    if not kept and len(packs) == 1:
        pack, units = next(iter(packs.items()))
        if journal.has_only(pack, partition, units):
            _put(folder, journal.file(pack, partition), *names)
            return
    old = [rows_of(folder, partition).filter(pl.col(UNIT).is_in(list(kept)))] if kept else []
    new = [journal.rows(pack, partition).filter(pl.col(UNIT).is_in(units)) for pack, units in packs.items()]
    tables = [empty(HELD[partition.table]), *old, *new]
    rows = in_order(pl.concat(tables))
    if rows.is_empty():
        folder.remove(*names)
        folder.remove_if_empty(*partition.folder)
    else:
        _put(folder, parquet(rows), *names)


def _put(folder: Folder, data: bytes, *names: str) -> None:
    """Writes a file; one that holds the same stays as it is, with its time, for what copies a catalogue."""
    path = folder.path(*names)
    may_be = path.is_file() and path.stat().st_size == len(data)
    if not (may_be and folder.read(*names) == data):
        folder.write(data, *names, lasting=False)
