"""The executor on Dask (`distributed`): a scheduler that is named, or a cluster of our own on this machine."""

from __future__ import annotations

import logging
import re
import time
import warnings
from contextlib import ExitStack, contextmanager, suppress
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final

from analyzer.audit.executors.flight import ClusterError, Flight
from analyzer.audit.executors.local import cores
from analyzer.audit.executors.reach import reach
from analyzer.errors import ExtraError, InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Self

    from analyzer.audit.executors.cluster import Cluster
    from analyzer.audit.interface import Piece, Result

_ADDRESS: Final = re.compile(r"(?:(?:tcp|tls|ws|wss)://)?(?:\[[0-9A-Fa-f:.%]+\]|[A-Za-z0-9._-]+):\d{1,5}")
_CONNECT: Final = 15  # seconds in which a scheduler must answer
_LOOK: Final = 2.0  # seconds between two looks at how the cluster is
_NOBODY: Final = 300.0  # seconds without a worker after which a cluster is given up; autoscalers take minutes
_AHEAD: Final = 3  # pieces for each thread that are not yet taken back
_FEWEST: Final = 8  # pieces that are out in any case, so that a cluster that grows with its work begins to
_FAILURES: Final = 3  # pieces at which workers may fail and this machine may not
_LOGGERS: Final = ("distributed", "distributed.client", "tornado.application", "asyncio")
_OWN: Final = "--executor dask"


class Dask:
    """Pieces are done by the workers of a cluster, a few for each of them at a time.

    Where our own cluster ends before its time, this process does what is left. A named one is waited for, for a time.
    """

    NAME = "dask"

    def __init__(self, jobs: int = 0, scheduler: str | None = None) -> None:
        """Starts nothing yet.

        Args:
            jobs: workers of our own cluster; 0: one for each core.
            scheduler: the address of one that runs; None: a cluster of our own.

        Raises:
            UsageError: the address is none.
            ExtraError: Dask is not installed.
        """
        try:
            import cryptography  # noqa: F401 - the certificate of our own cluster
            import distributed  # noqa: F401
        except ImportError as error:
            raise ExtraError("--executor dask needs: pip install 'lostwrite[cluster]'") from error
        if scheduler is not None and not _ADDRESS.fullmatch(scheduler):
            raise UsageError(f"--scheduler {scheduler}: write it as tcp://HOST:PORT or tls://HOST:PORT")
        self._jobs = jobs or cores()
        self._named = scheduler
        self._stack = ExitStack()
        self._client: Any = None
        self._cluster: Cluster | None = None
        self._most = 0
        self._looked = self._answered = self._peopled = 0.0

    @property
    def elsewhere(self) -> str | None:
        """The address of a named scheduler."""
        return self._named

    def __enter__(self) -> Self:
        """Starts the cluster, or connects to it.

        Raises:
            InputError: there is none that answers, or it cannot be started.
        """
        self._most = max(self._jobs * _AHEAD, _FEWEST)
        try:
            self._stack.enter_context(_quiet())
            self._connect()
        except Exception as error:
            self.__exit__()
            reason = str(error).partition("\n")[0][:200] or type(error).__name__
            if self._named is None:
                raise InputError(_OWN, f"no cluster could be started on this machine: {reason}") from error
            raise InputError(self._named, f"there is no Dask scheduler that answers: {reason}") from error
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        """Ends our own cluster; a named one forgets what it still works on."""
        self._stack.close()
        self._client = self._cluster = None

    def run(self, work: Callable[[Piece], Result], pieces: Iterable[Piece]) -> Iterator[tuple[Piece, Result]]:
        """Each piece with its result, as soon as it is there.

        Raises:
            InputError: a named cluster does not answer any more, has no workers, or not the versions of this machine.
        """
        if self._client is None:
            raise RuntimeError("an executor is used in its `with` block")
        left = iter(pieces)
        flight: Flight[Piece, Result] = Flight(self._client, work)
        try:
            while self._works(flight):
                for piece in islice(left, self._most - len(flight)):
                    flight.give(piece)
                if not flight:
                    return
                yield from flight.taken(_LOOK)
            for piece in chain(flight.left(), left):
                yield piece, work(piece)
        except ClusterError as error:
            raise InputError(self._named or _OWN, str(error)) from error
        finally:
            flight.release()

    def _connect(self) -> None:
        from distributed import Client, Security

        if self._named is None:
            from analyzer.audit.executors.cluster import Cluster

            self._cluster = self._stack.enter_context(Cluster(self._jobs))
            address, security = self._cluster.address, self._cluster.security
        else:
            address, security = self._named, Security()  # as Dask's configuration says
        reach(address, security, _CONNECT)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # versions that differ are told by the workers (`remote.py`)
            self._client = Client(
                address, security=security, timeout=_CONNECT, set_as_default=False, name="lostwrite"
            )
        self._stack.callback(_closed, self._client)
        self._answered = self._peopled = time.monotonic()

    def _works(self, flight: Flight[Any, Any]) -> bool:
        """Whether the cluster still does what it is given; now and then it is asked.

        Raises:
            ClusterError: it does not, and it is a named one.
        """
        if self._cluster is not None:
            return self._cluster.alive() and self._client.status in ("running", "connecting")
        if flight.failed > _FAILURES:
            raise ClusterError(f"its workers fail at what this machine can do ({flight.why})")
        now = time.monotonic()
        if now - self._looked > _LOOK:
            self._looked = now
            self._look(now)
        return True

    def _look(self, now: float) -> None:
        if self._client.status == "connecting" and now - self._answered < 2 * _CONNECT:
            return  # the client tries it again
        try:
            found = self._client.sync(self._client.scheduler.identity, n_workers=0, callback_timeout=_CONNECT)
        except Exception as error:
            raise ClusterError("the Dask scheduler does not answer any more") from error
        self._answered = now
        if found["n_workers"]:
            self._peopled = now
        elif now - self._peopled > _NOBODY:
            raise ClusterError(f"the Dask scheduler has had no worker for {_NOBODY:.0f} seconds")
        self._most = max(found["total_threads"] * _AHEAD, _FEWEST)


def _closed(client: Any) -> None:
    with suppress(Exception):  # of a scheduler that is gone
        client.close(timeout=_LOOK)


@contextmanager
def _quiet() -> Iterator[None]:
    """Dask logs to standard error; what matters of it is told by the errors here."""
    import dask

    levels = {name: logging.getLogger(name).level for name in _LOGGERS}
    try:
        for name in _LOGGERS:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 TB"}):
            yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
