"""The journal `.work/`: packs that were judged, until all are published. A run that was killed goes on from here.

A pack stands in a folder of its own, named by what it was judged by, and is put there whole or not at all. So what is
there is complete, and what is there under the name that a new run asks for is what that run would get.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec
import polars as pl

from analyzer.audit.catalogue.manifest import Place, Unit
from analyzer.audit.catalogue.units import HELD
from analyzer.errors import InputError
from analyzer.read_back import Form
from analyzer.sources.walk import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analyzer.audit.catalogue.folder import Folder
    from analyzer.audit.catalogue.layout import Partition

_WORK: Final = ".work"
_NEXT: Final = "next"  # the pack that is being written
_INTENT: Final = "publishing.json"
_PACK: Final = re.compile(r"\A[0-9a-f]{64}\Z")
_PLACED: Final = {"store_id": pl.String(), "month": pl.String()}


class _Pack(msgspec.Struct):
    units: dict[str, Unit]
    schema: str = "lostwrite.pack/v1"


class _Intent(msgspec.Struct):
    places: list[Place]
    schema: str = "lostwrite.publishing/v1"


_PACK_FORM: Final = Form("lostwrite.pack/v1", "journal of an audit", _Pack)
_INTENT_FORM: Final = Form("lostwrite.publishing/v1", "journal of an audit", _Intent)


@dataclass(frozen=True, slots=True)
class Work:
    """The journal of a catalogue."""

    folder: Folder

    def put(self, pack: str, units: Mapping[str, Unit], tables: Mapping[str, bytes]) -> None:
        """Keeps a judged pack.

        Args:
            pack: its name, a hash of all that it was judged by.
            units: its units.
            tables: Parquet of the rows of tables of HELD, with `store_id` and `month`.
        """
        self.folder.remove(_WORK, _NEXT)
        for table, data in tables.items():
            self.folder.write(data, _WORK, _NEXT, table, lasting=False)
        self.folder.write(msgspec.json.encode(_Pack(dict(units))), _WORK, _NEXT, "pack.json")
        self.folder.remove(_WORK, pack)
        self.folder.move((_WORK, _NEXT), (_WORK, pack))

    def packs(self) -> dict[str, dict[str, Unit]]:
        """The units of each pack that is complete; what cannot be read is removed, and judged again."""
        found: dict[str, dict[str, Unit]] = {}
        for name in self.folder.names(_WORK):
            if not _PACK.fullmatch(name):
                continue
            try:
                path = printable(self.folder.path(_WORK, name))
                found[name] = _PACK_FORM.read(self.folder.read(_WORK, name, "pack.json"), path).units
            except InputError:
                self.drop(name)
        return found

    def rows(self, pack: str, table: str) -> dict[tuple[str, str], pl.DataFrame]:
        """The rows of a pack in one table, by `store_id` and `month`."""
        frame = self.folder.table(pl.Schema({**HELD[table], **_PLACED}), _WORK, pack, table)
        parts = frame.partition_by("store_id", "month", as_dict=True, include_key=False)
        return {(str(store_id), str(month)): rows for (store_id, month), rows in parts.items()}

    def drop(self, pack: str) -> None:
        """Removes a pack."""
        self.folder.remove(_WORK, pack)

    def intend(self, partitions: Iterable[Partition]) -> None:
        """Notes which partitions are about to be written, so that a later run cleans up after a killed one."""
        places = [Place(each.table, each.store_id, each.month) for each in sorted(partitions)]
        self.folder.write(msgspec.json.encode(_Intent(places)), _WORK, _INTENT)

    def intended(self) -> list[Partition]:
        """The partitions that a killed run may have written."""
        if not self.folder.has(_WORK, _INTENT):
            return []
        path = printable(self.folder.path(_WORK, _INTENT))
        intent = _INTENT_FORM.read(self.folder.read(_WORK, _INTENT), path)
        return [place.partition() for place in intent.places]

    def clear(self) -> None:
        """Removes the journal, when all of it is published."""
        self.folder.remove(_WORK)
