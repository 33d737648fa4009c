"""One run at a time fills a bundle. The folder itself is locked: a file for it would stand in the bundle.

The system lets the lock go when the process ends, however that is. Where folders cannot be locked (Windows, some file
systems of other machines) nothing is.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from analyzer.errors import InputError
from analyzer.sources.walk import printable

if TYPE_CHECKING:
    from pathlib import Path

_FOLDER: Final = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
_TAKEN: Final = "another run is filling this bundle: wait until it has ended, or name another folder"


class Lock:
    """Holds a folder until it is closed, or nobody has it any more."""

    _number: int | None = None

    def __init__(self, folder: Path) -> None:
        """Takes the lock.

        Raises:
            InputError: another run holds it.
        """
        self._number = _held(folder)

    def close(self) -> None:
        """Lets it go."""
        number, self._number = self._number, None
        if number is not None:
            os.close(number)

    def __del__(self) -> None:
        self.close()


def _held(folder: Path) -> int | None:
    """The number of the open folder; None where it cannot be locked."""
    try:
        import fcntl

        number = os.open(folder, _FOLDER)
    except (ImportError, OSError):
        return None
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(number)
        raise InputError(printable(folder), _TAKEN) from error
    except OSError:
        os.close(number)
        return None
    return number
