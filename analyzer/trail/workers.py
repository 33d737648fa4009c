"""Worker processes that do the same work on many pieces. They end with their parent, however the parent ends.

`multiprocessing` is not used: its processes begin with the current folder first in their path, so that a `pickle.py`
there is run, and they import the main program once more. Here a worker is a Python that takes nothing from the
environment (`-I`) and gets its path as an argument. It reads pieces from a pipe that only its parent holds. When the
pipe ends, the worker ends too, even if the parent was killed.

A worker whose work raises an error ends. The parent then does the piece itself, and gets the error.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections import deque
from concurrent.futures import Future
from contextlib import suppress
from queue import SimpleQueue
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Generic, TypeVar

from analyzer.safe_path import safe_path

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

_MOST_PIECES: Final = 2  # pieces that a worker has at a time: the one that it works on, and the next
_PROGRAM: Final = "import sys; sys.path[:] = {path}; from analyzer.trail.workers import serve; serve()"

Piece = TypeVar("Piece")
Result = TypeVar("Result")


class WorkerLostError(Exception):
    """The process that had the piece has ended, or none could be started: the piece is still to be done."""


class Workers(Generic[Piece, Result]):
    """`number` processes that do `work`, a function of a module, as long as the `with` block lasts."""

    def __init__(self, work: Callable[[Piece], Result], number: int) -> None:
        self._waiting: deque[tuple[Piece, Future[Result]]] = deque()
        self._lock = Lock()
        self._all: list[_Worker] = []
        self._alive: list[_Worker] = []
        with suppress(OSError, ValueError):  # no Python that can be started: none is alive then
            for _ in range(number):
                self._all.append(_Worker(work, self._next, self._lost))
        self._alive += self._all

    def __enter__(self) -> Self:
        for worker in self._all:
            worker.listener.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._waiting.clear()
        for worker in self._all:
            worker.end()

    def submit(self, piece: Piece) -> Future[Result]:
        """What `work` will give for the piece; it can be cancelled until a process has it.

        The future's only error is WorkerLostError.
        """
        future: Future[Result] = Future()
        with self._lock:
            self._waiting.append((piece, future))
        self._next()
        return future

    def _next(self) -> None:
        """Hands out what waits, to those that have least."""
        with self._lock:
            while self._waiting and self._alive:
                worker = min(self._alive, key=lambda worker: len(worker.pieces))
                if len(worker.pieces) >= _MOST_PIECES:
                    return
                piece, future = self._waiting.popleft()
                if future.set_running_or_notify_cancel():
                    worker.give(piece, future)
            waiting = [] if self._alive else [future for _, future in self._waiting]
            self._waiting = self._waiting if self._alive else deque()
        for future in waiting:
            if future.set_running_or_notify_cancel():
                future.set_exception(WorkerLostError())

    def _lost(self, worker: _Worker) -> None:
        """The worker has ended: what it had is not done."""
        with self._lock:
            self._alive = [other for other in self._alive if other is not worker]
            pieces, worker.pieces = worker.pieces, deque()
        for future in pieces:
            future.set_exception(WorkerLostError())
        self._next()


class _Worker:
    """One process, and the thread that waits for its results."""

    def __init__(
        self, work: Callable[[Any], Any], free: Callable[[], None], lost: Callable[[_Worker], None]
    ) -> None:
        program = _PROGRAM.format(path=ascii(safe_path()))
        options = ["-X", "utf8"] if sys.flags.utf8_mode else []
        self._process = subprocess.Popen(  # noqa: S603 - this Python, and no shell
            [sys.executable or "", "-I", *options, "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C goes to the parent alone, which ends it
        )
        self.pieces: deque[Future[Any]] = deque()
        self.listener = Thread(target=self._listen, args=(free, lost), daemon=True)
        self._send(work)

    def give(self, piece: object, future: Future[Any]) -> None:
        """Sends a piece. If the process has ended, the listener sees it too, and reports it."""
        self.pieces.append(future)
        self._send(piece)

    def end(self) -> None:
        """Ends the process, whatever it does."""
        self._process.kill()
        self._process.wait()
        if self.listener.is_alive():
            self.listener.join()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()

    def _send(self, message: object) -> None:
        stream = self._process.stdin
        if stream is not None:
            with suppress(OSError):
                pickle.dump(message, stream, pickle.HIGHEST_PROTOCOL)
                stream.flush()

    def _listen(self, free: Callable[[], None], lost: Callable[[_Worker], None]) -> None:
        with suppress(Exception):  # whatever comes that is no result: the worker is of no more use
            while self._process.stdout is not None:
                result = pickle.load(self._process.stdout)  # noqa: S301 - a pipe from our own child
                future = self.pieces.popleft()
                free()
                future.set_result(result)
        lost(self)


def serve() -> None:
    """What a worker does: it reads the work, and then pieces, from standard input until that ends."""
    pieces_in, results_out = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)  # what a library might print is no result
    work = pickle.load(pieces_in)  # noqa: S301 - a pipe from our own parent
    pieces: SimpleQueue[object] = SimpleQueue()
    Thread(target=_receive, args=(pieces_in, pieces), daemon=True).start()
    while True:
        pickle.dump(work(pieces.get()), results_out, pickle.HIGHEST_PROTOCOL)
        results_out.flush()


def _receive(stream: BinaryIO, pieces: SimpleQueue[object]) -> None:
    """Takes in pieces, and ends the process when the parent is gone, also in the middle of one."""
    try:
        while True:
            pieces.put(pickle.load(stream))  # noqa: S301 - as above
    finally:
        os._exit(0)
