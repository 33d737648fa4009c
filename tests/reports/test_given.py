"""The report prints back the window that was given, as it was used."""

from __future__ import annotations

from datetime import UTC, datetime

from analyzer.reports.given import given_window

TWO = datetime(2026, 5, 1, 14, tzinfo=UTC)
LATER = datetime(2026, 5, 1, 14, 0, 20, tzinfo=UTC)


def test_a_window_with_its_zone() -> None:
    assert str(given_window(TWO, LATER, zoneless=False)) == "window given: 2026-05-01 14:00:00Z to 14:00:20Z"


def test_times_without_a_zone_were_read_as_utc() -> None:
    assert str(given_window(TWO, LATER, zoneless=True)) == (
        "window given: 2026-05-01 14:00:00Z to 14:00:20Z (no zone was given: read as UTC)"
    )


def test_over_midnight_and_one_end() -> None:
    next_day = datetime(2026, 5, 2, tzinfo=UTC)
    assert str(given_window(TWO, next_day, zoneless=False)).endswith("14:00:00Z to 2026-05-02 00:00:00Z")
    assert str(given_window(TWO, None, zoneless=False)) == "window given: since 2026-05-01 14:00:00Z"
    assert str(given_window(None, TWO, zoneless=False)) == "window given: until 2026-05-01 14:00:00Z"


def test_no_window() -> None:
    assert given_window(None, None, zoneless=False) is None
