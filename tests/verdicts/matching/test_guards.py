"""What keeps a write without a call from being called dropped."""

from __future__ import annotations

import polars as pl

from tests.build import Tape, write, writes
from tests.verdicts.judging import OTHER, ROUTES, judged_calls

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


def test_keys_that_cannot_be_read_of_another_hour_and_principal_are_not_the_write() -> None:
    assert verdict(others=100, own=None) == "dropped"


def test_one_of_its_own_principal_within_minutes_may_be_however_many_there_are_before() -> None:
    assert verdict(others=0, own=300) == "unverifiable"
    assert verdict(others=100, own=300) == "unverifiable"
