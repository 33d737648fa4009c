"""Absence needs proof: each sound proof, and each thing that looks like one and is not."""

from __future__ import annotations

import polars as pl
import pytest

from analyzer.tables import empty
from analyzer.trail.calls.chain import chain
from analyzer.verdicts.absence import Extent, absence
from analyzer.verdicts.alignment.tables import OPERATION_TIMES
from analyzer.verdicts.matching.facts import with_deploy_span
from analyzer.verdicts.matching.match import ordered_calls, windows
from tests.build import Tape, at, write, writes
from tests.verdicts.judging import ROUTES, bracketed, closed, found, judged_calls

HOUR = 3600.0


def said(tape: Tape, reach: float | None, *rows: dict[str, object]) -> tuple[str | None, str | None]:
    """(absent, doubt) of the last row."""
    calls = tape.calls()
    linked = chain(calls)
    spans = with_deploy_span(windows(writes(*rows), empty(OPERATION_TIMES)))
    table = absence(
        spans, ordered_calls(calls, linked), linked, Extent(None, None if reach is None else at(reach))
    )
    last = table.filter(pl.col("write") == f"w{len(rows)}")
    return last["absent"].item(), last["absent_doubt"].item()


def test_an_unbroken_chain_around_the_window_proves_it() -> None:
    tape = Tape()
    tape.write(-200, puts=["a"])
    tape.write(200, puts=["b"])
    assert said(tape, 200, write("k", 0, 2)) == ("proven", None)


def test_a_chain_around_the_operation_alone_does_not_prove_it() -> None:
    """A clock that was set within the deploy may hide a call beyond: two minutes around it are needed."""
    tape = Tape()
    tape.write(-100, puts=["a"])
    tape.write(200, puts=["b"])
    assert said(tape, 200, write("k", 0, 2)) == ("high", None)


def test_a_chain_that_breaks_within_does_not() -> None:
    tape = Tape()
    tape.write(-100, puts=["a"])
    tape.write(1, puts=["k"], recorded=False)
    tape.write(100, puts=["b"])
    assert said(tape, HOUR, write("k", 0, 2)) == (None, "trail_gap")


def test_a_gap_elsewhere_does_not_matter() -> None:
    tape = Tape()
    tape.write(-300, puts=["a"])
    tape.write(-200, puts=["a"], recorded=False)
    tape.write(-100, puts=["a"])
    tape.write(100, puts=["b"])
    tape.write(200, puts=["a"], recorded=False)
    tape.write(300, puts=["a"])
    assert said(tape, HOUR, write("k", 0, 2)) == ("high", None)


def test_records_of_the_same_seconds_do_not_bracket() -> None:
    """A write within the clock's error of the window may lie on either side of the operation."""
    tape = Tape()
    tape.write(-3, puts=["a"])
    tape.write(4, puts=["b"])
    assert said(tape, 10, write("k", 0, 2)) == (None, "trail_too_early")


def test_a_run_that_no_later_write_closes_proves_nothing() -> None:
    """The file that is missing may be the one that held the store's last write: no gap would show it."""
    tape = Tape()
    tape.write(-10, puts=["other"])
    assert said(tape, HOUR, write("other", -12, -9), write("k", 0, 2)) == (None, "chain_not_closed")


def test_it_must_reach_thirty_minutes_past_the_window() -> None:
    tape = Tape()
    tape.write(-10, puts=["other"])
    assert said(tape, 1700, write("other", -12, -9), write("k", 0, 2)) == (None, "trail_too_early")


def test_a_write_of_another_day_does_not_show_that_this_deploy_was_logged() -> None:
    tape = Tape()
    tape.write(-90000, puts=["other"])
    assert said(tape, HOUR, write("k", 0, 2)) == (None, "chain_not_closed")


@pytest.mark.parametrize("reads", [0, 3])
def test_a_store_without_writes_proves_nothing(reads: int) -> None:
    """Reads may be logged where writes are not: a selector can ask for either."""
    tape = Tape()
    for _ in range(reads):
        tape.read(1, "k")
    assert said(tape, HOUR, write("k", 0, 2)) == (None, "data_events_off")


def test_failed_writes_show_that_writes_are_logged() -> None:
    tape = Tape()
    tape.write(1, puts=["k"], error="AccessDeniedException")
    assert said(tape, HOUR, write("k", 0, 2)) == (None, "chain_not_closed")
    assert said(tape, 60, write("k", 0, 2)) == (None, "trail_too_early")


