"""The writes on stores in the files that came so far, and the stores that were created in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.sources.unpack import read_whole
from analyzer.tables import CALLS, STORE_LIVES
from analyzer.trail.calls.marker import may_hold_calls
from analyzer.trail.read import Reading, read_trail
from analyzer.trail.search import holds

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from analyzer.sources.source import Source

_ONE: Final = ["store", "at", "if_match", "etag", "effect", "key"]
"""Of one call, whatever trail recorded it: no two successes return one ETag."""

_CREATES: Final = b'"CreateKeyValueStore"'


@dataclass(slots=True)
class Writes:
    """Takes in log files, each once.

    Attributes:
        calls: CALLS, those that write.
        lives: STORE_LIVES of each group of files.
    """

    calls: pl.DataFrame = field(default_factory=CALLS.to_frame)
    lives: pl.DataFrame = field(default_factory=STORE_LIVES.to_frame)

    def take(self, files: Iterable[Source]) -> None:
        """Takes in what the files hold; what is wrong with them, the reading of the bundle will tell."""
        telling = [file for file in files if _may_tell(file)]
        if not telling:
            return
        trail = read_trail(telling, how=Reading(thorough=True))
        writes = trail.calls.filter(pl.col("effect") != "read")
        if not writes.is_empty():
            self.calls = pl.concat([self.calls, writes]).unique(_ONE, keep="first", maintain_order=True)
        if not trail.store_lives.is_empty():
            self.lives = pl.concat([self.lives, trail.store_lives])

    def stores(
        self, ran: pl.DataFrame, namespaces: Collection[str] = (), of: Collection[str] = ()
    ) -> list[str]:
        """The stores that were written to during SPANS.

        Args:
            ran: SPANS.
            namespaces: where given, only those with keys of these.
            of: where given, only these stores, whatever their keys.
        """
        calls = self._during(ran)
        if of:
            calls = calls.filter(pl.col("store").is_in(list(of)))
        elif namespaces:
            starts = [pl.col("key").str.starts_with(f"{namespace}:") for namespace in namespaces]
            calls = calls.filter(pl.any_horizontal(starts))
        return sorted(calls["store"].drop_nulls().unique())

    def _during(self, ran: pl.DataFrame) -> pl.DataFrame:
        return self.calls.join_where(
            ran.select("low", "high"), pl.col("at") >= pl.col("low"), pl.col("at") <= pl.col("high")
        )


def _may_tell(file: Source) -> bool:
    """Whether a file may hold a call on a store, or the creation of one: most do not, and are not decoded."""
    data, _ = read_whole(file)
    return may_hold_calls(data) or holds(data, _CREATES)
