"""The writes on stores in the files that came so far, and the stores that were created in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.tables import CALLS, STORE_LIVES
from analyzer.trail.read import Reading, read_trail

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from analyzer.sources.source import Source

_ONE: Final = ["store", "at", "if_match", "etag", "effect", "key"]
"""Of one call, whatever trail recorded it: no two successes return one ETag."""


@dataclass(slots=True)
class Writes:
    """Takes in log files, each once.

    Attributes:
        calls: CALLS, those that write.
        lives: STORE_LIVES of each group of files.
    """

    calls: pl.DataFrame = field(default_factory=CALLS.to_frame)
    lives: pl.DataFrame = field(default_factory=STORE_LIVES.to_frame)

    def take(self, files: Sequence[Source]) -> None:
        """Takes in what the files hold; what is wrong with them, the reading of the bundle will tell."""
        if not files:
            return
        trail = read_trail(files, how=Reading(thorough=True))
        writes = trail.calls.filter(pl.col("effect") != "read")
        if not writes.is_empty():
            self.calls = pl.concat([self.calls, writes]).unique(_ONE, keep="first", maintain_order=True)
        if not trail.store_lives.is_empty():
            self.lives = pl.concat([self.lives, trail.store_lives])

    def any_in(self, ran: pl.DataFrame) -> bool:
        """Whether any write was made during SPANS."""
        return bool(self._during(ran).height)

    def stores(self, ran: pl.DataFrame, namespaces: Collection[str]) -> list[str]:
        """The stores that were written to during SPANS, and with keys of the namespaces where these are given."""
        of_deploys = self._during(ran)
        if namespaces:
            named = pl.any_horizontal(
                *(pl.col("key").str.starts_with(f"{namespace}:") for namespace in namespaces)
            )
            of_deploys = of_deploys.filter(named)
        return sorted(of_deploys["store"].drop_nulls().unique())

    def _during(self, ran: pl.DataFrame) -> pl.DataFrame:
        return self.calls.join_where(
            ran.select("low", "high"), pl.col("at") >= pl.col("low"), pl.col("at") <= pl.col("high")
        )
