"""Which keys a store held at a time, as far as the calls tell."""

from __future__ import annotations

import polars as pl
import pytest

from analyzer.trail.calls.chain import chain
from analyzer.trail.calls.replay import replay
from tests.build import Tape, at


def held(tape: Tape, second: float) -> dict[str, str]:
    calls = tape.calls()
    return dict(replay(calls, chain(calls), at(second)).select("key", "state").iter_rows())


def test_puts_and_deletes_in_their_order() -> None:
    tape = Tape()
    tape.write(10, puts=["a", "b"])
    tape.write(20, deletes=["a"], puts=["c"])
    tape.write(30, puts=["a"], error="ValidationException")
    assert held(tape, 9) == {"a": "unknown", "b": "unknown", "c": "unknown"}
    assert held(tape, 10) == {"a": "present", "b": "present", "c": "unknown"}
    assert held(tape, 40) == {"a": "absent", "b": "present", "c": "present"}


def test_within_a_second_the_chain_tells_the_order() -> None:
    tape = Tape()
    tape.write(10, deletes=["a"])
    tape.write(10, puts=["a"])
    calls = tape.calls()[::-1]
    assert replay(calls, chain(calls), at(10))["state"].item() == "present"


@pytest.mark.parametrize(("error", "state"), [(None, "present"), ("ResourceNotFoundException", "absent")])
def test_a_read_tells_it_too(error: str | None, state: str) -> None:
    tape = Tape()
    tape.read(5, "a", error=error)
    assert held(tape, 5) == {"a": state}
    tape.read(6, "b", error="AccessDeniedException")
    assert held(tape, 7) == {"a": state}


def test_after_a_gap_nothing_is_known_of_what_was_before() -> None:
    tape = Tape()
    tape.write(10, puts=["a"])
    tape.read(11, "r")
    tape.write(20, deletes=["a"], recorded=False)
    tape.write(30, puts=["b"])
    assert held(tape, 29) == {"a": "present", "b": "unknown", "r": "present"}
    assert held(tape, 30) == {"a": "unknown", "b": "present", "r": "unknown"}
    calls = tape.calls()
    why = replay(calls, chain(calls), at(30)).filter(key="a")["why"].item()
    assert why == "present before a gap in the chain"


def test_a_write_that_names_no_keys_may_be_of_any() -> None:
    tape = Tape()
    tape.write(10, puts=["a"])
    tape.write(20, puts=[""])
    calls = tape.calls()
    import polars as pl

    unnamed = calls.with_columns(key=pl.when(pl.col("key") != "").then("key"))
    assert replay(unnamed, chain(unnamed), at(20)).select("key", "state").rows() == [("a", "unknown")]


def test_a_write_of_unknown_outcome_leaves_the_key_open() -> None:
    tape = Tape()
    tape.write(10, puts=["a", "b"])
    tape.write(20, deletes=["a"])
    tape.write(20, puts=["c"])
    tape.write(40, puts=["a"])
    is_open = pl.col("event_id").is_in(["event-002", "event-003"])
    calls = tape.calls().with_columns(
        pl.when(~is_open).then("ok").alias("ok"), pl.when(~is_open).then("etag").alias("etag")
    )
    first = calls.filter(pl.col("event_id") != "event-004")
    rows = replay(first, chain(first), at(30)).select("key", "state", "why").rows()
    why = "a later write has an unknown outcome"
    assert rows == [("a", "unknown", why), ("b", "present", None), ("c", "unknown", why)]
    assert dict(replay(calls, chain(calls), at(50)).select("key", "state").rows())["a"] == "present"


def test_a_write_of_unknown_outcome_that_names_no_key_leaves_all_open() -> None:
    tape = Tape()
    tape.write(10, puts=["a"])
    tape.write(20, puts=["b"])
    is_open = pl.col("event_id") == "event-002"
    calls = tape.calls().with_columns(
        pl.when(~is_open).then(name).alias(name) for name in ("ok", "etag", "key")
    )
    (row,) = replay(calls, chain(calls), at(30)).to_dicts()
    assert (row["key"], row["state"], row["why"]) == ("a", "unknown", "a later write does not name its keys")
