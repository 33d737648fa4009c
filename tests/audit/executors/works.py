"""Work that the tests of the executors give away: functions of a module, as an executor wants them."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import TYPE_CHECKING

from analyzer.audit.probing import beginning_of

if TYPE_CHECKING:
    from analyzer.sources.source import Source


def same(piece: int) -> int:
    return piece


def spin(seconds: float) -> int:
    """Works for as much time of a processor, however many others work too."""
    end = time.thread_time() + seconds
    count = 0
    while time.thread_time() < end:
        count += 1
    return count


def refuse(piece: int) -> int:
    if piece == 3:
        raise ValueError("no threes")
    return piece


def end_once(piece: tuple[int, str]) -> int:
    """Ends its process the first time that a piece with a mark is done by anybody."""
    number, mark = piece
    if mark:
        try:
            os.close(os.open(mark, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return number
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def end_elsewhere(parent: int) -> int:
    """Ends every process but the one that asks."""
    if os.getpid() != parent:
        os._exit(1)
    return parent


def where(_: int) -> tuple[int, list[str]]:
    return os.getpid(), sys.path


def sleep(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def beginning_here(source: Source) -> str:
    """What only a process that has the variable HERE can read."""
    return beginning_of(source) if "HERE" in os.environ else ""
