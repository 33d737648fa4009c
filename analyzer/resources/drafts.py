"""Drafts of writes: what a resource kind knows of a write before the operation's own columns are joined to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.redaction.masks import without_mask
from analyzer.redaction.stand_in import without_stand_in
from analyzer.tables import from_columns

if TYPE_CHECKING:
    from collections.abc import Mapping

ANY_KEY = "*"
"""The pattern of a key about which the log says nothing: what its name is, or how it begins."""

DRAFTS = pl.Schema(
    {
        "operation": pl.Int64(),
        "action": pl.String(),
        "store": pl.String(),
        "key": pl.String(),
        "pattern": pl.Boolean(),
        "entry": pl.String(),
        "value": pl.String(),
        "was": pl.String(),
        "unset": pl.Boolean(),
        "unsure": pl.Boolean(),
    }
)


class Drafts:
    """Collects drafts column by column."""

    def __init__(self) -> None:
        self._columns: Mapping[str, list[object]] = {name: [] for name in DRAFTS}

    def add(  # noqa: PLR0913 - the columns of a draft
        self,
        operation: int,
        action: str,
        store: str | None,
        key: str,
        *,
        entry: str | None = None,
        value: str | None = None,
        was: str | None = None,
        pattern: bool | None = None,
        unset: bool = False,
        unsure: bool = False,
    ) -> None:
        """One write; `pattern` follows from a `*` in the key where it is not given.

        A value that was redacted where the log was stored, or masked before, is unknown.
        """
        is_pattern = key.startswith("*:") or key.endswith(":*") if pattern is None else pattern
        known = (without_mask(without_stand_in(text)) for text in (value, was))
        row = (operation, action, store, key, is_pattern, entry, *known, unset, unsure)
        for name, cell in zip(DRAFTS, row, strict=True):
            self._columns[name].append(cell)

    def table(self) -> pl.DataFrame:
        """DRAFTS."""
        return from_columns(self._columns, DRAFTS)