def test_without_a_window_nothing_is_absent() -> None:
    tape = Tape()
    tape.write(-100, puts=["a"])
    tape.write(100, puts=["b"])
    assert said(tape, HOUR, write("k", None, None)) == (None, "no_window")


@pytest.mark.parametrize(("items", "expected"), [(1, ("high", None)), (2, (None, "trail_gap"))])
def test_a_store_that_was_empty_before_has_no_gap_before(
    items: int, expected: tuple[str | None, str | None]
) -> None:
    """The first write in hand left just the key that it put: nothing can have come before it."""
    tape = Tape()
    tape.write(1, puts=["other"])
    tape.write(100, puts=["later"])
    calls = tape.calls().with_columns(item_count=pl.lit(items, dtype=pl.Int64))
    linked = chain(calls)
    rows = writes(write("other", 0, 2), write("k", 0, 2))
    table = absence(
        with_deploy_span(windows(rows, empty(OPERATION_TIMES))),
        ordered_calls(calls, linked),
        linked,
        Extent(None, at(HOUR)),
    )
    assert table.filter(write="w2").select("absent", "absent_doubt").row(0) == expected


def test_a_trail_that_begins_after_the_window_proves_nothing() -> None:
    """Expected: unverifiable. The first write in hand names an ETag that no call in hand made: that call may be ours.

    docs/architecture.md#6-verdicts: `high` needs no gap in the chain; docs/facts/cloudtrail.md#34-semantics (c).
    """
    tape = Tape()
    tape.write(1, puts=[ROUTES], recorded=False)
    tape.write(100, puts=["ns:metadata"])
    rows = [write(ROUTES, 0, 2), write("ns:metadata", 99, 101, action="put")]
    assert found(tape, *rows)[0][0] == "unverifiable"


def test_a_trail_that_begins_within_the_window_proves_nothing() -> None:
    """Expected: unverifiable, for the same reason."""
    tape = Tape()
    tape.write(1, puts=[ROUTES], recorded=False)
    tape.write(2, puts=["ns:metadata"])
    rows = [write(ROUTES, 0, 3), write("ns:metadata", 0, 3, action="put")]
    assert found(tape, *rows)[0][0] == "unverifiable"


def test_a_record_without_its_keys_may_be_the_call() -> None:
    """Expected: not dropped. The chain runs through a write whose keys CloudTrail left out (calls.py, `degraded`).

    P1 holds only where no record between names the key; one that names none may be any.
    """
    tape = bracketed()
    tape.write(1, puts=["?"])
    calls = closed(tape).calls().with_columns(key=pl.when(pl.col("key") != "?").then("key"))
    assert judged_calls(calls, writes(write(ROUTES, 0, 2))).verdicts["verdict"].item() == "unverifiable"


def test_a_store_that_the_log_hides_is_no_sign_that_data_events_are_off() -> None:
    """Expected: form_lost: it is the log that does not say which store; the trail logs writes."""
    tape = bracketed()
    tape.write(1, puts=[ROUTES])
    assert found(closed(tape), write(ROUTES, 0, 2, store=None))[0][:2] != ("unverifiable", "data_events_off")


def test_an_empty_store_says_nothing_of_the_keys_that_its_first_record_put() -> None:
    """Two keys and two items: the store may have held these same keys before (data events came on later)."""
    tape = Tape()
    tape.write(100, puts=["k", "a"])
    tape.write(200, puts=["later"])
    calls = tape.calls().with_columns(item_count=pl.lit(2, dtype=pl.Int64))
    linked = chain(calls)
    rows = writes(write("k", 0, 2), write("b", 0, 2))
    spans = with_deploy_span(windows(rows, empty(OPERATION_TIMES)))
    table = absence(spans, ordered_calls(calls, linked), linked, Extent(None, at(HOUR)))
    assert table["absent"].to_list() == [None, "high"]


def test_files_that_do_not_reach_the_time_are_no_sign_that_data_events_are_off() -> None:
    tape = Tape()
    tape.write(-90000, puts=["other"])
    calls = tape.calls()
    linked = chain(calls)
    spans = with_deploy_span(windows(writes(write("k", 0, 2)), empty(OPERATION_TIMES)))
    assert (
        absence(spans, ordered_calls(calls, linked), linked, Extent(None, at(-3600)))["absent_doubt"].item()
        == "not_covered"
    )
