"""The account of one input: what was read of it, and what was wrong with it. Nothing read is dropped silently."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from analyzer.tables import INPUTS, from_columns

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(slots=True)
class Account:
    """Counts for one source, filled by its reader while it reads.

    For line inputs `lines == recognised + noise + unrecognised` holds when the reader is done. Counters that
    do not apply to a form stay None.
    """

    source: str
    kind: str = "unusable"
    bytes: int = 0
    lines: int | None = None
    recognised: int | None = None
    noise: int | None = None
    unrecognised: int | None = None
    records: int | None = None
    duplicates: int | None = None
    undecodable: int | None = None
    problems: list[str] = field(default_factory=list)

    def add_lines(self, recognised: int, noise: int, unrecognised: int) -> None:
        """Counts lines of a form that counts them."""
        self.lines = (self.lines or 0) + recognised + noise + unrecognised
        self.recognised = (self.recognised or 0) + recognised
        self.noise = (self.noise or 0) + noise
        self.unrecognised = (self.unrecognised or 0) + unrecognised

    @property
    def usable(self) -> bool:
        """Whether anything of the source could be used."""
        return self.kind != "unusable"


def accounts_table(accounts: Sequence[Account]) -> pl.DataFrame:
    """The INPUTS table, a row per account, in their order."""
    columns = {
        name: [getattr(account, name) for account in accounts] for name in INPUTS if name != "problems"
    }
    return from_columns({**columns, "problems": _lists([account.problems for account in accounts])}, INPUTS)


def _lists(rows: Sequence[Sequence[str]]) -> pl.Series:
    """A column of lists of which few hold anything: polars makes each list by itself, 50 µs for an empty one."""
    told = {place: row for place, row in enumerate(rows) if row}
    lists = pl.Series(list(told.values()), dtype=INPUTS["problems"])
    places = pl.Series(range(len(told)), dtype=pl.UInt32)
    of_row = pl.DataFrame({"row": pl.Series(list(told), dtype=pl.UInt32), "place": places})
    every = pl.DataFrame({"row": pl.Series(range(len(rows)), dtype=pl.UInt32)})
    taken = every.join(of_row, on="row", how="left", maintain_order="left")["place"]
    return lists.gather(taken).fill_null([])
