"""A progress bar on standard error, where that is a terminal and the work lasts."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.progress import Progress, TaskID

_PATIENCE = 1.0  # seconds before a bar is worth its noise


@contextmanager
def bar(*, hidden: bool = False) -> Iterator[Callable[[int, int], None] | None]:
    """A function to be told of files and bytes that were read; None where nobody would see the bar, or wants it."""
    if hidden or not sys.stderr.isatty():
        yield None
        return
    shown = _Bar()
    try:
        yield shown.advance
    finally:
        shown.close()


class _Bar:
    """Files, bytes and rate, from the second second on."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._files = self._bytes = 0
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def advance(self, files: int, size: int) -> None:
        self._files += files
        self._bytes += size
        if self._progress is None and time.monotonic() - self._begun > _PATIENCE:
            self._show()
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, completed=self._bytes, files=self._files)

    def close(self) -> None:
        if self._progress is not None:
            self._progress.stop()

    def _show(self) -> None:
        from rich.console import Console
        from rich.progress import (
            DownloadColumn,
            Progress,
            SpinnerColumn,
            TextColumn,
            TimeElapsedColumn,
            TransferSpeedColumn,
        )

        columns = (
            SpinnerColumn(),
            TextColumn("{task.fields[files]} files"),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeElapsedColumn(),
        )
        self._progress = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._progress.add_task("reading", total=None, start=True, files=0)
        self._progress.start()
