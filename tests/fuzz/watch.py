"""What a case may cost: more than that is a finding, as a crash is."""

from __future__ import annotations

import resource
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 10  # of the processor: a loaded machine is no finding
GROWTH = 1 << 30  # bytes of memory beyond those that were held before
HANG = 120  # seconds by the clock, after which the process is ended
_CEILING = 8 << 30  # bytes of addresses beyond those in use: what asks for more is ended, not the machine
_STATUS = Path("/proc/self/status")
_RESET = Path("/proc/self/clear_refs")


class CostError(Exception):
    """A case took too long, or too much memory."""


@contextmanager
def watched(seconds: float = SECONDS, growth: int = GROWTH) -> Iterator[None]:
    """Runs a case.

    Raises:
        CostError: it took more than `seconds` of the processor, or `growth` bytes of memory.
    """
    with suppress(OSError):
        _RESET.write_text("5")  # the peak begins anew (proc(5))
    held, began = _bytes("VmRSS"), time.process_time()
    yield
    took, grew = time.process_time() - began, _bytes("VmHWM") - held
    if took > seconds:
        raise CostError(f"{took:.0f} s of the processor")
    if grew > growth:
        raise CostError(f"{grew >> 20} MiB of memory")


def bound_memory() -> None:
    """Puts a ceiling to what this process may ask for."""
    with suppress(ValueError, OSError):
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (_bytes("VmSize") + _CEILING, hard))


def _bytes(name: str) -> int:
    """A line of the process's status; where there is none, the peak of the whole run."""
    try:
        (line,) = (line for line in _STATUS.read_text().splitlines() if line.startswith(f"{name}:"))
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
    return int(line.split()[1]) << 10
