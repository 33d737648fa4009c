"""What a kind of deploy log is: one file in `kinds/` that satisfies `LogForm`; `registry` finds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from analyzer.logs.documents.rows import Row
    from analyzer.sources.input_stats import InputStats
    from analyzer.sources.source import Source


@runtime_checkable
class LogForm(Protocol):
    """A module that reads one kind of deploy log."""

    KIND: str
    """The kind that `analyzer.sources.identify` detects, and that `inputs[].kind` shows."""

    def read(self, source: Source, stats: InputStats) -> Iterator[pl.DataFrame]:
        """EVENTS in batches, in the order of the log; `deploy` is left null.

        Counts every line in `stats`, and puts there, in words, what could not be read.
        """
        ...


@runtime_checkable
class Rowwise(LogForm, Protocol):
    """A kind of deploy log that Python reads row by row: the rows of many short logs become one table."""

    def rows(self, source: Source, stats: InputStats) -> Iterator[list[Row]]:
        """The rows of `read`, in the same batches."""
        ...


@runtime_checkable
class Prefiltered(LogForm, Protocol):
    """A kind of deploy log most of whose lines can be counted without being read, where only writes matter."""

    GRAMMARS: tuple[str, ...]
    """The grammars of its lines."""

    def prefiltered(self, source: Source, stats: InputStats) -> Iterator[pl.DataFrame]:
        """As `read`, but events that say nothing of a deploy and its key-value writes may be left out, not counts."""
        ...
