"""How long a whole run may take, and how many bytes it may fetch: each call is bounded, but there may be many."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_GIB = 1 << 30
_HOUR = 3600
_AGAIN = "; run the same command again to go on"


@dataclass(slots=True)
class Budget:
    """What is left of a run.

    Attributes:
        seconds: that it may take.
        size: bytes of objects that it may fetch.
        clock: tells the time in seconds.
        fetched: bytes so far; a little more than `size` may be fetched at once.
    """

    seconds: float
    size: int
    clock: Callable[[], float] = time.monotonic
    fetched: int = 0
    _begun: float = field(init=False)

    def __post_init__(self) -> None:
        """Begins now."""
        self._begun = self.clock()

    def why_not(self) -> str | None:
        """Why nothing more is asked for, in one clause; None: it is."""
        if self.clock() - self._begun > self.seconds:
            return f"not asked for: the run had taken {self.seconds / _HOUR:g} hours, the most that it may{_AGAIN}"
        if self.fetched > self.size:
            return f"not asked for: {self.size / _GIB:g} GiB were fetched, the most of one run{_AGAIN}"
        return None
