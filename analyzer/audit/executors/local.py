"""The executor for the cores of this machine: processes that stay for all steps of an audit.

This process hands out pieces and takes results, and works on none: so it stores each result at once, and a piece that
the system ends for want of memory takes a worker with it, not the audit. What such a worker had is done here, and
another worker takes its place.
"""

from __future__ import annotations

import os
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Final

from analyzer.processes.workers import WorkerLostError, Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future
    from typing import Self

    from analyzer.audit.interface import Piece, Result

_AHEAD: Final = 3  # pieces for each process that are not yet taken back: in work, next, done
_SPARE: Final = 8  # workers for each process that may take the place of ended ones


def cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Local:
    """`jobs` worker processes; 0: one for each core."""

    NAME = "local"
    elsewhere = None

    def __init__(self, jobs: int = 0) -> None:
        self._jobs = jobs or cores()
        self._entered = False
        self._workers: Workers | None = None

    def run(self, work: Callable[[Piece], Result], pieces: Iterable[Piece]) -> Iterator[tuple[Piece, Result]]:
        """Each piece with its result, as soon as it is there."""
        if not self._entered:
            raise RuntimeError("an executor is used in its `with` block")
        left = iter(pieces)
        given: dict[Future[Any], Piece] = {}
        done: SimpleQueue[Future[Any]] = SimpleQueue()
        try:
            while True:
                while len(given) < self._jobs * _AHEAD:
                    try:
                        piece = next(left)
                    except StopIteration:
                        break
                    future = self._started().submit(work, piece)
                    given[future] = piece
                    future.add_done_callback(done.put)
                if not given:
                    return
                future = done.get()
                piece = given.pop(future)
                yield piece, _result(future, work, piece)
        finally:
            for future in given:
                future.cancel()

    def __enter__(self) -> Self:
        """The processes start with the first piece: an audit that finds nothing new needs none."""
        self._entered = True
        return self

    def __exit__(self, *error: object) -> None:
        """Ends them, whatever they do."""
        self._entered = False
        if self._workers is not None:
            self._workers.__exit__(None, None, None)
            self._workers = None

    def _started(self) -> Workers:
        if self._workers is None:
            self._workers = Workers(self._jobs, self._jobs * _SPARE).__enter__()
        return self._workers


def _result(future: Future[Result], work: Callable[[Piece], Result], piece: Piece) -> Result:
    """The result of the process; where that has ended, the work is done here."""
    try:
        return future.result()
    except WorkerLostError:
        return work(piece)
