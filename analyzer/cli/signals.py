"""SIGTERM and SIGHUP end the program as Ctrl-C does: by way of every `finally`, so that nothing half-made stays."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from types import FrameType

_BASE: Final = 128  # a shell's exit code for a signal is this and the signal's number
_SIGNALS: Final = ("SIGTERM", "SIGHUP")  # the second is not known everywhere


def handle() -> None:
    """Lets the signals that would end the process raise SystemExit; what the caller ignores (nohup) stays ignored."""
    for name in _SIGNALS:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _end)


def _end(number: int, frame: FrameType | None) -> None:
    """Once; a second signal ends the process at once."""
    del frame
    signal.signal(number, signal.SIG_DFL)
    raise SystemExit(_BASE + number)
