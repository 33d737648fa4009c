"""Accounts → the INPUTS table.

Apart from `account`, which a process that only reads files needs too: polars takes a quarter of a second to load.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.tables import INPUTS, from_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.sources.account import Account


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
