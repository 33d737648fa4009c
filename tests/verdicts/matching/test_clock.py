"""Windows are as narrow as the known difference of the clocks allows, and never cut into an operation's own time."""

from __future__ import annotations

import polars as pl

from analyzer.tables import TIME
from analyzer.verdicts.alignment.tables import OPERATION_TIMES
from analyzer.verdicts.matching.clock import by_the_clock
from analyzer.verdicts.matching.match import windows
from tests.build import at, write, writes


def spans(slack: int | None, shift: float = 0) -> tuple[object, object, bool]:
    """`low, high, clock_known` of an operation from second 10 to 12, whose deploy is aligned with this slack."""
    rows = [] if slack is None else [("w1", at(10 + shift), at(12 + shift), slack)]
    times = pl.DataFrame(rows, OPERATION_TIMES, orient="row").with_columns(pl.col("start", "end").cast(TIME))
    narrowed = by_the_clock(windows(writes(write("a", 10, 12)), times))
    low, high, known = narrowed.select("low", "high", "clock_known").row(0)
    return low, high, known


def test_a_clock_that_is_known_to_the_second_leaves_a_second_on_either_side() -> None:
    """The time of a record is cut to whole seconds."""
    assert spans(0) == (at(9), at(13), True)


def test_what_is_not_known_of_the_clock_widens_the_window() -> None:
    assert spans(2) == (at(7), at(15), True)


def test_the_window_of_a_clock_that_is_off_lies_in_the_trails_time() -> None:
    """The log is 90 s behind: the call is to be looked for 90 s later."""
    assert spans(1, shift=90) == (at(98), at(104), True)


def test_an_uncertain_clock_may_widen_it_beyond_five_seconds() -> None:
    assert spans(30) == (at(10 - 31), at(12 + 31), True)


def test_without_an_alignment_a_clock_may_be_five_seconds_off() -> None:
    assert spans(None) == (at(5), at(17), False)
