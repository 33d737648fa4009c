"""What keeps a write without a call from being called dropped."""

from __future__ import annotations

import polars as pl
import pytest

from tests.build import Tape, write, writes
from tests.verdicts.judging import OTHER, ROUTES, bracketed, closed, found, judged_calls

ROWS = writes(
    write(ROUTES, 10, 12),
    write("a:metadata", 0, 1, action="put"),
    write("b:metadata", 20, 21, action="put"),
)
"""A write of the list of routes, of which no call is available, between two whose calls are."""


def verdict(others: int, own: float | None) -> str:
    """The first write's, with so many calls of another principal whose keys cannot be read, and one of its own."""
    tape = Tape()
    tape.write(-4000, puts=["other"])
    for number in range(others):
        tape.write(number - 3000, puts=["?"], caller=OTHER)
    tape.write(1, puts=["a:metadata"])
    tape.write(21, puts=["b:metadata"])
    if own is not None:
        tape.write(own, puts=["?"])
    tape.write(4000, puts=["other"])
    calls = tape.calls().with_columns(key=pl.when(pl.col("key") != "?").then("key"))
    return str(judged_calls(calls, ROWS).verdicts["verdict"][0])


def test_what_another_operation_has_by_an_offset_that_fits_as_well_is_not_dropped() -> None:
    """Expected: in doubt. The one call on the list fits the second operation at a right clock, the first at -2 s.

    Which of the two has none only the clock says, and a clock may be off by 3 s.
    """
    tape = bracketed()
    tape.write(5, puts=[ROUTES])
    rows = [write(ROUTES, 0, 2), write(ROUTES, 4, 6)]
    assert found(closed(tape), *rows) == [("unverifiable", "contested", "low"), ("landed", None, "low")]


def test_where_a_third_operation_tells_the_offset_it_is() -> None:
    """Expected: dropped. At -2 s the site would have had no call: its own is at its own time."""
    tape = bracketed()
    tape.write(5, puts=[ROUTES])
    tape.write(8, puts=["a:metadata"])
    rows = [write(ROUTES, 0, 2), write(ROUTES, 4, 6), write("a:metadata", 8, 9, action="put")]
    assert [each[0] for each in found(closed(tape), *rows)] == ["dropped", "landed", "landed"]


def test_what_an_offset_that_fits_as_well_gives_to_another_is_not_lost() -> None:
    """Expected: in doubt: who deletes the list takes away what landed, and that may be the first one's entry."""
    tape = bracketed()
    tape.write(5, puts=[ROUTES])
    tape.write(900, deletes=[ROUTES], caller=OTHER)
    rows = [write(ROUTES, 0, 2), write(ROUTES, 4, 6)]
    assert [each[:2] for each in found(closed(tape), *rows)] == [("unverifiable", "contested")] * 2


def test_keys_that_cannot_be_read_of_another_hour_and_principal_are_not_the_write() -> None:
    assert verdict(others=100, own=None) == "dropped"


def test_one_of_its_own_principal_within_minutes_may_be_however_many_there_are_before() -> None:
    assert verdict(others=0, own=300) == "unverifiable"
    assert verdict(others=100, own=300) == "unverifiable"


@pytest.mark.parametrize(("error", "expected"), [(None, "dropped"), ("ThrottlingException", "unverifiable")])
def test_after_a_read_that_was_throttled_an_operation_may_have_lasted_beyond_its_end_by_the_log(
    error: str | None, expected: str
) -> None:
    """A clock that was set back ends it too early; the SDK reads again, and the call 24 s later may be its own."""
    tape = bracketed()
    tape.write(1, puts=["a:metadata", "a:/index.html"])
    tape.read(19, ROUTES, error=error)
    tape.write(44, puts=[ROUTES])
    site = {"action": "put", "op": "update", "operation": 1, "name": "Site"}
    rows = [write(key, 0, 1, **site) for key in ("a:metadata", "a:/index.html")]
    assert found(closed(tape), *rows, write(ROUTES, 10, 20, op="update"))[-1][0] == expected


@pytest.mark.parametrize(("reported", "expected"), [("succeeded", "dropped"), ("unfinished", "unverifiable")])
def test_a_call_that_only_an_operation_without_an_end_has_may_be_the_write(
    reported: str, expected: str
) -> None:
    """A deploy that was killed may have been stopped before its last call: the call is then the one before's."""
    tape = bracketed()
    tape.write(1, puts=["a:metadata", "a:/index.html"])
    tape.write(14, puts=[ROUTES])
    site = {"action": "put", "op": "update", "operation": 1, "name": "Site"}
    rows = [
        *(write(key, 0, 2, **site) for key in ("a:metadata", "a:/index.html")),
        write(ROUTES, 5, 8, op="update", operation=2, name="A", entry="a"),
        write(ROUTES, 13, 15, op="update", operation=3, name="B", entry="b", reported=reported),
    ]
    assert found(closed(tape), *rows)[2][0] == expected
