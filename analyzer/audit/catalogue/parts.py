"""`.read/`: what was read of the inputs, batch by batch, as it was read. It is judged again, and never read again.

A batch stands in a folder of its own, named by a number, and is put there whole or not at all: what a killed run had
read is there for the next one. Inputs may be gone by then (homes are pruned), so nothing of it is thrown away but what
a later batch has read anew. It is redacted, as far as verdicts do not rest on it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final, Literal

import msgspec

from analyzer.audit.catalogue.folder import parquet
from analyzer.read_back import Form
from analyzer.sources.walk import printable
from analyzer.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import polars as pl

    from analyzer.audit.catalogue.folder import Folder

_READ: Final = ".read"
_NEXT: Final = "next"
_NUMBER: Final = re.compile(r"\A[0-9]{6,9}\Z")
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
    """

    role: Literal["log", "trail", "keys"]
    files: tuple[FileRead, ...]
    tool: str = VERSION
    schema: str = "lostwrite.batch/v1"


_FORM: Final = Form("lostwrite.batch/v1", "batch of a catalogue", Batch)


@dataclass(frozen=True, slots=True)
class Parts:
    """The batches of a catalogue."""

    folder: Folder

    def batches(self, known: Mapping[str, Batch] | None = None) -> dict[str, Batch]:
        """All of them, by their numbers, in the order in which they were read.

        Args:
            known: what this process has found of them already: a batch that is there stays as it is.

        Raises:
            InputError: one is of a newer version, or damaged.
        """
        found = {}
        for number in self.folder.names(_READ):
            if known is not None and number in known:
                found[number] = known[number]
            elif _NUMBER.fullmatch(number):
                path = printable(self.folder.path(_READ, number, "batch.json"))
                found[number] = _FORM.read(self.folder.read(_READ, number, "batch.json"), path)
        return found

    def put(
        self, batch: Batch, tables: Mapping[str, pl.DataFrame], more: Callable[[Path], None] | None = None
    ) -> str:
        """Keeps a batch; gives its number.

        Args:
            batch: what it is.
            tables: by their names.
            more: writes what else there is of it into a folder, which exists.
        """
        last = max((name for name in self.folder.names(_READ) if _NUMBER.fullmatch(name)), default="0")
        number = f"{int(last) + 1:06d}"
        self.folder.remove(_READ, _NEXT)
        for name, table in tables.items():
            self.folder.write(parquet(table), _READ, _NEXT, f"{name}.parquet")
        if more is not None:
            more(self.folder.made(_READ, _NEXT))
        self.folder.write(msgspec.json.encode(batch), _READ, _NEXT, "batch.json")
        self.folder.move((_READ, _NEXT), (_READ, number))
        return number

    def table(self, number: str, schema: pl.Schema, *names: str) -> pl.DataFrame:
        """A table of a batch; an empty one where the batch has none."""
        path = self.place(number, *names[:-1], f"{names[-1]}.parquet")
        if not self.folder.has(*path):
            return schema.to_frame()
        return self.folder.table(schema, *path, needed=_NEEDED.get(names[-1], ()))

    def tables(self, numbers: Sequence[str], schema: pl.Schema, *names: str) -> list[pl.DataFrame]:
        """The same of each of these batches."""
        file = f"{names[-1]}.parquet"
        return self.folder.tables(schema, [self.place(number, *names[:-1], file) for number in numbers])

    def place(self, number: str, *names: str) -> tuple[str, ...]:
        """The names from the catalogue on of what stands in a batch."""
        return (_READ, number, *names)

    def drop(self, number: str) -> None:
        """Removes a batch."""
        self.folder.remove(_READ, number)
