"""The chain orders a store's writes by ETag, whatever the clock and the files say."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from analyzer.tables import CALLS, CHAIN, empty
from analyzer.trail.calls.chain import chain
from tests.build import Tape


def order(calls: pl.DataFrame) -> list[tuple[str, int, int]]:
    table = chain(calls)
    return list(zip(table["event_id"], table["run"], table["position"], strict=True))


def test_no_calls_make_an_empty_chain() -> None:
    assert chain(empty(CALLS)).schema == CHAIN
    assert chain(empty(CALLS)).is_empty()


def test_writes_of_one_second_are_ordered_by_etag() -> None:
    tape = Tape()
    events = [tape.write(0, puts=["k"]) for _ in range(5)]
    assert order(tape.calls().reverse()) == [(event, 0, place) for place, event in enumerate(events)]


def test_a_missing_record_ends_the_run() -> None:
    tape = Tape()
    first = tape.write(0, puts=["k"])
    tape.write(1, puts=["k"], recorded=False)
    third = tape.write(2, puts=["k"])
    assert order(tape.calls()) == [(first, 0, 0), (third, 1, 0)]


def test_reads_and_failures_are_no_part_of_it() -> None:
    tape = Tape()
    tape.read(0, "k")
    first = tape.write(1, puts=["k"])
    tape.write(2, puts=["k"], error="ValidationException")
    second = tape.write(3, puts=["a", "b"])
    assert order(tape.calls()) == [(first, 0, 0), (second, 0, 1)]


def test_a_fork_links_nothing() -> None:
    """Two successes on one ETag contradict each other: neither may stand for an unbroken chain."""
    tape = Tape()
    first = tape.write(0, puts=["k"])
    second = tape.write(1, puts=["k"])
    tape.etag = "KV1"
    third = tape.write(2, puts=["k"])
    assert {(event, place) for event, _, place in order(tape.calls())} == {
        (first, 0),
        (second, 0),
        (third, 0),
    }


def test_a_circle_links_nothing() -> None:
    tape = Tape()
    tape.write(0, puts=["k"])
    tape.write(1, puts=["k"])
    circle = tape.calls().with_columns(if_match=pl.col("if_match").replace("KV0", "KV2"))
    assert {place for _, _, place in order(circle)} == {0}


@given(
    recorded=st.lists(st.booleans(), min_size=1, max_size=40),
    seconds=st.lists(st.integers(0, 3), min_size=40, max_size=40),
    seed=st.integers(0, 999),
)
def test_runs_are_what_is_recorded_between_what_is_not(
    recorded: list[bool], seconds: list[int], seed: int
) -> None:
    """Whatever is missing and however the records lie, every run is a stretch of the true history."""
    tape = Tape()
    time, history = 0, []
    for keep, gap in zip(recorded, seconds, strict=False):
        time += gap
        history.append((tape.write(time, puts=["k"], recorded=keep), keep))
    calls = tape.calls()
    mixed = calls.sample(fraction=1, shuffle=True, seed=seed)
    stretches: list[list[str]] = [[]]
    for event, keep in history:
        if keep:
            stretches[-1].append(event)
        elif stretches[-1]:
            stretches.append([])
    found = chain(mixed).group_by("run", maintain_order=True).agg("event_id", "position")
    expected = sorted(stretch for stretch in stretches if stretch)
    assert sorted(found["event_id"].to_list()) == expected
    assert all(places == list(range(len(places))) for places in found["position"].to_list())
