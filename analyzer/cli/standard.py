"""Standard input, output and error as the program needs them: there, whatever the caller closed; their failures told.

A file that is opened while one of them is closed would become that one, and get what is written to it (POSIX: the
lowest number that is free). So each is opened on the null device; input and output in the way that they are not used,
so that their use fails (as gnulib's `stdopen` does), but error so that what is said there goes nowhere.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import TYPE_CHECKING, Final

from analyzer.errors import UsageError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_MODES: Final = (os.O_WRONLY, os.O_RDONLY, os.O_WRONLY)
_OUT, _ERR = 1, 2


class OutputError(UsageError):
    """Standard output cannot be written."""

    def __init__(self, error: OSError) -> None:
        reason = "it is closed" if error.errno == errno.EBADF else (error.strerror or str(error)).lower()
        super().__init__(f"standard output: cannot be written: {reason}")


class _Raw(io.RawIOBase):
    """An open file of the system, by its number."""

    def __init__(self, number: int) -> None:
        self._number = number

    def fileno(self) -> int:
        return self._number

    def isatty(self) -> bool:
        return os.isatty(self._number)

    def writable(self) -> bool:
        return True


class Output(_Raw):
    """Standard output. A failure is raised once; what is still held after it goes nowhere, also at Python's end.

    Attributes:
        gone: whether nothing is written any more: it failed, or its reader has gone away, which is no failure.
    """

    gone = False

    def write(self, data: ReadableBuffer, /) -> int:
        """Writes as the system does.

        Raises:
            OutputError: it cannot.
        """
        if not self.gone:
            try:
                return os.write(self._number, data)
            except BrokenPipeError:
                self.gone = True
            except OSError as error:
                self.gone = True
                raise OutputError(error) from error
        return memoryview(data).nbytes


class Errors(_Raw):
    """Standard error. What it does not take is lost: there is nowhere to tell of it."""

    def write(self, data: ReadableBuffer, /) -> int:
        """Writes as the system does, or not at all."""
        try:
            return os.write(self._number, data)
        except OSError:
            return memoryview(data).nbytes


def open_standard() -> None:
    """Makes all three usable, and `sys.stdout` and `sys.stderr` such that their failures are handled."""
    for number, mode in enumerate(_MODES):
        if not _is_open(number):
            _open_null(number, mode)
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115 - for good
    sys.stdout = _text(Output(_OUT), line_buffering=os.isatty(_OUT))
    sys.stderr = _text(Errors(_ERR), line_buffering=True)


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def _open_null(number: int, mode: int) -> None:
    opened = os.open(os.devnull, mode)
    if opened != number:
        os.dup2(opened, number)
        os.close(opened)
    os.set_inheritable(number, True)


def _text(raw: _Raw, *, line_buffering: bool) -> io.TextIOWrapper:
    buffer = io.BufferedWriter(raw)
    return io.TextIOWrapper(
        buffer, encoding="utf-8", errors="backslashreplace", line_buffering=line_buffering
    )
