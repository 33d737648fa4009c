"""Each shape of clock is recognised as a whole, and tells the time that stands in it, or none."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from analyzer.prefixes.clocks import clock_at, read_clock

NINE = datetime(2024, 5, 8, 9, 12, 33, tzinfo=UTC)
SEVEN = datetime(2024, 5, 8, 7, 12, 33, tzinfo=UTC)
EVENING = datetime(2024, 5, 8, 21, 12, 33, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "name", "time"),
    [
        ("2024-05-08T09:12:33Z", "iso", NINE),
        ("2024-05-08T09:12:33.123456789Z", "iso", NINE.replace(microsecond=123456)),
        ("2024-05-08 09:12:33,123", "iso", NINE.replace(microsecond=123000)),
        ("2024/05/08 09:12:33", "iso", NINE),
        ("2024-05-08 09:12:33 UTC", "iso", NINE),
        ("2024-05-08T09:12:33+02:00", "iso", SEVEN),
        ("2024-05-08 09:12:33 +0200", "iso", SEVEN),
        ("2024-99-08T09:12:33Z", "iso", None),
        ("20240508T091233Z", "compact", NINE),
        ("05/08/2024 09:12:33 PM", "us", EVENING),
        ("05/08/2024 09:12:33", "us", None),  # the month may come second
        ("8.5.2024 9:12:33", "dotted", NINE),
        ("08/May/2024:09:12:33 +0000", "clf", NINE),
        ("Wed, 08 May 2024 09:12:33 +0200", "mail", SEVEN),
        ("Wed May  8 09:12:33 2024", "ctime", NINE),
        ("Wed May  8 09:12:33 UTC 2024", "ctime", NINE),
        (f"@{2**62 + 10 + 1715159553:016x}00000000", "tai", NINE),
        ("1715159553", "epoch", NINE),
        ("1715159553.5", "epoch", NINE.replace(microsecond=500000)),
        ("1715159553500", "epoch", NINE.replace(microsecond=500000)),
        ("May 08 09:12:33", "syslog", None),
        ("05-08 09:12:33.123", "logcat", None),
        ("I0508 09:12:33.123456", "glog", None),
        ("0508/091233.123", "chromium", None),
        ("09:12:33.123", "time", None),
        ("3:04PM", "kitchen", None),
        ("2024-05-08", "date", None),
    ],
)
def test_a_clock(text: str, name: str, time: datetime | None) -> None:
    assert clock_at(text, 0) == (name, len(text))
    assert read_clock(name, pl.Series([text, None])).to_list() == [time, None]


def test_what_is_no_clock() -> None:
    assert [clock_at(text, 0) for text in ("12", "v1.2.3", "2715159553", "17151595531", "deploy")] == [
        None
    ] * 5


def test_times_with_and_without_an_offset() -> None:
    stamps = pl.Series(["2024-05-08T09:12:33Z", "2024-05-08T09:12:33+02:00", "2024-05-08 09:12:33,0"])
    assert read_clock("iso", stamps).to_list() == [NINE, SEVEN, NINE]
