"""How far an audit is, on standard error: a bar on a terminal, else a line now and then. No name of an input is in it.

In comes `Progress`, a step with its numbers; out go words: deploys or files, bytes, rate, time left, problems.
"""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from analyzer.audit.progress import Progress

_FIRST: Final = 5.0  # seconds before the first line
_EVERY: Final = 30.0  # seconds between two lines
_PATIENCE: Final = 1.0  # seconds before a bar is worth its noise
_UNITS: Final = {"judging": "deploys", "publishing": "partitions", "writing pages": "pages"}
_MINUTE: Final = 60
_HOUR: Final = 3600


@contextmanager
def shown(*, hidden: bool = False) -> Iterator[Callable[[Progress], None]]:
    """A function to be told how far the audit is; it shows nothing where nobody wants it."""
    if hidden:
        yield lambda _: None
        return
    display = _OnTerminal() if sys.stderr.isatty() else _Lines()
    try:
        yield display.tell
    finally:
        display.close()


class _Clock:
    """How long a step has taken, and so how long it still will."""

    def __init__(self) -> None:
        self._step = ""
        self._begun = 0.0
        self._at = 0, 0

    def words(self, now: Progress) -> str:
        """The step in words."""
        if now.step != self._step:
            self._step, self._begun, self._at = now.step, time.monotonic(), (now.done, now.bytes)
        seconds = time.monotonic() - self._begun
        parts = [f"{now.done:,} of {now.of:,} {_UNITS.get(now.step, 'files')}"]
        if now.of_bytes:
            parts.append(f"{_size(now.bytes)} of {_size(now.of_bytes)}")
            if seconds > _PATIENCE:
                parts.append(f"{_size(int((now.bytes - self._at[1]) / seconds))}/s")
        left = self._left(now, seconds)
        if left is not None:
            parts.append(f"{_duration(left)} left")
        if now.problems:
            parts.append(f"{now.problems:,} input{'' if now.problems == 1 else 's'} with problems")
        return f"{now.step}: {', '.join(parts)}"

    def _left(self, now: Progress, seconds: float) -> float | None:
        """Seconds until the step ends, if it goes on as it did; None where that cannot be said yet."""
        done, of, begun = now.done, now.of, self._at[0]
        if now.of_bytes:
            done, of, begun = now.bytes, now.of_bytes, self._at[1]
        if seconds < _PATIENCE or done <= begun:
            return None
        return max(of - done, 0) * seconds / (done - begun)


class _Lines:
    """A line after some seconds, and then one every half minute, for the log of a job."""

    def __init__(self) -> None:
        self._clock = _Clock()
        self._next = time.monotonic() + _FIRST

    def tell(self, now: Progress) -> None:
        words = self._clock.words(now)
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _EVERY
            typer.echo(f"lostwrite: {words}", err=True)

    def close(self) -> None:
        """Each line stands."""


class _OnTerminal:
    """A line that is written anew."""

    def __init__(self) -> None:
        self._clock = _Clock()
        self._begun = time.monotonic()
        self._bar: Bar | None = None
        self._task: TaskID | None = None

    def tell(self, now: Progress) -> None:
        words = self._clock.words(now)
        if self._bar is None and time.monotonic() - self._begun > _PATIENCE:
            self._show()
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=now.done, total=max(now.of, 1), words=words)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.stop()

    def _show(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        columns = (
            SpinnerColumn(),
            BarColumn(20),
            TextColumn("{task.fields[words]}", markup=False),
            TimeElapsedColumn(),
        )
        self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task("audit", total=None, words="")
        self._bar.start()


def _size(number: int) -> str:
    size = float(number)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:  # noqa: PLR2004 - the step between the units
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def _duration(seconds: float) -> str:
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < _HOUR:
        return f"{seconds / _MINUTE:.0f} min"
    return f"{seconds / _HOUR:.1f} h"
