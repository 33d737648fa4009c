"""Our own Dask cluster on this machine: its processes (`node.py`), as long as the `with` block lasts."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from threading import Timer
from typing import TYPE_CHECKING, Any, Final

import msgspec

from analyzer.audit.executors import node
from analyzer.processes.safe import ended, started

if TYPE_CHECKING:
    import subprocess
    from typing import Self

_PATIENCE: Final = 60  # seconds in which the scheduler must be there
_FIELDS: Final = (
    "require_encryption",
    "tls_ca_file",
    "tls_client_cert",
    "tls_client_key",
    "tls_scheduler_cert",
    "tls_scheduler_key",
    "tls_worker_cert",
    "tls_worker_key",
)


class Cluster:
    """A scheduler and `number` workers.

    Attributes:
        address: the scheduler's.
        security: what a client needs to talk to it; it is nowhere but in the memory of these processes.
    """

    def __init__(self, number: int) -> None:
        from distributed import Security

        self.security: Any = Security.temporary()
        self.address = ""
        self._number = number
        self._scheduler: subprocess.Popen[bytes] | None = None
        self._workers: list[subprocess.Popen[bytes]] = []
        self._folder = ""

    def __enter__(self) -> Self:
        """Starts the processes; the workers join when they can.

        Raises:
            OSError: they cannot be started.
        """
        self._folder = tempfile.mkdtemp(prefix="lostwrite-")
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        """Ends them, whatever they do."""
        for process in self._processes():
            ended(process)
        shutil.rmtree(self._folder, ignore_errors=True)

    def alive(self) -> bool:
        """Whether there is still somebody to do the work."""
        processes = self._processes()
        running = [process for process in processes if process.poll() is None]
        return self._scheduler in running and len(running) > 1

    def _processes(self) -> list[subprocess.Popen[bytes]]:
        return [*self._workers, *([self._scheduler] if self._scheduler else [])]

    def _start(self) -> None:
        environment = {name: text for name, text in os.environ.items() if not name.startswith("DASK_")}
        environment |= node.PLACES
        try:
            self._scheduler = started(node.__name__, "serve", environment)
            for _ in range(self._number):
                self._workers.append(started(node.__name__, "serve", environment))
        except ValueError as error:  # no Python is known
            raise OSError(str(error)) from error
        self._tell(self._scheduler, None)
        self.address = self._answer(self._scheduler)
        for worker in self._workers:
            self._tell(worker, self.address)

    def _tell(self, process: subprocess.Popen[bytes], scheduler: str | None) -> None:
        security = {name: getattr(self.security, name) for name in _FIELDS}
        order = node.Order(self._folder, security, scheduler)
        if process.stdin is not None:
            with suppress(OSError):  # it has ended already
                process.stdin.write(msgspec.json.encode(order) + b"\n")
                process.stdin.flush()

    def _answer(self, process: subprocess.Popen[bytes]) -> str:
        timer = Timer(_PATIENCE, process.kill)
        timer.start()
        try:
            line = process.stdout.readline() if process.stdout else b""
        finally:
            timer.cancel()
        if not line:
            raise OSError("its scheduler did not start")
        return line.decode().strip()
