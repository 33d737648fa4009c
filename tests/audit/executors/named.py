"""A Dask cluster as a user starts it by hand: `dask scheduler` and `dask worker`, on loopback."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parents[3]
_HERE = ["--host", "127.0.0.1", "--no-dashboard", "--dashboard-address", "127.0.0.1:0"]


class Named:
    """A cluster by hand."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.processes: list[subprocess.Popen[str]] = []
        self.address = self._answer("scheduler", "--port", "0")

    def add_worker(self, environment: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """One more worker of one thread."""
        words = [self.address, "--nthreads", "1", "--no-nanny", "--local-directory", str(self._folder)]
        return self._started("worker", *words, environment=environment)

    def end(self) -> None:
        for process in self.processes:
            process.kill()
            process.communicate()

    def _answer(self, *words: str) -> str:
        process = self._started(*words, stderr=subprocess.PIPE)
        assert process.stderr is not None
        for line in process.stderr:
            if found := re.search(r"Scheduler at: +(tcp://\S+)", line):
                return found[1]
        raise AssertionError("no scheduler")

    def _started(
        self, *words: str, stderr: int = subprocess.DEVNULL, environment: Mapping[str, str] | None = None
    ) -> subprocess.Popen[str]:
        variables = os.environ | {"PYTHONSAFEPATH": "1", "PYTHONPATH": str(ROOT)} | dict(environment or {})
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *words, *_HERE],
            cwd=self._folder,
            env=variables,
            text=True,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
        )
        self.processes.append(process)
        return process


@contextmanager
def named(folder: Path, workers: int = 2) -> Iterator[Named]:
    """A scheduler with its workers."""
    cluster = Named(folder)
    try:
        for _ in range(workers):
            cluster.add_worker()
        yield cluster
    finally:
        cluster.end()
