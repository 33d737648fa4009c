"""The trend tables that the index draws (`analyzer.audit.trends`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import polars as pl


class Trends(Protocol):
    """Tables over all deploys: TREND, HEALING, WORST_STORES, VERSIONS, LEAVE."""

    @property
    def trend(self) -> pl.DataFrame: ...
    @property
    def healing(self) -> pl.DataFrame: ...
    @property
    def stores(self) -> pl.DataFrame: ...
    @property
    def versions(self) -> pl.DataFrame: ...
    @property
    def leave(self) -> pl.DataFrame: ...
