"""SIGTERM, SIGHUP and Ctrl-C end the program by way of every `finally`, so that nothing half-made stays behind."""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING, Final, NoReturn

if TYPE_CHECKING:
    from types import FrameType

_BASE: Final = 128  # a shell's exit code for a signal is this and the signal's number
_SIGNALS: Final = ("SIGTERM", "SIGHUP")  # the second is not known everywhere
_INTERRUPTED: Final = 130
_PATIENCE: Final = 0.3  # seconds in which Python comes to a signal, where it is not in other code


class Ending:
    """The handlers of the signals; what the caller ignores (nohup) stays ignored.

    Attributes:
        code: the exit code, where a signal other than Ctrl-C ended the program.
    """

    def __init__(self) -> None:
        self.code: int | None = None

    def handle(self) -> None:
        """Sets the handlers, for the rest of the process."""
        numbers = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]
        handled = [number for number in numbers if signal.getsignal(number) == signal.SIG_DFL]
        for number in handled:
            signal.signal(number, self._end)
        if signal.getsignal(signal.SIGINT) == signal.default_int_handler:
            signal.signal(signal.SIGINT, _interrupt)
            self._watch(handled)

    def leave(self, code: int) -> NoReturn:
        """Ends the process with `code`, or with that of a signal.

        After a signal a thread of polars may still wait for Python. Python's own end would abort the process then, so
        that it is left out: what was opened is closed by now.
        """
        code = self.code or code
        if self.code is None and code != _INTERRUPTED:
            sys.exit(code)
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)

    def _end(self, number: int, frame: FrameType | None) -> None:
        del frame
        self.code = _BASE + number
        if not _is_ending():
            raise SystemExit(self.code)

    def _watch(self, handled: list[int]) -> None:
        """Lets a signal also end work of polars, which heeds no other than Ctrl-C and may last for minutes.

        Not on Windows, where no signal comes from others, and one that a process sends itself ends it.
        """
        if not hasattr(signal, "SIGHUP"):
            return
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        Thread(target=self._pass_on, args=(reading, handled), daemon=True).start()

    def _pass_on(self, reading: int, handled: list[int]) -> None:
        while number := os.read(reading, 1):
            while number[0] in handled and self.code is None:
                time.sleep(_PATIENCE)
                if self.code is None:
                    os.kill(os.getpid(), signal.SIGINT)


def _interrupt(number: int, frame: FrameType | None) -> None:
    """As Python's own, but not while an earlier signal is followed: polars raises for Ctrl-C, and then Python would."""
    del number, frame
    if not _is_ending():
        raise KeyboardInterrupt


def _is_ending() -> bool:
    error = sys.exc_info()[1]
    while error is not None:
        if isinstance(error, (KeyboardInterrupt, SystemExit)):
            return True
        error = error.__context__
    return False
