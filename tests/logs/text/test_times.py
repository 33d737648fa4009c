"""A time before each line: which are taken off, and what they say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from analyzer.logs.text.times import without_times

NOON = datetime(2025, 3, 20, 12, 0, tzinfo=UTC)
MOMENTS = st.integers(0, 24 * 3600 * 10**6).map(lambda micros: NOON + timedelta(microseconds=micros))


def texts_and_times(lines: list[str]) -> list[tuple[str, datetime | None]]:
    timed = without_times(pl.Series(lines, dtype=pl.String))
    at = timed.times.read() if timed.times else pl.Series([None] * len(lines))
    return list(zip(timed.text.to_list(), at.to_list(), strict=True))


def test_times_of_several_widths() -> None:
    assert texts_and_times(
        [
            "2025-03-20T12:00:00.1234567Z a",
            "2025-03-20T12:00:00.12Z b",
            "2025-03-20T14:00:00+02:00 c",
            "2025-03-20T12:00:00Z",
            "2025-99-20T12:00:00.1234567Z d",
            "Ж e",
        ]
    ) == [
        ("a", NOON + timedelta(microseconds=123456)),
        ("b", NOON + timedelta(microseconds=120000)),
        ("c", NOON),
        ("", NOON),
        ("d", None),
        ("Ж e", None),
    ]


def test_a_clock_that_shows_no_time_is_taken_off_and_not_read() -> None:
    found = texts_and_times(
        ["2025-03-20T12:00:00.5Z a", "2025-03-20T99:00:00.5Z b", "2025-02-30T12:00:00Z c"]
    )
    assert found == [("a", NOON + timedelta(milliseconds=500)), ("b", None), ("c", None)]


def test_what_stands_where_a_time_would_end_is_no_time() -> None:
    lines = ["2025-03-20T12:00:00Z a", "2025-03-20 is no stamp", "a line with a letter Z in its midst", "Z b"]
    assert texts_and_times(lines) == [("a", NOON), *((line, None) for line in lines[1:])]


def test_a_byte_order_mark_goes_with_the_time() -> None:
    stamp = "2025-03-20T12:00:00.0000000Z"
    lines = [f"\ufeff{stamp} a", f"{stamp} b", f"\ufeff{stamp} c"]
    assert texts_and_times(lines) == [("a", NOON), ("b", NOON), ("c", NOON)]


def test_times_with_offsets_alone() -> None:
    lines = ["2025-03-20T14:00:00+02:00 a", "twenty letters are: Z b"]
    assert texts_and_times(lines) == [("a", NOON), (lines[1], None)]


def test_no_times() -> None:
    assert texts_and_times([]) == []
    assert texts_and_times(["", "a"]) == [("", None), ("a", None)]


def test_what_is_kept_is_read() -> None:
    stamps = [f"2025-03-20T12:00:00.{number}Z x" for number in range(10)]
    times = without_times(pl.Series(stamps)).times
    assert times is not None
    some = times.gather(pl.Series([1, 9], dtype=pl.UInt32))
    assert some.read().to_list() == [NOON + timedelta(milliseconds=each) for each in (100, 900)]


@given(
    st.lists(
        st.tuples(
            MOMENTS,
            st.sampled_from([0, 1, 3, 6, 7, 9]),
            st.sampled_from(["Z", "+01:00"]),
            st.text("aZ :é", max_size=9),
        )
    )
)
def test_any_times(drawn: list[tuple[datetime, int, str, str]]) -> None:
    lines, expected = [], []
    for moment, digits, zone, text in drawn:
        fraction = f"{moment.microsecond:06}000"[:digits]
        lines.append(f"{moment:%Y-%m-%dT%H:%M:%S}{'.' if digits else ''}{fraction}{zone} {text}")
        micros = int(fraction[:6].ljust(6, "0"))
        at = moment.replace(microsecond=micros) - timedelta(hours=int(zone == "+01:00"))
        expected.append((text, at))
    assert texts_and_times(lines) == expected
