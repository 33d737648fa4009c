"""The file of `--output`: a regular one takes its place when it is whole; devices and pipes are written as they are."""

from __future__ import annotations

import os
import re
import stat
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from analyzer.sources.paths import absolute_path, is_folder, real_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

_DESCRIPTORS: Final = {"/dev/stdout": 1, "/dev/stderr": 2}
_DESCRIPTOR: Final = re.compile(r"/(?:dev/fd|proc/(?:self|thread-self)/fd)/(\d{1,9})")
_PRIVATE: Final = 0o600
_NEW: Final = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
"""A file that was not there. Windows would write each line end as two bytes without `O_BINARY`."""


def problem_of(output: str) -> str | None:
    """Why `output` surely cannot be written, where that is known beforehand."""
    if not output or "\0" in output:
        return "is not a file name"
    if is_folder(output):
        return "is a directory"
    if descriptor(output) is None and not is_folder(Path(real_path(output)).parent):
        return "its folder does not exist"
    return None


def is_replaced(output: str) -> bool:
    """Whether `output` is, or will be, a regular file, which `opened` replaces at the end."""
    if descriptor(output) is not None:
        return False
    try:
        return stat.S_ISREG(Path(os.path.realpath(output)).stat().st_mode)
    except OSError:
        return True


@contextmanager
def opened(output: str) -> Iterator[BinaryIO]:
    """What to write into. A regular file is replaced at the end, at once; on an error the old one stays as it was.

    A link is followed, and stays: what it leads to is replaced. A new file is for its owner only; one that was there
    keeps its mode, and its group where that can be.

    Raises:
        OSError: it cannot be written.
    """
    number = descriptor(output)
    if number is not None:
        with os.fdopen(os.dup(number), "wb") as file:
            yield file
        return
    target = os.path.realpath(output)
    old = _old(target)
    if old is not None and not stat.S_ISREG(old.st_mode):
        with Path(target).open("wb") as file:
            yield file
        return
    with _replacing(Path(target), old) as file:
        yield file


def descriptor(output: str) -> int | None:
    """The number of the open file that `output` is a name for: what the caller opened is not to be replaced."""
    path = absolute_path(output)  # not `real_path`: these are links, and lead to what is behind them
    found = _DESCRIPTOR.fullmatch(path)
    return int(found[1]) if found else _DESCRIPTORS.get(path)


def _old(target: str) -> os.stat_result | None:
    """What is there.

    Raises:
        OSError: it may not be written; a rename would replace it all the same.
    """
    try:
        old = Path(target).stat()
    except FileNotFoundError:
        return None
    if not os.access(target, os.W_OK):
        raise PermissionError(None, "permission denied")
    return old


@contextmanager
def _replacing(target: Path, old: os.stat_result | None) -> Iterator[BinaryIO]:
    """A file beside `target`, which takes its place; its name cannot be foreseen, and it is no input (`is_hidden`)."""
    beside = target.parent / f".lostwrite-{os.urandom(8).hex()}.tmp"
    made = True
    try:
        try:
            number = os.open(beside, _NEW, _PRIVATE)
        except FileExistsError:
            made = False  # it is another's
            raise
        with os.fdopen(number, "wb") as file:
            if old is not None:
                _take_after(file.fileno(), old)
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    finally:
        if made:
            beside.unlink(missing_ok=True)


def _take_after(number: int, old: os.stat_result) -> None:
    """Gives the file the owner, group and mode of the old one; nobody may read it who could not read that.

    On Windows, which has none of these, the folder's rights hold for both.
    """
    if not hasattr(os, "fchown"):
        return
    mode = stat.S_IMODE(old.st_mode) & 0o777
    with suppress(OSError):
        os.fchown(number, old.st_uid, old.st_gid)
    if os.fstat(number).st_gid != old.st_gid:
        mode &= ~0o070
    os.fchmod(number, mode)
