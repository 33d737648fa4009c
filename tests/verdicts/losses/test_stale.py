"""From when a writer's copy of a list is: by its reads, and where none is logged as early as the clocks allow."""

from __future__ import annotations

import polars as pl
import pytest

from analyzer.trail.calls.chain import chain
from analyzer.verdicts.judge import judge
from analyzer.verdicts.losses.loss import losses
from analyzer.verdicts.matching.match import ordered_calls, reads_of_keys
from tests.build import Tape, at, deploys, write, writes
from tests.verdicts.judging import HOUR, OTHER, ROUTES, bracketed, closed, judged_calls


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
        made["landings"],
        made["ordered_calls"],
        chain(calls),
        of_groups,
        windows,
        facts=made["facts"],
        clocks=made["clock_states"],
    )
    assert (lost["threat"].to_list() == ["event-003"]) is threatened


@pytest.mark.parametrize(
    ("reads", "refused", "request_ids", "expected"),
    [
        (3, 0, True, ("lost", "high")),
        (3, 1, True, ("landed", "proven")),
        (3, 2, True, ("landed", "low")),
        (3, 1, False, ("landed", "low")),
    ],
    ids=["never refused", "each refusal read anew", "one not read anew", "reads that may be copies"],
)
def test_who_read_the_list_more_often_than_needed_reads_anew_only_where_it_was_refused(
    reads: int, refused: int, expected: tuple[str, str], *, request_ids: bool
) -> None:
    """No log says the version of SST. Two operations on the list ran at once, the first one's deploy read it spare.

    It wrote after the second deploy had, and had read before: an old copy, unless it read anew.
    """
    tape = bracketed()
    tape.write(1, puts=["ns:a"])
    tape.write(1, puts=["other:a"], caller=OTHER)
    for _ in range(reads):
        tape.read(10, ROUTES)
    tape.read(10, ROUTES, caller=OTHER)
    tape.write(11, puts=[ROUTES], caller=OTHER)
    for _ in range(refused):
        tape.write(12, puts=[ROUTES], error="ValidationException", message="Pre-Condition failed")
    tape.write(13, puts=[ROUTES])
    rows = [
        write(ROUTES, 10, 12, deploy="d2", op="create", name="b", entry="b"),
        write(ROUTES, 9, 14, op="create", name="a", entry="a"),
        write("ns:a", 0, 2, action="put"),
        write("other:a", 0, 2, action="put", deploy="d2"),
    ]
    calls = closed(tape).calls()
    known = calls if request_ids else calls.with_columns(request_id=pl.lit(None, pl.String))
    table = judged_calls(known, writes(*rows)).verdicts
    assert (table["verdict"][0], table["confidence"][0]) == expected


@pytest.mark.parametrize(("error", "reads"), [("ResourceNotFoundException", 2), (None, 1)])
def test_two_records_of_one_second_without_request_ids_are_two_reads_if_they_found_different_things(
    error: str | None, reads: int
) -> None:
    tape = Tape()
    tape.read(1, ROUTES)
    tape.read(1, ROUTES, error=error)
    calls = tape.calls().with_columns(request_id=pl.lit(None, pl.String))
    assert reads_of_keys(ordered_calls(calls, chain(calls))).height == reads
