"""Idle time: a band between two rows instead of a scale, so that seconds stay apart and hours take no room."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from analyzer.reports.page.moments import day, length
from analyzer.reports.page.rows import Row
from analyzer.reports.page.said import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_LONG: Final = timedelta(minutes=1)


def with_idle(rows: Sequence[Row]) -> list[Row]:
    """The rows with a band wherever more than a minute lies between two of them."""
    placed: list[Row] = []
    last: datetime | None = None
    for row in rows:
        if row.at is not None and last is not None and row.at - last > _LONG:
            band = Row("idle", None, row.order)
            new_day = f" · {day(row.at)}" if row.at.date() != last.date() else ""
            band.notes.append(say(f"{length(row.at - last)} later{new_day}"))
            placed.append(band)
        placed.append(row)
        ends = [time for time in (last, row.at, row.until) if time is not None]
        last = max(ends, default=None)
    return placed
