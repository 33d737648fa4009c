"""Since when a writer's copy of a list may be, where no read of it is logged: as early as the clocks allow."""

from __future__ import annotations

import polars as pl
import pytest

from analyzer.trail.calls.chain import chain
from analyzer.verdicts.judge import judge
from analyzer.verdicts.losses.loss import losses
from tests.build import at, deploys, write, writes
from tests.verdicts.judging import HOUR, ROUTES, bracketed


@pytest.mark.parametrize(("start", "slack", "threatened"), [(14, 1, True), (14, 0, False), (16, 1, False)])
def test_a_writer_may_have_read_as_early_as_the_difference_of_the_clocks_allows(
    start: int, slack: int, *, threatened: bool
) -> None:
    """Times are cut to whole seconds, and a clock that looks right may be off by two more, as where calls are matched.

    What began at 14 by a clock that is off by a second or less may have begun at 10. The first route's call is of that
    second, so the list that the second route's operation read may be from before it.
    """
    tape = bracketed()
    tape.write(10, puts=[ROUTES])
    tape.write(start, puts=[ROUTES])
    calls = tape.calls()
    rows = writes(
        write(ROUTES, 10, 12, name="a", entry="a", op="create"),
        write(ROUTES, start, start, name="b", entry="b", op="create"),
    )
    made: dict[str, pl.DataFrame] = {}
    of_groups = deploys("d1").with_columns(group=pl.lit(0, pl.Int64))
    judge(rows, deploys("d1"), calls, chain(calls), reach=at(HOUR), has_trail=True, keep=made.__setitem__)
    windows = made["windows"].with_columns(slack=pl.lit(slack, pl.Int64))
    lost = losses(
        made["landings"], made["ordered_calls"], chain(calls), of_groups, windows, clocks=made["clock_states"]
    )
    assert (lost["threat"].to_list() == ["event-003"]) is threatened
