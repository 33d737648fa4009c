"""The files of a bundle: in a folder, or in an archive. What the manifest says of one is compared with its bytes."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from analyzer.bundle.layout import parts_of
from analyzer.bundle.manifest import MOST_BYTES, NAME
from analyzer.errors import InputError
from analyzer.moments import in_utc
from analyzer.sources.archive import Allowance, Room, is_archive, members
from analyzer.sources.folders import Refused
from analyzer.sources.limits import TRAIL_MEMBERS
from analyzer.sources.paths import is_file, is_folder
from analyzer.sources.private_folder import PrivateFolder
from analyzer.sources.s3.address import is_s3
from analyzer.sources.source import Source
from analyzer.sources.unpack import BLOCK, blocks
from analyzer.sources.walk import printable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from analyzer.bundle.manifest import Item

_SCHEMA: Final = re.compile(rb'"schema"\s*:\s*"lostwrite\.bundle/')
_FOLDERS: Final = frozenset({"home", "logs", "trail", "config", "keys"})


def is_bundle(word: str | Path) -> bool:
    """Whether a word names a bundle: by the schema of its manifest, of an archive by what begins it."""
    text = str(word)
    if text == "-" or is_s3(text):
        return False
    try:
        if is_folder(text):
            manifest = Path(text, NAME)
            return is_file(manifest) and _is_manifest_of_ours(manifest)
        return is_file(text) and _is_packed_bundle(Source(text, text))
    except (InputError, OSError, ValueError):
        return False


def files_of(word: str | Path) -> FolderFiles | ArchiveFiles:
    """Those of the bundle that a word names."""
    return FolderFiles(word) if is_folder(word) else ArchiveFiles(word)


class FolderFiles:
    """The files of a bundle that is a folder."""

    def __init__(self, word: str | Path) -> None:
        self._word = str(Path(word))
        self._folder = _OfBundle(Path(os.path.realpath(word)))
        self.size = 0

    def name(self, path: str) -> str:
        """What reports call a file."""
        return printable(os.path.join(self._word, path))  # noqa: PTH118 - as sources are named, without a Path each

    def manifest(self) -> bytes:
        """Its bytes.

        Raises:
            InputError: it cannot be read, or is too large.
        """
        data = self._folder.read(NAME, most=MOST_BYTES)
        self.size = len(data)
        return data

    def source(self, item: Item) -> Source | str:
        """A file as a source; or why it is none."""
        try:
            path = self._folder.file(*parts_of(item.path))
            if not path.exists():
                return "the file is missing"
            with path.open("rb") as stream:
                problem = _difference(item, iter(lambda: stream.read(BLOCK), b""))
        except (InputError, OSError) as error:
            return getattr(error, "reason", None) or "cannot be read"
        name = self.name(item.path)
        return problem or Source(name, path, stored=item.size, modified=_time_of(item))

    def others(self, known: set[str]) -> list[str]:
        """Sentences for the files that the manifest does not name."""
        refused = Refused()
        root = str(self._folder.root)
        for folder, _, names in os.walk(root):
            below = os.path.relpath(folder, root).replace(os.sep, "/")
            for name in names:
                path = name if below == "." else f"{below}/{name}"
                if path not in known and path != NAME:
                    refused.add(printable(path), "the manifest does not name it")
        return refused.problems()


class _OfBundle(PrivateFolder):
    noun = "bundle"


class ArchiveFiles:
    """The files of a bundle that is an archive: those of a zip archive are read where they are, others are held."""

    def __init__(self, word: str | Path) -> None:
        self._word = str(word)
        self.size = 0
        self._refused = Refused()
        self._problems: list[str] = []
        source = Source(printable(self._word), word)
        self._files: dict[str, Source] = {}
        begin = len(source.name) + 1
        try:
            for file in members(source, Allowance.of(source, TRAIL_MEMBERS), self._refused, 0, Room()):
                self._files[file.name[begin:].removeprefix("./")] = file
        except InputError as error:
            self._problems.append(error.reason)
        own = min((name for name in self._files if _is_manifest(name)), key=len, default=NAME)
        self._folder = own.removesuffix(NAME)

    def name(self, path: str) -> str:
        """What reports call a file."""
        return printable(f"{self._word}!{self._folder}{path}")

    def manifest(self) -> bytes:
        """Its bytes.

        Raises:
            InputError: there is none, or it is too large.
        """
        source = self._files.get(self._folder + NAME)
        if source is None:
            told = self._problems or self._refused.problems() or ["it has no manifest"]
            raise InputError(self._word, told[0])
        data = source.open().read(MOST_BYTES + 1)
        self.size = len(data)
        return data

    def source(self, item: Item) -> Source | str:
        """A file as a source; or why it is none."""
        file = self._files.get(self._folder + item.path)
        if file is None:
            return "the file is missing"
        try:
            with file.open() as stream:
                problem = _difference(item, iter(lambda: stream.read(BLOCK), b""))
        except (InputError, OSError) as error:
            return getattr(error, "reason", None) or "cannot be read"
        if problem:
            return problem
        modified = _time_of(item)
        return Source(
            file.name,
            None,
            file.content,
            file.opener,
            stored=item.size,
            within=file.within,
            modified=modified,
        )

    def others(self, known: set[str]) -> list[str]:
        """Sentences for the files that the manifest does not name, and those that could not be read."""
        refused = Refused()
        for name in self._files:
            if name.removeprefix(self._folder) not in known and name != self._folder + NAME:
                refused.add(name, "the manifest does not name it")
        return [*self._problems, *self._refused.problems(), *refused.problems()]


def _difference(item: Item, chunks: Iterator[bytes]) -> str | None:
    """How a file differs from what the manifest says of it; no more of it is read than there should be."""
    size, digest = 0, hashlib.sha256()
    for chunk in chunks:
        size += len(chunk)
        if size > item.size:
            break
        digest.update(chunk)
    if size == item.size and digest.hexdigest() == item.sha256:
        return None
    return "it is not as it was copied: its size or its hash is not that of the manifest"


def _time_of(item: Item) -> datetime | None:
    """When what a listing says was so, or a log was last changed: a copied file has another time."""
    time = {"listing": item.at, "log": item.modified}.get(item.kind)
    return None if time is None else in_utc(time)


def _is_packed_bundle(source: Source) -> bool:
    """Whether an archive may be a bundle: its first file is a manifest, or stands where a bundle's do."""
    if not is_archive(_head(source)):
        return False
    allowance = Allowance.of(source, TRAIL_MEMBERS)
    begin = len(source.name) + 1
    for file in members(source, allowance, Refused(), 0):
        name = file.name[begin:].removeprefix("./")
        if _is_manifest(name):
            return _SCHEMA.search(_head(file)) is not None
        if not _FOLDERS.intersection(name.split("/")[:2]):
            return False
    return False


def _is_manifest(name: str) -> bool:
    folder, _, last = name.rpartition("/")
    return last == NAME and "/" not in folder


def _head(source: Source) -> bytes:
    return next(blocks(source), b"")


def _is_manifest_of_ours(manifest: Path) -> bool:
    """Whether it names the schema anywhere: another program may have written it anew, in another order."""
    with manifest.open("rb") as stream:
        return _SCHEMA.search(stream.read(MOST_BYTES)) is not None
