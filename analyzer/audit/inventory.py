"""The words of the command → sources with their size and stamp, compared with what the catalogue has read.

No file is opened for that: size and stamp (an object's ETag, else the time of the last change in nanoseconds) are
looked at first, and the bytes only where these differ, or all with `verify`. What a source of a home is (a log, a
CloudTrail file, a listing of keys) shows when it is read; a home's objects of no deploy are left out.
"""

from __future__ import annotations

import hashlib
import os
import stat
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from analyzer.audit.homes import chosen
from analyzer.errors import InputError
from analyzer.sources.find import find

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from analyzer.sources.input_stats import InputStats
    from analyzer.sources.s3.client import Connection
    from analyzer.sources.source import Source

Role = Literal["log", "trail", "keys"]
Stage = Literal["new", "changed", "unchanged", "gone"]
_BLOCK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Found:
    """A source as it stands now.

    Attributes:
        key: which file it is, however the user names it: its path without links, or its address.
        source: to read it.
        role: what its word was given for.
        size: bytes as stored.
        stamp: changes with the file; empty where nothing shows whether it has changed.
    """

    key: str
    source: Source
    role: Role
    size: int
    stamp: str


@dataclass(frozen=True, slots=True)
class Known:
    """A source as it was when it was read.

    Attributes:
        name: what reports call it.
        role: what its word was given for.
        size: bytes as stored.
        stamp: see `Found`.
        sha256: of the bytes as stored, before they were read; empty where they could not be.
    """

    name: str
    role: Role
    size: int
    stamp: str
    sha256: str


@dataclass(slots=True)
class Inventory:
    """What there is, and what has become of what was read.

    Attributes:
        found: all sources, by their keys, in the order of the words.
        unread: of words that gave none, by what the words were given for.
        stages: of each key that is found or known.
    """

    found: dict[str, Found] = field(default_factory=dict)
    unread: dict[Role, list[InputStats]] = field(default_factory=dict)
    stages: dict[str, Stage] = field(default_factory=dict)

    def of(self, *stages: Stage) -> list[str]:
        """The keys in these stages, in their order."""
        return [key for key, stage in self.stages.items() if stage in stages]


def inventory(
    words: Mapping[Role, Sequence[str | Path]], *, follow_links: bool = False, s3: Connection | None = None
) -> Inventory:
    """What the words name. A file that two of them name counts for the first role in which it is named."""
    made = Inventory()
    for role, named in words.items():
        sources, made.unread[role] = find(named, follow_links=follow_links, s3=s3)
        folders: dict[str, str] = {}
        for source in chosen(sources).sources if role == "log" else sources:
            one = _found(source, role, folders)
            made.found.setdefault(one.key, one)
    return made


def compare(
    made: Inventory,
    known: Mapping[str, Known],
    hashes: Callable[[Iterable[Found]], Mapping[str, str]],
    *,
    verify: bool,
) -> None:
    """Fills `made.stages`.

    Args:
        made: what there is.
        known: what was read, by its key.
        hashes: gives the SHA-256 of sources, by their keys.
        verify: whether the bytes of all of them are compared, and not only of those with another size or stamp.
    """
    here = {key: known[key] for key in made.found if key in known}
    doubtful = [key for key, old in here.items() if _is_doubtful(made.found[key], old, verify=verify)]
    now = hashes(made.found[key] for key in doubtful)
    for key in made.found:
        if key not in here:
            made.stages[key] = "new"
        elif key in now:
            made.stages[key] = "unchanged" if now[key] and now[key] == here[key].sha256 else "changed"
        else:
            made.stages[key] = "unchanged"
    made.stages |= dict.fromkeys((key for key in known if key not in made.found), "gone")


def batches(found: Iterable[Found], files: int, size: int) -> Iterator[tuple[Found, ...]]:
    """The sources in pieces of work: no more than so many files, or so many bytes as stored."""
    piece: list[Found] = []
    left = size
    for one in found:
        if piece and (len(piece) >= files or left < one.size):
            yield tuple(piece)
            piece, left = [], size
        piece.append(one)
        left -= one.size
    if piece:
        yield tuple(piece)


def hash_of(source: Source) -> str:
    """The SHA-256 of the bytes as stored, in hex; empty where they cannot be read, or an ETag shows what they are."""
    if source.etag is not None:
        return ""
    digest = hashlib.sha256()
    try:
        with source.open() as stream:
            for block in iter(lambda: stream.read(_BLOCK), b""):
                digest.update(block)
    except (OSError, InputError):
        return ""
    return digest.hexdigest()


def hashes_of(piece: Sequence[Found]) -> dict[str, str]:
    """The same of a piece of work, by the keys."""
    return {one.key: hash_of(one.source) for one in piece}


def _found(source: Source, role: Role, folders: dict[str, str]) -> Found:
    if source.path is None:
        size, stamp = 0, ""
        if (changed := source.stamp()) is not None:
            size, stamp = changed.size, changed.etag or str(changed.changed)
        else:
            with suppress(OSError):
                size = source.size()
        return Found(source.name, source, role, size, stamp)
    path = os.fspath(source.path)  # as text, and looked at once: there are many files
    key, size, stamp = "", 0, ""
    with suppress(OSError):
        status = os.lstat(path)
        if stat.S_ISLNK(status.st_mode):
            key = _printable(os.path.realpath(path))
            status = os.stat(path)  # noqa: PTH116
        size, stamp = status.st_size, str(status.st_mtime_ns)
    return Found(key or _key(path, folders), _from_anywhere(source, path), role, size, stamp)


def _from_anywhere(source: Source, path: str) -> Source:
    """The source by its whole path: who reads it may be in another folder."""
    if path[:1] == "/" or os.path.isabs(path):  # noqa: PTH117 - a `Path` of each of many files takes long
        return source
    return replace(source, path=Path(path).absolute())


def _key(path: str, folders: dict[str, str]) -> str:
    """Which file one is that is no link. Few folders hold many files, so that links are looked up once for each."""
    folder, name = os.path.split(path)
    if folder not in folders:
        folders[folder] = os.path.realpath(folder)
    return _printable(f"{folders[folder].removesuffix('/')}/{name}")


def _printable(path: str) -> str:
    return path if path.isascii() else os.fsencode(path).decode("utf-8", "backslashreplace")


def _is_doubtful(now: Found, old: Known, *, verify: bool) -> bool:
    """Whether the bytes must be looked at: the stamp of an object is its ETag, and says all."""
    is_same = bool(now.stamp) and (now.size, now.stamp) == (old.size, old.stamp)
    return not is_same or (verify and now.source.etag is None)
