"""CPU seconds and memory of a process and all that it started, from `/proc` (Linux only)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


class Cost(NamedTuple):
    """What processes have used up to now, and hold now.

    Attributes:
        cpu: user and system seconds of all of them, and of those that have ended and were waited for.
        own: those of the first process alone.
        memory: resident bytes of all of them: pages that they share count more than once.
    """

    cpu: float
    own: float
    memory: int


def cost(root: int) -> Cost:
    """The cost of the process `root` and of all below it; zeros where it is gone."""
    found = _found()
    cpu = own = memory = 0
    for number in _tree(root, found):
        fields = found.get(number, [])
        if fields:
            user, system, of_ended_user, of_ended_system = (int(field) for field in fields[11:15])
            cpu += user + system + of_ended_user + of_ended_system
            memory += int(fields[21]) * _PAGE
            own = user + system if number == root else own
    return Cost(cpu / _TICKS, own / _TICKS, memory)


def processes(root: int) -> list[int]:
    """The process `root` and all below it, whatever group they are of."""
    return _tree(root, _found())


def _tree(root: int, found: Mapping[int, list[str]]) -> list[int]:
    below: dict[int, list[int]] = {}
    for number, fields in found.items():
        below.setdefault(int(fields[1]), []).append(number)
    tree = [root]
    for number in tree:
        tree += below.get(number, [])
    return tree


def _found() -> dict[int, list[str]]:
    return {number: fields for number in _numbers() if (fields := _fields(number))}


def _numbers() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _fields(number: int) -> list[str]:
    """What `/proc/N/stat` says after the name of the program, which may hold anything; nothing of one that is gone."""
    try:
        return (
            Path(f"/proc/{number}/stat")
            .read_text(encoding="utf-8", errors="replace")
            .rsplit(")", 1)[1]
            .split()
        )
    except OSError:
        return []
