"""One audit at a time writes a catalogue. The system lets the lock go when the process ends, however that is."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from analyzer.errors import InputError
from analyzer.sources.walk import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.audit.catalogue.folder import Folder

_NAME: Final = ".lock"


@contextmanager
def locked(folder: Folder) -> Iterator[None]:
    """Holds the catalogue until the end of the block.

    Raises:
        InputError: another audit holds it, it belongs to another user, or it cannot be written.
    """
    path = folder.made() / _NAME
    folder.require_own()
    try:
        if path.exists() and not stat.S_ISREG(
            path.lstat().st_mode
        ):  # to open a device or a pipe may do something
            raise OSError
        number = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    except OSError as error:
        raise InputError(printable(path), "cannot be opened as the lock of the catalogue") from error
    try:
        if not _taken(number):
            raise InputError(
                printable(folder.root), "another audit is writing this catalogue: wait until it has ended"
            )
        yield
    finally:
        os.close(number)


def _taken(number: int) -> bool:
    """Whether the lock is ours now."""
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        try:
            msvcrt.locking(number, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            return False
        return True
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
