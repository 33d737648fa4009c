"""The folder of the pages: each file takes its place when it is whole, for its owner only, and never through a link.

As `analyzer.cli.place` does for a single file: a file that was there keeps its mode. A new page takes after the old
index, so that a folder that is published stays so. A folder is written into where it is empty, or where the marker says
that its pages are ours; pages of ours that no longer belong to it are removed at the end, when the new index stands.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final

from analyzer.audit.reports.page.places import FOLDER, INDEX, OURS
from analyzer.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Set

MARKER: Final = ".lostwrite-pages"
VERSION: Final = 1
_WORDS: Final = "lostwrite pages "
_PRIVATE: Final = 0o600
_OF_FOLDER: Final = 0o700
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_LONGEST: Final = 100  # bytes of a marker


def problem_of(folder: str) -> str | None:
    """Why the pages surely cannot be written into `folder`, where that is known beforehand; one clause."""
    if not folder or "\0" in folder:
        return "is not a name of a folder"
    place = Path(folder)
    try:
        if not os.path.lexists(place):
            return None if place.absolute().parent.is_dir() else "its parent folder does not exist"
        if not place.is_dir():
            return "is not a folder"
        return _problem_inside(place)
    except OSError as error:
        return (error.strerror or "cannot be looked at").lower()


def _problem_inside(place: Path) -> str | None:
    """Why a folder that is there is not ours to write into."""
    marker = place / MARKER
    if not os.path.lexists(marker):
        with os.scandir(place) as entries:
            return (
                None if next(entries, None) is None else "is not empty, and its pages are not of this program"
            )
    if not stat.S_ISREG(marker.lstat().st_mode):
        return f"has a {MARKER} that is no file"
    with marker.open("rb") as file:
        words = file.read(_LONGEST + 1).decode("ascii", "replace")
    version = words.removeprefix(_WORDS).strip()
    if not words.startswith(_WORDS) or not version.isdecimal() or len(words) > _LONGEST:
        return f"has a {MARKER} that this program did not write"
    if int(version) > VERSION:
        return f"has pages of a newer version of this program ({MARKER} {int(version)}, known are up to {VERSION})"
    pages = place / FOLDER
    return f"has a {FOLDER} that is no folder" if os.path.lexists(pages) and not _is_folder(pages) else None


def write(folder: str, files: Iterable[tuple[str, bytes]]) -> int:
    """Writes the files one by one as they come; gives the number of bytes.

    A crash leaves the old index with pages that are old or new, each whole, and the next run goes on.

    Args:
        folder: an empty one, one of ours, or one that is not there yet; a link to one is followed.
        files: names, as `as_html.files` gives them, and contents; the index last.

    Raises:
        UsageError: the folder is not ours to write into, or a name leads out of it.
        OSError: something cannot be written.
    """
    problem = problem_of(folder)
    if problem:
        raise UsageError(f"{folder} {problem}")
    place = Path(os.path.realpath(folder))
    place.mkdir(mode=_OF_FOLDER, exist_ok=True)
    mode = _mode_of(place / INDEX, _PRIVATE)
    _replace(place / MARKER, f"{_WORDS}{VERSION}\n".encode(), mode)
    _folder_of_pages(place, mode)
    written: set[str] = set()
    total = 0
    for name, data in files:
        _replace(_inside(place, name), data, mode)
        written.add(name)
        total += len(data)
    _remove_old(place, written)
    return total


def _inside(place: Path, name: str) -> Path:
    """Where a file belongs: in the folder, or in its folder of pages, under a plain name."""
    above, _, last = name.rpartition("/")
    if above not in ("", FOLDER) or last in ("", ".", "..", MARKER) or set(last) & {"\\", "\0", ":"}:
        raise UsageError(f"{name!r} is no name of a page")
    return place / above / last


def _folder_of_pages(place: Path, mode: int) -> None:
    """Makes the folder of the pages, to be entered by those who may read the index."""
    pages = place / FOLDER
    pages.mkdir(mode=_OF_FOLDER, exist_ok=True)
    if not _is_folder(pages):
        raise UsageError(f"{pages} is no folder")
    if mode != _PRIVATE and not stat.S_IMODE(pages.stat().st_mode) & 0o077:
        pages.chmod(stat.S_IMODE(place.stat().st_mode) & 0o777)


def _is_folder(path: Path) -> bool:
    """Whether it is a folder itself, and no link to one."""
    return stat.S_ISDIR(path.lstat().st_mode)


def _mode_of(path: Path, otherwise: int) -> int:
    """The mode of a file that is there, and no link."""
    try:
        old = path.lstat()
    except FileNotFoundError:
        return otherwise
    return stat.S_IMODE(old.st_mode) & 0o777 if stat.S_ISREG(old.st_mode) else otherwise


def _replace(target: Path, data: bytes, mode: int) -> None:
    """Writes a file beside `target` and lets it take its place; a link that stands there is replaced, not followed."""
    beside = target.parent / f".lostwrite-{os.urandom(8).hex()}.tmp"
    number = os.open(beside, _NEW, _PRIVATE)
    try:
        with os.fdopen(number, "wb") as file:
            if hasattr(os, "fchmod"):
                os.fchmod(file.fileno(), _mode_of(target, mode))
            file.write(data)
            if target.name == INDEX:
                file.flush()
                os.fsync(file.fileno())
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _remove_old(place: Path, written: Set[str]) -> None:
    """Removes pages of ours that were not written now; whatever else is there stays."""
    with os.scandir(place / FOLDER) as entries:
        old = [entry.name for entry in entries if OURS.fullmatch(entry.name)]
    for name in old:
        if f"{FOLDER}/{name}" not in written:
            (place / FOLDER / name).unlink(missing_ok=True)
