"""The progress of `collect` on standard error: a bar on a terminal, else a line now and then."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress, TaskID

    from analyzer.collect.interface import Told

_BETWEEN: Final = 10.0
"""Seconds between two lines."""


@contextmanager
def shown(*, quiet: bool) -> Iterator[Told]:
    """A function to be told of the progress (`analyzer.collect.interface.Told`)."""
    if quiet:
        yield _nothing
    elif sys.stderr.isatty():
        bar = _Bar()
        try:
            yield bar
        finally:
            bar.close()
    else:
        yield _Lines()


def _nothing(what: str, done: int, of: int | None, size: int) -> None:
    """Says nothing."""


class _Lines:
    """A line for each thing that is fetched, and again where that lasts."""

    def __init__(self) -> None:
        self._what = ""
        self._size = 0
        self._begun = self._said = 0.0

    def __call__(self, what: str, done: int, of: int | None, size: int) -> None:
        now = time.monotonic()
        if what != self._what:
            self._what, self._size, self._begun, self._said = what, 0, now, now - _BETWEEN
        self._size += size
        if now - self._said < _BETWEEN:
            return
        self._said = now
        left = "" if not of or now == self._begun else _left((now - self._begun) * (of - done) / done)
        counted = f"{done:,}" if of is None else f"{done:,} of {of:,}"
        typer.echo(f"lostwrite: {what}: {counted}, {self._size / 1e6:.1f} MB{left}", err=True)


def _left(seconds: float) -> str:
    return f", {seconds:.0f} s left" if seconds >= 1 else ""


class _Bar:
    """What is fetched, how much of it, the rate and the time left."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import (
            MofNCompleteColumn,
            Progress,
            SpinnerColumn,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            MofNCompleteColumn(),
            TextColumn("{task.fields[size]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        self._progress: Progress = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task: TaskID = self._progress.add_task("connecting", total=None, size="")
        self._what = ""
        self._size = 0
        self._progress.start()

    def __call__(self, what: str, done: int, of: int | None, size: int) -> None:
        if what != self._what:
            self._what, self._size = what, 0
            self._progress.reset(self._task, total=of, description=what)
        self._size += size
        self._progress.update(self._task, completed=done, total=of, size=f"{self._size / 1e6:.1f} MB")

    def close(self) -> None:
        self._progress.stop()
