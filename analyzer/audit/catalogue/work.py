"""The journal `.work/`: packs that were judged, until all are published. A run that was killed goes on from here.

The rows of a pack are files as they stand in the catalogue, one after the other in one file: most are put there as they
are.

A pack stands in a folder of its own, named by what it was judged by, and is put there whole or not at all. So what is
there is complete, and what is there under the name that a new run asks for is what that run would get.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

import msgspec

from analyzer.audit.catalogue.folder import MOST_BYTES
from analyzer.audit.catalogue.manifest import Place, Unit
from analyzer.errors import InputError
from analyzer.read_back import Form
from analyzer.sources.walk import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from analyzer.audit.catalogue.folder import Folder
    from analyzer.audit.catalogue.layout import Partition

_WORK: Final = ".work"
_NEXT: Final = "next"  # the pack that is being written
_INTENT: Final = "publishing.json"
_PACK: Final = re.compile(r"\A[0-9a-f]{64}\Z")
_ROWS: Final = "rows"


class _Pack(msgspec.Struct):
    units: dict[str, Unit]
    places: list[tuple[Place, Annotated[int, msgspec.Meta(ge=0)]]]  # with the bytes of each, in their order
    schema: str = "lostwrite.pack/v2"


class Span(NamedTuple):
    """A part of a file."""

    start: int
    size: int


class _Intent(msgspec.Struct):
    places: list[Place]
    schema: str = "lostwrite.publishing/v1"


_PACK_FORM: Final = Form("lostwrite.pack/v2", "journal of an audit", _Pack)
_INTENT_FORM: Final = Form("lostwrite.publishing/v1", "journal of an audit", _Intent)


@dataclass(frozen=True, slots=True)
class Work:
    """The journal of a catalogue."""

    folder: Folder

    def put(self, pack: str, units: Mapping[str, Unit], files: Mapping[Place, bytes]) -> None:
        """Keeps a judged pack.

        Args:
            pack: its name, a hash of all that it was judged by.
            units: its units.
            files: Parquet of its rows in each partition.
        """
        self.folder.remove(_WORK, _NEXT)
        self.folder.write(b"".join(files.values()), _WORK, _NEXT, _ROWS)
        places = [(place, len(data)) for place, data in files.items()]
        self.folder.write(msgspec.json.encode(_Pack(dict(units), places)), _WORK, _NEXT, "pack.json")
        self.folder.remove(_WORK, pack)
        self.folder.move((_WORK, _NEXT), (_WORK, pack))

    def packs(self) -> dict[str, dict[str, Unit]]:
        """The units of each pack that is complete; what cannot be read is removed, and judged again."""
        found: dict[str, dict[str, Unit]] = {}
        for name in self.folder.names(_WORK):
            if not _PACK.fullmatch(name):
                continue
            try:
                found[name] = self._pack(name).units
            except InputError:
                self.drop(name)
        return found

    def places(self, pack: str) -> dict[Partition, Span]:
        """Where the Parquet of the rows of each partition stands in a pack."""
        found: dict[Partition, Span] = {}
        at = 0
        for place, size in self._pack(pack).places:
            found[place.partition()] = Span(at, size)
            at += size
        return found

    def file(self, pack: str, span: Span) -> bytes:
        """The Parquet that stands there.

        Raises:
            InputError: it is damaged.
        """
        data = self.folder.read_at(span.start, min(span.size, MOST_BYTES), _WORK, pack, _ROWS)
        if len(data) != span.size:
            raise InputError(printable(self.folder.path(_WORK, pack, _ROWS)), "is damaged")
        return data

    def path(self, pack: str) -> Path:
        """Where a pack stands."""
        return self.folder.path(_WORK, pack)

    def _pack(self, pack: str) -> _Pack:
        path = printable(self.path(pack))
        return _PACK_FORM.read(self.folder.read(_WORK, pack, "pack.json"), path)

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

    def is_clear(self) -> bool:
        """Whether there is none: what was judged is published."""
        return not self.folder.has(_WORK)

    def clear(self) -> None:
        """Removes the journal, when all of it is published."""
        self.folder.remove(_WORK)
