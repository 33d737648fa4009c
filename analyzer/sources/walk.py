"""The files below a folder. One of many files is walked again on each iteration, so that a million are never held.

Symbolic links to directories are not followed, so there are no loops. A link that leads out of the folder is followed
only with `follow_links`: the user did not name what lies there, and may not want to send it.
"""

from __future__ import annotations

import os
import stat
import zlib
from dataclasses import dataclass, field
from heapq import merge
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from analyzer.sources.folders import COPIES, is_hidden, no_logs, not_read, step_copies
from analyzer.sources.input_stats import InputStats

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_RUN: Final = 20_000  # names of one folder that are sorted, and held as they are, at a time
_HELD: Final = 50_000  # files of a tree that are held
_BLOCK: Final = 500  # names that are packed together


@dataclass(slots=True)
class WalkNotes:
    """What a walk found besides the files that it gave.

    Attributes:
        links: files that are symbolic links.
        folders: symbolic links to folders that lie elsewhere.
        outside: links that are not followed as they lead out of the folder.
        unread: of folders that could not be listed, or are not read, and why.
        copies: files that are not read because they repeat others.
    """

    links: set[str] = field(default_factory=set)
    folders: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    unread: list[InputStats] = field(default_factory=list)
    copies: int = 0


class Tree:
    """The regular files below a folder, and links to such, as paths: sorted in each folder, but for what is hidden.

    Attributes:
        folder: as the user wrote it.
        real: the same without symbolic links.
        links: which of the files are links.
        folders: links to folders that lie elsewhere, where these are followed: each is a tree of its own.
        unread: of what is not read below the folder, and why.
    """

    def __init__(self, folder: str, *, follow_links: bool = False) -> None:
        self.folder = str(Path(folder))
        self._prefix = _prefix(self.folder)
        self.real = os.path.realpath(folder)
        self._follow_links = follow_links
        notes = WalkNotes()
        walk = self._walk(notes)
        self._few: list[str] | None = list(islice(walk, _HELD))
        self._count = len(self._few) + sum(1 for _ in walk)
        if self._count > _HELD:
            self._few = None
        self.links = notes.links
        self.folders = notes.folders
        self.unread = notes.unread
        if notes.copies:
            self.unread.append(InputStats(printable(self.folder), problems=[not_read(notes.copies, COPIES)]))
        if notes.outside:
            self.unread.append(outside(notes.outside))

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[str]:
        return self._walk() if self._few is None else iter(self._few)

    def _walk(self, notes: WalkNotes | None = None) -> Iterator[str]:
        return _walk(self.folder, _Links(self.real, follow=self._follow_links), notes)

    def real_path(self, file: str) -> str:
        """One of the files, without symbolic links."""
        if file in self.links:
            return os.path.realpath(file)
        return _prefix(self.real) + file[len(self._prefix) :]


def outside(links: Sequence[str]) -> InputStats:
    """The stats of links that lead out of the folder in which they were met."""
    words = "a link that leads out of the folder; --follow-links follows it"
    problem = (
        f"not read: {words}"
        if len(links) == 1
        else not_read(len(links), words.replace("a link", "each a link"))
    )
    return InputStats(printable(links[0]), problems=[problem], files=len(links))


@dataclass(frozen=True, slots=True)
class _Links:
    """Which symbolic links are followed: those that stay below `real`, or all."""

    real: str
    follow: bool

    def admits(self, path: str) -> bool:
        """Whether the link at `path` is followed."""
        return self.follow or self.stays(path)

    def stays(self, path: str) -> bool:
        """Whether it leads to what lies below the folder."""
        return is_below(os.path.realpath(path), self.real)


def is_below(real: str, folder: str) -> bool:
    """Whether a path without links is that of the folder, or below it."""
    return real == folder or real.startswith(f"{folder.removesuffix(os.sep)}{os.sep}")


def printable(path: str | os.PathLike[str]) -> str:
    r"""A path as valid Unicode: file names are bytes, and tables hold text. What is no UTF-8 is `\xff` and so on."""
    text = os.fspath(path)
    if text.isascii():
        return text  # the path's own, not a copy
    return os.fsencode(path).decode("utf-8", "backslashreplace")


@dataclass(slots=True)
class _Folder:
    """A folder that is being walked.

    Attributes:
        prefix: of the paths in it.
        names: what stands in it and is still to be walked.
        folders: which of the names are folders.
        jobs: names of files in it that other files, in the folders, may be copies of.
        copied: where the folder itself may hold such copies: its name, and the jobs of the folder above.
    """

    prefix: str
    names: Iterator[str]
    folders: set[str]
    jobs: list[str]
    copied: tuple[str, list[str]] | None


def _walk(root: str, links: _Links, notes: WalkNotes | None = None) -> Iterator[str]:
    """The files below `root`; what else is found goes to `notes`, if given."""
    way = [_opened(root, links, None, notes)]
    while way:
        here = way[-1]
        name = next(here.names, None)
        if name is None:
            way.pop()
        elif name in here.folders:
            path = here.prefix + name
            if reason := no_logs(Path(path).parts):
                _note_folder(path, reason, notes)
            elif not is_hidden(name):
                way.append(_opened(path, links, (name, here.jobs), notes))
        elif here.copied and _is_copy(name, *here.copied):
            if notes:
                notes.copies += 1
        else:
            yield here.prefix + name


def _prefix(folder: str) -> str:
    return "" if folder == "." else f"{folder.removesuffix('/')}/"


def _opened(
    path: str, links: _Links, copied: tuple[str, list[str]] | None, notes: WalkNotes | None
) -> _Folder:
    here = _Folder(_prefix(path), iter(()), set(), [], copied if copied and copied[1] else None)
    try:
        with os.scandir(path) as entries:
            here.names = _in_order(_names_of(entries, here, links, notes))
    except OSError as error:
        if notes:
            reason = f"cannot be listed: {(error.strerror or 'unknown error').lower()}"
            notes.unread.append(InputStats(printable(path), problems=[reason]))
    return here


def _names_of(
    entries: Iterable[os.DirEntry[str]], here: _Folder, links: _Links, notes: WalkNotes | None
) -> Iterator[str]:
    """The names of the folders and of the files that may be read; `here` gets more about them."""
    for entry in entries:
        name = entry.name
        if entry.is_dir(follow_symlinks=False):
            here.folders.add(name)
        elif is_hidden(name):
            continue
        elif entry.is_symlink():
            if not _is_file(here.prefix + name, links, notes):
                continue
        elif not entry.is_file(follow_symlinks=False):
            continue
        if name.endswith(".txt") and name[0].isdigit():
            here.jobs.append(name)
        yield name


def _is_file(link: str, links: _Links, notes: WalkNotes | None) -> bool:
    """Whether a link is a file that is read; `notes` gets it."""
    notes = notes or WalkNotes()
    try:
        mode = Path(link).stat().st_mode
    except OSError:  # it leads nowhere, or to itself
        return False
    is_file = stat.S_ISREG(mode)
    if not (is_file or stat.S_ISDIR(mode)):
        return False
    if not links.admits(link):
        notes.outside.append(link)
        return False
    if is_file:
        notes.links.add(link)
    elif not links.stays(link):
        notes.folders.append(link)
    return is_file


def _note_folder(path: str, reason: str, notes: WalkNotes | None) -> None:
    if notes:
        files_below = sum(len(files) for _, _, files in os.walk(path))
        notes.unread.append(InputStats(printable(path), problems=[not_read(files_below, reason)]))


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
