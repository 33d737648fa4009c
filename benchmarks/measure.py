"""Times whole processes, in turn, and reads their peak memory from the operating system."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Contender:
    """One way to do the job.

    Attributes:
        command: run without a shell.
        megabytes: how much of the input it reads (the slow ones read a part).
    """

    command: Sequence[str]
    megabytes: float


@dataclass(frozen=True, slots=True)
class Timing:
    """Medians over the rounds: seconds of wall time, MB/s of input, the largest peak of resident memory in MB."""

    seconds: float
    rate: float
    peak: float


def compare(contenders: Mapping[str, Contender], rounds: int) -> dict[str, Timing]:
    """All contenders, each once per round and in turn, so that a drift of the machine meets them alike."""
    runs: dict[str, list[tuple[float, float]]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, contender in contenders.items():
            runs[name].append(_run(contender.command))
    return {
        name: Timing(
            seconds := statistics.median(second for second, _ in runs[name]),
            contender.megabytes / seconds,
            max(peak for _, peak in runs[name]),
        )
        for name, contender in contenders.items()
    }


def show(title: str, timings: Mapping[str, Timing], baseline: str) -> None:
    """Prints a table; the last column is how many times faster `baseline` is."""
    print(f"\n{title}")
    print(f"  {'':34} {'s':>8} {'MB/s':>8} {'peak MB':>8}   {baseline} is")
    for name, timing in timings.items():
        times = timings[baseline].rate / timing.rate
        print(f"  {name:34} {timing.seconds:8.2f} {timing.rate:8.1f} {timing.peak:8.0f}   {times:6.1f} x")


def _run(command: Sequence[str]) -> tuple[float, float]:
    """(seconds, peak MB) of one process; what it prints is thrown away.

    Raises:
        RuntimeError: it failed, so that its time says nothing.
    """
    begun = time.perf_counter()
    with Path(os.devnull).open("wb") as nowhere:
        child = subprocess.Popen(command, stdout=nowhere)
        _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - begun
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise RuntimeError(f"{command[0]} ended with {child.returncode}: {' '.join(command)[:200]}")
    return seconds, usage.ru_maxrss / 1024
