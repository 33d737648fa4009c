"""The files below a folder, walked anew whenever they are asked for, so that a million of them are never a list.

Symbolic links to directories are not followed, so no loop can be entered.
"""

from __future__ import annotations

import os
import zlib
from dataclasses import dataclass, field
from heapq import merge
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from analyzer.sources.account import Account
from analyzer.sources.folders import COPIES, is_hidden, no_logs, not_read, step_copies

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_RUN: Final = 20_000  # names of one folder that are sorted, and held as they are, at a time
_BLOCK: Final = 500  # names that are packed together


@dataclass(slots=True)
class Told:
    """What a walk came across besides the files that it gave.

    Attributes:
        links: files that are symbolic links.
        accounts: of folders that could not be listed, or are not read, and why.
        copies: files that are not read because they repeat others.
    """

    links: set[str] = field(default_factory=set)
    accounts: list[Account] = field(default_factory=list)
    copies: int = 0


class Tree:
    """The regular files below a folder, and links to such, as paths: sorted in each folder, but for what is hidden.

    Attributes:
        folder: as the user wrote it.
        real: the same without symbolic links.
        links: which of the files are links.
        accounts: of what is not read below the folder, and why.
    """

    def __init__(self, folder: str) -> None:
        self.folder = str(Path(folder))
        self._prefix = _prefix(self.folder)
        self.real = os.path.realpath(folder)
        told = Told()
        self._count = sum(1 for _ in _walk(self.folder, told))
        self.links = told.links
        self.accounts = told.accounts
        if told.copies:
            self.accounts.append(Account(printable(self.folder), problems=[not_read(told.copies, COPIES)]))

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[str]:
        return _walk(self.folder)

    def real_path(self, file: str) -> str:
        """One of the files, without symbolic links."""
        if file in self.links:
            return os.path.realpath(file)
        return _prefix(self.real) + file[len(self._prefix) :]


def printable(path: str | os.PathLike[str]) -> str:
    """A path as valid Unicode: file names are bytes, and tables hold text."""
    text = os.fspath(path)
    if text.isascii():
        return text  # the path's own, not a copy
    return os.fsencode(path).decode("utf-8", "replace")


@dataclass(slots=True)
class _Folder:
    """A folder that is being walked.

    Attributes:
        prefix: of the paths in it.
        names: what stands in it and is still to be walked.
        folders: which of the names are folders.
        jobs: names of files in it of which other files, in the folders, may be copies.
        copied: where the folder itself may hold such copies: its name, and the jobs of the folder above.
    """

    prefix: str
    names: Iterator[str]
    folders: set[str]
    jobs: list[str]
    copied: tuple[str, list[str]] | None


def _walk(root: str, told: Told | None = None) -> Iterator[str]:
    """The files below `root`; what else is met goes to `told`, where anyone asks for it."""
    way = [_listed(root, _prefix(root), None, told)]
    while way:
        here = way[-1]
        name = next(here.names, None)
        if name is None:
            way.pop()
        elif name in here.folders:
            path = here.prefix + name
            if reason := no_logs(Path(path).parts):
                _tell_of_folder(path, reason, told)
            elif not is_hidden(name):
                way.append(_listed(path, _prefix(path), (name, here.jobs), told))
        elif here.copied and _is_copy(name, *here.copied):
            if told:
                told.copies += 1
        else:
            yield here.prefix + name


def _prefix(folder: str) -> str:
    return "" if folder == "." else f"{folder.removesuffix('/')}/"


def _listed(path: str, prefix: str, copied: tuple[str, list[str]] | None, told: Told | None) -> _Folder:
    here = _Folder(prefix, iter(()), set(), [], copied if copied and copied[1] else None)
    try:
        with os.scandir(path) as entries:
            here.names = _in_order(_seen(entries, here, told))
    except OSError as error:
        if told:
            reason = f"cannot be listed: {(error.strerror or 'unknown error').lower()}"
            told.accounts.append(Account(printable(path), problems=[reason]))
    return here


def _seen(entries: Iterable[os.DirEntry[str]], here: _Folder, told: Told | None) -> Iterator[str]:
    """The names of the folders and of the files that may be read; `here` is told more of them."""
    for entry in entries:
        name = entry.name
        if entry.is_dir(follow_symlinks=False):
            here.folders.add(name)
        elif is_hidden(name):
            continue
        elif entry.is_symlink():
            if not Path(entry).is_file():
                continue
            if told:
                told.links.add(here.prefix + name)
        elif not entry.is_file(follow_symlinks=False):
            continue
        if name.endswith(".txt") and name[0].isdigit():
            here.jobs.append(name)
        yield name


def _tell_of_folder(path: str, reason: str, told: Told | None) -> None:
    if told:
        files_below = sum(len(files) for _, _, files in os.walk(path))
        told.accounts.append(Account(printable(path), problems=[not_read(files_below, reason)]))


def _is_copy(name: str, folder: str, jobs: list[str]) -> bool:
    return bool(step_copies([*jobs, f"{folder}/{name}"]))


def _in_order(names: Iterator[str]) -> Iterator[str]:
    """The names, sorted. Those of a large folder are held packed: most of each name is that of its neighbours."""
    first = sorted(islice(names, _RUN))
    runs = []
    while more := sorted(islice(names, _RUN)):
        runs.append(_packed(more))
    return merge(*map(_unpacked, [_packed(first), *runs])) if runs else iter(first)


def _packed(names: list[str]) -> list[bytes]:
    blocks = (names[start : start + _BLOCK] for start in range(0, len(names), _BLOCK))
    return [zlib.compress(os.fsencode("/".join(block)), 1) for block in blocks]


def _unpacked(blocks: list[bytes]) -> Iterator[str]:
    for block in blocks:
        yield from os.fsdecode(zlib.decompress(block)).split("/")
