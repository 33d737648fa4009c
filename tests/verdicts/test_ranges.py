"""Ranges and covers, held to what a look at every pair says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import polars as pl
import pytest

from analyzer.tables import TIME
from analyzer.verdicts.ranges import covering, ranges, rows_of

BASE = datetime(2025, 3, 21, tzinfo=UTC)


def drawn(seed: int, count: int, *times: str) -> pl.DataFrame:
    """Rows of `count` keys, one of which may be unknown, and of times of which some are the same, or unknown."""
    chance = Random(seed)  # noqa: S311 - examples, no secret

    def time() -> datetime | None:
        return BASE + timedelta(seconds=chance.randrange(9)) if chance.random() < 0.9 else None

    columns = {name: pl.Series([time() for _ in range(count)], dtype=TIME) for name in times}
    return pl.DataFrame(
        {
            "key": pl.Series(
                [chance.choice("ab?").replace("?", "") or None for _ in range(count)], dtype=pl.String
            )
        }
        | columns
    )


@pytest.mark.parametrize("on", [["key"], []])
@pytest.mark.parametrize("seed", range(12))
def test_a_range_holds_the_moments_of_the_window_and_a_cover_counts_the_windows(
    seed: int, on: list[str]
) -> None:
    chance = Random(seed)  # noqa: S311 - examples, no secret
    windows = drawn(seed, chance.randrange(9), "low", "high")
    moments = drawn(seed + 100, chance.randrange(9), "at").drop_nulls("at").sort(*on, "at")

    def holds(window: dict[str, object], moment: dict[str, object]) -> bool:
        low, high, at = window["low"], window["high"], moment["at"]
        same = not on or (window["key"] is not None and window["key"] == moment["key"])
        return same and None not in (low, high) and low <= at <= high  # type: ignore[operator]

    held = {
        (span, row)
        for span, window in enumerate(windows.to_dicts())
        for row, moment in enumerate(moments.to_dicts())
        if holds(window, moment)
    }
    found = ranges(windows, moments, on)
    assert found.height == windows.height
    assert set(rows_of(found).iter_rows()) == held
    covers = [sum(row == each for _, each in held) for row in range(moments.height)]
    assert covering(moments, windows, on).to_list() == covers
