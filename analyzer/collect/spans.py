"""Which files a deploy needs, by the time of their delivery, which their names say: SPANS. Nothing is called here.

A record is delivered after its call, within about 15 minutes as a rule and 30 at the most that is waited for
(`trail.delivery`). So the calls of a deploy are in the files from its beginning until 30 minutes after its end, and
15 minutes before it hold, as a rule, what was written just before. What is missing beyond, to the nearest write on
either side, `trail_files` looks for in steps.

The clock of a log may be off by an hour (docs/facts/alignment.md). Where no write is within the deploy, it is taken to
be: then a store's nearest writes are looked for an hour away on either side.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.collect.tables import SPANS
from analyzer.moments import EARLIEST, LATEST, in_utc
from analyzer.tables import from_columns
from analyzer.trail.delivery import DELIVERY_LAG, USUAL_LAG

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

AROUND: Final = timedelta(minutes=2)
"""What a proof needs beyond the deploy on either side (`verdicts.absence`)."""
WRONG_CLOCK: Final = timedelta(hours=1)
"""How far the clock of a log may be off."""
LATE: Final = timedelta(days=30)
"""How long CloudTrail tries to deliver a file (docs/facts/cloudtrail.md#13-order-duplicates-delay)."""
FIRST_STEP: Final = timedelta(hours=1)
"""How far is looked at first, beyond a span; each step is twice the last."""


def spans(deploys: Iterable[tuple[datetime, datetime]], now: datetime) -> pl.DataFrame:
    """SPANS of deploys that ran from one time to another, the newest first; absurd times are none.

    Args:
        deploys: their beginning and their end, by their logs.
        now: nothing is delivered after it.
    """
    rows: dict[str, list[object]] = {name: [] for name in SPANS}
    for place, (begin, end) in enumerate(deploys):
        first, last = in_utc(min(begin, end)), in_utc(max(begin, end))
        if first is None or last is None:
            continue
        low, high = earlier(first, AROUND), later(last, AROUND)
        start, past = earlier(first, USUAL_LAG), min(later(last, DELIVERY_LAG + AROUND), now)
        if start >= past:
            continue
        for name, value in zip(SPANS, (place, low, high, start, past), strict=True):
            rows[name].append(value)
    return from_columns(rows, SPANS).sort("start", "deploy", descending=[True, False])


def widened(span: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """SPANS for a clock that is off: an hour wider on either side."""
    hour = pl.lit(WRONG_CLOCK)
    return span.with_columns(
        low=pl.col("low") - hour,
        high=pl.col("high") + hour,
        start=pl.col("start") - hour,
        end=pl.min_horizontal(pl.col("end") + hour, pl.lit(now)).cast(SPANS["end"]),
    )


def steps(days: float) -> list[timedelta]:
    """How far each step reaches beyond a span: each twice as far as the last, up to `days`."""
    reaches, most, step = [FIRST_STEP], timedelta(days=days), FIRST_STEP
    while reaches[-1] < most:
        step *= 2
        reaches.append(min(reaches[-1] + step, most))
    return reaches


def earlier(time: datetime, span: timedelta) -> datetime:
    """`time` less `span`, within the times that count."""
    return max(time, EARLIEST + span) - span


def later(time: datetime, span: timedelta) -> datetime:
    """`time` and `span`, within the times that count."""
    return min(time, LATEST - span) + span
