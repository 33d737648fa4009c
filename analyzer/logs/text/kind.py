"""`TextKind`: a kind of text log, which is a name and a dialect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analyzer.logs.text.clean import BATCH, LARGE_BATCH
from analyzer.logs.text.engine import read_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from analyzer.logs.text.parse import Dialect
    from analyzer.sources.input_stats import InputStats
    from analyzer.sources.source import Source


@dataclass(frozen=True, slots=True)
class TextKind:
    """What a module of `kinds/` needs to satisfy `LogForm`, and `Prefiltered` where its dialect has a prefilter.

    Attributes:
        kind: the KIND.
        dialect: how such a log is read.
    """

    kind: str
    dialect: Dialect

    @property
    def grammars(self) -> tuple[str, ...]:
        """The grammars of its lines, in the order in which they are tried."""
        return tuple(language.GRAMMAR for language in self.dialect.languages)

    def read(self, source: Source, stats: InputStats, *, batch_bytes: int = BATCH) -> Iterator[pl.DataFrame]:
        """EVENTS of such a log, in batches, in the order of the log; `deploy` is null.

        Args:
            source: the log.
            stats: filled while the batches are taken; complete after the last one.
            batch_bytes: how much is read at a time; the events do not depend on it.

        Raises:
            InputError: the source cannot be opened.
        """
        stats.kind = self.kind
        return read_text(source, stats, self.dialect, batch_bytes=batch_bytes)

    def prefiltered(
        self, source: Source, stats: InputStats, *, batch_bytes: int = LARGE_BATCH
    ) -> Iterator[pl.DataFrame]:
        """As `read`, without lines that can say nothing of a key-value write: these are only counted."""
        stats.kind = self.kind
        return read_text(source, stats, self.dialect, prefilter=True, batch_bytes=batch_bytes)
