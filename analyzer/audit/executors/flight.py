"""Pieces that are out at a Dask cluster, and how each of them comes back."""

from __future__ import annotations

import pickle
from asyncio import CancelledError
from collections import deque
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Final, Generic
from uuid import uuid4

from analyzer.audit.executors.remote import UnlikeError, packed
from analyzer.audit.interface import Piece, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_FETCH: Final = 10.0  # seconds in which a result that is there must come; else it is waited for again
_RETRIES: Final = 1  # an error may be that of one worker


class ClusterError(Exception):
    """The cluster cannot do this work; the message says why, in a clause."""


class Flight(Generic[Piece, Result]):
    """The pieces of one run that are out.

    What a future's status says may be untrue a moment later: the worker that has the result can end, and the piece is
    pending again. So nothing counts but what `Future.result()` gives.

    Attributes:
        failed: pieces at which workers failed, and this process did not.
        why: what the last of them raised.
    """

    def __init__(self, client: Any, work: Callable[[Piece], Result]) -> None:
        self.failed = 0
        self.why = ""
        self._client = client
        self._work = work
        self._name = f"run{uuid4().hex[:6]}x"  # Dask learns how long the pieces of one name take
        self._out: dict[Any, Piece] = {}
        self._to_give: deque[Piece] = deque()
        self._ready: SimpleQueue[Any] = SimpleQueue()

    def __len__(self) -> int:
        """How many pieces are out."""
        return len(self._out) + len(self._to_give)

    def give(self, piece: Piece) -> None:
        """Sends out a piece; while there is nobody to take it, it is kept."""
        self._to_give.append(piece)
        while self._to_give:
            try:
                errand = packed(self._work, self._to_give[0])
                key = f"{self._name}-{uuid4().hex}"
                future = self._client.submit(pickle.loads, errand, key=key, retries=_RETRIES)
            except Exception:
                if self._client.status == "running":
                    raise
                return
            self._out[future] = self._to_give.popleft()
            future.add_done_callback(self._ready.put)

    def taken(self, seconds: float) -> Iterator[tuple[Piece, Result]]:
        """The next piece that is done, with its result; nothing where none comes within these seconds.

        Where its future fails, the piece is done here: what the work itself raises is raised here too.

        Raises:
            ClusterError: a worker has other versions than this machine, or lacks a module.
        """
        try:
            future = self._ready.get(timeout=seconds)
        except Empty:
            return
        piece = self._out[future]
        try:
            result = future.result(timeout=_FETCH)
        except (Exception, CancelledError) as error:  # noqa: BLE001 - what work raises, and the cluster, is anything
            if future.status == "cancelled":  # the connection was lost, and maybe is there again
                del self._out[future]
                self.give(piece)
                return
            if future.status in ("pending", "lost") or _is_late(future, error):
                future.add_done_callback(self._ready.put)
                return
            result = self._done_here(piece, error)
        del self._out[future]
        future.release()
        yield piece, result

    def left(self) -> list[Piece]:
        """The pieces that have not come back."""
        return [*self._out.values(), *self._to_give]

    def release(self) -> None:
        """Lets the cluster forget what is out."""
        for future in self._out:
            future.release()

    def _done_here(self, piece: Piece, error: BaseException) -> Result:
        if isinstance(error, UnlikeError):
            raise ClusterError(f"{error}: install the same versions everywhere") from error
        if isinstance(error, ModuleNotFoundError):
            raise ClusterError(f"a worker has no module {error.name}") from error
        result = self._work(piece)
        if type(error).__name__ != "KilledWorker":  # of these the worker was ended, not the work
            self.failed, self.why = self.failed + 1, type(error).__name__
        return result


def _is_late(future: Any, error: BaseException) -> bool:
    """Whether there is a result, and only its way was too long."""
    return future.status == "finished" and isinstance(error, TimeoutError)
