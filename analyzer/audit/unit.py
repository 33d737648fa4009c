"""The judgement of one pack of groups: what `check` does from assembled logs and joined calls on, and no more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of the writes of a pack; each table has a schema of `analyzer.audit.tables.TABLES`.

    Attributes:
        tables: by the names of `TABLES`, but for `inputs`: deploys, writes, calls, chains, alignments, findings,
            evidence, settle, events, stores.
        notes: `source, problem`: what only the assembled logs or the joined calls show of an input.
        repeats: `source, duplicates`: records of each trail file that an earlier file had first.
    """

    tables: dict[str, pl.DataFrame]
    notes: pl.DataFrame
    repeats: pl.DataFrame
