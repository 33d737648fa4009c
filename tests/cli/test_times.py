"""The times that a person may write."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.cli.times import as_written, moment, window
from analyzer.errors import UsageError


def utc(
    day: int, hour: int = 0, minute: int = 0, second: int = 0, micro: int = 0
) -> datetime:  # a clock's parts
    return datetime(2025, 3, day, hour, minute, second, micro, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2025-03-20", utc(20)),
        ("2025-03-20 12:01", utc(20, 12, 1)),
        ("2025-03-20 12:01:02", utc(20, 12, 1, 2)),
        ("2025-03-20T12:01:02", utc(20, 12, 1, 2)),
        ("2025-03-20T12:01:02Z", utc(20, 12, 1, 2)),
        ("2025-03-20t12:01:02z", utc(20, 12, 1, 2)),
        (" 2025-03-20T12:01Z ", utc(20, 12, 1)),
        ("2025-03-20T12:01:02.5Z", utc(20, 12, 1, 2, 500000)),
        ("2025-03-20T12:01:02.000123+00:00", utc(20, 12, 1, 2, 123)),
        ("2025-03-20T01:00:00+07:00", utc(19, 18)),
        ("2025-03-20 23:30 -01:00", utc(21, 0, 30)),
    ],
)
def test_moment(text: str, wanted: datetime) -> None:
    assert moment(text, "--since") == wanted


@pytest.mark.parametrize(
    "text",
    [
        *("", "now", "12:00", "20250320", "2025-W12-4", "2025-02-30", "2025-03-20T25:00Z", "2025-03-20T12"),
        *(
            "2025-03-20T12:00:60Z",
            "20/03/2025",
            "2025-03-20T12:00 UTC",
            "0001-01-01T00:00+14:00",
            "1742472000",
        ),
    ],
)
def test_no_moment(text: str) -> None:
    with pytest.raises(UsageError, match=r"^--until: .* is not a time; write it as 2025-03-20, "):
        moment(text, "--until")


@given(st.text(alphabet="0123456789-:T.Z+ ", max_size=30))
def test_a_moment_or_a_usage_error(text: str) -> None:
    try:
        assert moment(text, "--since").tzinfo is UTC
    except UsageError as error:
        assert str(error).startswith("--since: ")  # noqa: PT017 - the other outcome is right too


def test_a_day_for_until_ends_with_the_day() -> None:
    assert window("2025-03-20", "2025-03-20") == (utc(20), utc(20, 23, 59, 59, 999999))


def test_one_end_or_none() -> None:
    assert window(None, None) == (None, None)
    assert window("2025-03-20", None) == (utc(20), None)
    assert window("2025-03-20 12:00", "2025-03-20 12:00") == (utc(20, 12), utc(20, 12))


def test_the_wrong_order() -> None:
    with pytest.raises(UsageError, match="--since 2025-03-20 12:01 is later than --until 2025-03-20 12:00"):
        window("2025-03-20 12:01", "2025-03-20 12:00")


@pytest.mark.parametrize(
    ("text", "zoned"),
    [
        ("2025-03-20", False),
        ("2025-03-20 12:01", False),
        ("2025-03-20T12:01:02.5", False),
        (" 2025-03-20T12:01Z ", True),
        ("2025-03-20 12:01:02 +01:00", True),
        ("2025-03-20t12:01:02z", True),
    ],
)
def test_a_time_without_a_zone_stays_one(text: str, zoned: bool) -> None:
    time = as_written(moment(text, "--since"), text)
    assert time is not None
    assert (time.tzinfo is not None) == zoned
    assert time.replace(tzinfo=UTC) == moment(text, "--since")
