"""`.read/`: what was read of the inputs, batch by batch, as it was read. It is judged again, and never read again.

A batch stands in a folder of its own, named by its number, and is put there whole or not at all: what a killed run had
read is there for the next one. Later, many are put together in one folder (`merging`). Its number is a new one, greater
than theirs; its tables say of each row which batch it is of; the folders that they had are removed when it is there.

Inputs may be gone by then (homes are pruned), so nothing of it is thrown away but what a later batch has read anew. It
is redacted, as far as verdicts do not rest on it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import msgspec

from analyzer.audit.catalogue.folder import parquet
from analyzer.errors import InputError
from analyzer.read_back import Form
from analyzer.sources.walk import printable
from analyzer.trail.together import Stretch  # noqa: TC001 - msgspec reads the annotations
from analyzer.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import polars as pl

    from analyzer.audit.catalogue.folder import Folder

BATCH: Final = "batch"
"""The column that says which batch a row is of, where a folder has many."""

_READ: Final = ".read"
_NEXT: Final = "next"
_BATCH: Final = "batch.json"
_NUMBER: Final = re.compile(r"\A[0-9]{6,9}\Z")
_Number = Annotated[str, msgspec.Meta(pattern=r"\A(?:[0-9]{6,9})?\Z")]
_NEEDED: Final = {
    "deploys": ("id", "sources"),
    "writes": ("id", "deploy", "source"),
    "stores": ("calls",),
    "inputs": ("source",),
    "listings": ("listing", "source"),
    "keys": ("listing", "key", "value"),
}
"""The columns of each table of a batch without which a row is none."""


class FileRead(msgspec.Struct, frozen=True, array_like=True):
    """A file of a batch, as it was before it was read (`analyzer.audit.inventory.Known`)."""

    key: str
    name: str
    size: int
    stamp: str
    sha256: Annotated[str, msgspec.Meta(pattern=r"\A(?:[0-9a-f]{64})?\Z")]
    sources: tuple[str, ...]  # what stands within it: its own name, or those of an archive


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """What a batch is.

    Attributes:
        role: what its files were given for.
        files: that were read.
        tool: the version that read them.
        trail: where its trail is among those of the other batches in its folder; None where it has none, or all.
        at: its folder; only when it was read back.
    """

    role: Literal["log", "trail", "keys"]
    files: tuple[FileRead, ...]
    tool: str = VERSION
    trail: Stretch | None = None
    at: str = ""


class _Held(msgspec.Struct, frozen=True, kw_only=True):
    """The batches of a folder, by their numbers."""

    batches: dict[_Number, Batch]
    schema: str = "lostwrite.batch/v2"


def _from_v1(held: dict[str, Any]) -> dict[str, Any]:
    """Version 1 had one batch in a folder, which gave it its number."""
    return {"batches": {"": {name: held[name] for name in ("role", "files", "tool")}}}


_FORM: Final = Form("lostwrite.batch/v2", "batch of a catalogue", _Held, {1: _from_v1})


@dataclass(frozen=True, slots=True)
class Parts:
    """The batches of a catalogue."""

    folder: Folder

    def folders(self) -> list[str]:
        """The numbers of all folders in their order, also of those whose batches all stand in a later one."""
        found = [name for name in self.folder.names(_READ) if _NUMBER.fullmatch(name)]
        return sorted(found, key=int)

    def batches(self, known: Mapping[str, Batch] | None = None) -> dict[str, Batch]:
        """All of them, by their numbers, in the order in which they were read.

        Args:
            known: what this process has found of them already: a folder that is there stays as it is.

        Raises:
            InputError: one is of a newer version, or damaged.
        """
        of_folders: dict[str, dict[str, Batch]] = {}
        for number, batch in (known or {}).items():
            of_folders.setdefault(batch.at, {})[number] = batch
        found: dict[str, Batch] = {}
        for folder in self.folders():
            found |= of_folders.get(folder) or self._batches_in(folder)
        return dict(sorted(found.items(), key=lambda item: int(item[0])))

    def _batches_in(self, folder: str) -> dict[str, Batch]:
        path = printable(self.folder.path(_READ, folder, _BATCH))
        held = _FORM.read(self.folder.read(_READ, folder, _BATCH), path).batches
        if any(int(number or folder) > int(folder) for number in held):
            raise InputError(path, "is no batch of this catalogue, or a damaged one")
        return {number or folder: msgspec.structs.replace(batch, at=folder) for number, batch in held.items()}

    def put(
        self, batch: Batch, tables: Mapping[str, pl.DataFrame], more: Callable[[Path], None] | None = None
    ) -> str:
        """Keeps a batch; gives its number.

        Args:
            batch: what it is.
            tables: by their names.
            more: writes what else there is of it into a folder, which exists.
        """
        number = self._next()
        self._put(number, {number: batch}, tables, more)
        return number

    def put_together(
        self, batches: Mapping[str, Batch], tables: Mapping[str, pl.DataFrame], more: Callable[[Path], None]
    ) -> None:
        """Keeps batches in one folder instead of those that they have.

        Args:
            batches: by their numbers.
            tables: of all of them, by their names, with `batch`: the number of the one that a row is of.
            more: as for `put`.
        """
        own = {number: msgspec.structs.replace(batch, at="") for number, batch in batches.items()}
        self._put(self._next(), own, tables, more)
        for folder in sorted({batch.at for batch in batches.values()}):
            self.drop(folder)

    def _next(self) -> str:
        return f"{int(max(self.folders(), key=int, default='0')) + 1:06d}"

    def _put(
        self,
        folder: str,
        batches: Mapping[str, Batch],
        tables: Mapping[str, pl.DataFrame],
        more: Callable[[Path], None] | None,
    ) -> None:
        self.folder.remove(_READ, _NEXT)
        for name, table in tables.items():
            self.folder.write(parquet(table), _READ, _NEXT, f"{name}.parquet")
        if more is not None:
            more(self.folder.made(_READ, _NEXT))
        self.folder.write(msgspec.json.encode(_Held(batches=dict(batches))), _READ, _NEXT, _BATCH)
        self.folder.move((_READ, _NEXT), (_READ, folder))

    def tables(
        self, folders: Sequence[str], schema: pl.Schema, *names: str, of_many: bool = False
    ) -> list[pl.DataFrame]:
        """A table of each of these folders; an empty one where a folder has none.

        Args:
            folders: their numbers.
            schema: of the table.
            names: where it stands in the folder of one batch.
            of_many: they are folders of many batches: `schema` has the one that a row is of.
        """
        file = "-".join(names) if of_many else names[-1]
        way = () if of_many else names[:-1]
        places = [self.place(folder, *way, f"{file}.parquet") for folder in folders]
        needed = (*_NEEDED.get(names[-1], ()), *((BATCH,) if of_many else ()))
        return self.folder.tables(schema, places, needed)

    def place(self, folder: str, *names: str) -> tuple[str, ...]:
        """The names from the catalogue on of what stands in a folder."""
        return (_READ, folder, *names)

    def drop(self, folder: str) -> None:
        """Removes a folder: at once it is no batch any more, however far the removal comes."""
        self.folder.remove(_READ, _NEXT)
        self.folder.move((_READ, folder), (_READ, _NEXT))
        self.folder.remove(_READ, _NEXT)
