"""Worker processes that do the same work on many pieces. They end with their parent, however the parent ends.

A worker reads work and pieces from a pipe that only its parent holds. When the pipe ends, the worker ends too, even if
the parent was killed. How it is started: `safe.py`.

A worker whose work raises an error ends. The parent then does the piece itself, and gets the error.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections import deque
from concurrent.futures import Future
from contextlib import suppress
from queue import SimpleQueue
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple, TypeVar

from analyzer.processes.safe import ended, started

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

_MOST_PIECES: Final = 2  # pieces that a worker has at a time: the one that it works on, and the next

Piece = TypeVar("Piece")
Result = TypeVar("Result")


class WorkerLostError(Exception):
    """The process that had the piece has ended, or none could be started: the piece is still to be done."""


class _Order(NamedTuple):
    """A piece, what is to be done with it, and where the result goes."""

    work: Callable[[Any], Any]
    piece: object
    future: Future[Any]


class Workers:
    """`number` processes, as long as the `with` block lasts; where one ends, another takes its place, `spare` times."""

    def __init__(self, number: int, spare: int = 0) -> None:
        self._waiting: deque[_Order] = deque()
        self._lock = Lock()
        self._all: list[_Worker] = []
        self._alive: list[_Worker] = []
        self._spare = spare
        with suppress(OSError, ValueError):  # no Python that can be started: none is alive then
            for _ in range(number):
                self._all.append(_Worker(self._next, self._lost))
        self._alive += self._all

    def __enter__(self) -> Self:
        for worker in self._all:
            worker.listener.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._spare = 0
            self._waiting.clear()
        for worker in self._all:
            worker.end()

    def submit(self, work: Callable[[Piece], Result], piece: Piece) -> Future[Result]:
        """What `work`, a function of a module, will give for the piece; it can be cancelled until a process has it.

        The future's only error is WorkerLostError.
        """
        future: Future[Result] = Future()
        with self._lock:
            self._waiting.append(_Order(work, piece, future))
        self._next()
        return future

    def _next(self) -> None:
        """Hands out what waits, to those that have least."""
        with self._lock:
            while self._waiting and self._alive:
                worker = min(self._alive, key=lambda worker: len(worker.pieces))
                if len(worker.pieces) >= _MOST_PIECES:
                    return
                order = self._waiting.popleft()
                if order.future.set_running_or_notify_cancel():
                    worker.give(order)
            waiting = [] if self._alive else [order.future for order in self._waiting]
            self._waiting = self._waiting if self._alive else deque()
        for future in waiting:
            if future.set_running_or_notify_cancel():
                future.set_exception(WorkerLostError())

    def _lost(self, worker: _Worker) -> None:
        """The worker has ended: what it had is not done."""
        with self._lock:
            self._alive = [other for other in self._alive if other is not worker]
            pieces, worker.pieces = worker.pieces, deque()
            if self._spare:
                self._spare -= 1
                self._replace()
        for future in pieces:
            future.set_exception(WorkerLostError())
        self._next()

    def _replace(self) -> None:
        with suppress(OSError, ValueError):
            fresh = _Worker(self._next, self._lost)
            fresh.listener.start()
            self._all.append(fresh)
            self._alive.append(fresh)


class _Worker:
    """One process, and the thread that waits for its results."""

    def __init__(self, free: Callable[[], None], lost: Callable[[_Worker], None]) -> None:
        self._process = started(__name__, "serve")
        self.pieces: deque[Future[Any]] = deque()
        self.listener = Thread(target=self._listen, args=(free, lost), daemon=True)
        self._work: Callable[[Any], Any] | None = None

    def give(self, order: _Order) -> None:
        """Sends a piece, and before it the work where it is another than before.

        If the process has ended, the listener sees it too, and reports it.
        """
        self.pieces.append(order.future)
        new = None if order.work is self._work else order.work
        self._work = order.work
        stream = self._process.stdin
        if stream is None:
            return
        try:
            pickle.dump((new, order.piece), stream, pickle.HIGHEST_PROTOCOL)
            stream.flush()
        except Exception:  # noqa: BLE001 - what cannot be pickled may raise anything
            self._process.kill()  # else nobody would hear of the piece any more

    def end(self) -> None:
        """Ends the process, whatever it does."""
        self._process.kill()
        if self.listener.is_alive():
            self.listener.join()
        ended(self._process)

    def _listen(self, free: Callable[[], None], lost: Callable[[_Worker], None]) -> None:
        with suppress(Exception):  # whatever comes that is no result: the worker is of no more use
            while self._process.stdout is not None:
                result = pickle.load(self._process.stdout)  # noqa: S301 - a pipe from our own child
                future = self.pieces.popleft()
                free()
                future.set_result(result)
        lost(self)


def serve() -> None:
    """What a worker does: it reads work and pieces from standard input until that ends."""
    pieces_in, results_out = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)  # what a library might print is no result
    pieces: SimpleQueue[tuple[Any, object]] = SimpleQueue()
    Thread(target=_receive, args=(pieces_in, pieces), daemon=True).start()
    work: Any = None
    while True:
        new, piece = pieces.get()
        work = work if new is None else new
        pickle.dump(work(piece), results_out, pickle.HIGHEST_PROTOCOL)
        results_out.flush()
        del piece


def _receive(stream: BinaryIO, pieces: SimpleQueue[tuple[Any, object]]) -> None:
    """Takes in pieces, and ends the process when the parent is gone, also in the middle of one."""
    try:
        while True:
            pieces.put(pickle.load(stream))  # noqa: S301 - a pipe from our own parent
    finally:
        os._exit(0)
