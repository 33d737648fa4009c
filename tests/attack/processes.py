"""The processes of this machine, as /proc lists them: those that a program started, and whether they have ended."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 120  # seconds: far more than is needed


def until(holds: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def fields(pid: str) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ["X", "0"]


def children(pid: int) -> list[str]:
    return [entry for entry in os.listdir("/proc") if entry.isdigit() and fields(entry)[1] == str(pid)]  # noqa: PTH208
