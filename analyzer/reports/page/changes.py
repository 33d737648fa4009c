"""The rows of the changes that a store accepted: each its own, or several as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.reports.page.groups import group_row
from analyzer.reports.page.rows import Name, Row, call_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.reports.page.items import Item
    from analyzer.reports.page.steps import Step


def change_rows(
    parted: pl.DataFrame,
    owners: Mapping[str, Sequence[int]],
    keys: Mapping[str, tuple[int, int]],
    *,
    several: bool,
) -> list[Row]:
    """The rows, in any order.

    Args:
        parted: the changes, with the blocks in which they stand: `blocks`.
        owners: the operations for which each call answers.
        keys: how many of the writes it answers for, and how many of these landed.
        several: there are several deploys.
    """
    rows = [
        group_row(members, keys, several)
        for members in parted.filter(~pl.col("alone")).partition_by("block", maintain_order=True)
    ]
    for change in parted.filter(pl.col("alone")).iter_rows(named=True):
        event = str(change["event_id"])
        row = Row(
            "write",
            change["at"],
            (float(change["place"]), 0, 0),
            mark="step" if event in owners else "other",
            event=event,
            names_step=event in owners,
            linked=bool(change["linked"]),
            call=call_of(change),
        )
        rows.append(row)
    return rows


def with_steps(
    rows: Sequence[Row], owners: Mapping[str, Sequence[int]], known: Mapping[int, Step], shown: Sequence[Item]
) -> None:
    """Fills in whose rows they are, and which of them are in play."""
    for row in rows:
        mine = owners.get(row.event or "", ())
        row.step = known.get(mine[0]) if mine else None
        row.full = any(row.event is not None and row.event in (item.event, item.taker) for item in shown)
        _mark_lost(row, shown)


def _mark_lost(row: Row, shown: Sequence[Item]) -> None:
    """The keys that this call put and another one took away are named first."""
    lost = [item for item in shown if item.event == row.event and not item.of_list]
    if not lost or row.call is None:
        return
    total = row.call.more + len(row.call.names)
    row.call.names = [Name(key, lost=True) for item in lost for key in item.keys][:2]
    row.call.more = max(total - len(row.call.names), 0)
