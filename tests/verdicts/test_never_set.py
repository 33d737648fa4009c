"""Outputs that were never set (S1), and updates that had nothing to change: what the log itself says of a route.

Source: docs/facts/sst-output.md#45-unfixed-defects.
"""

from __future__ import annotations

import pytest

from tests.build import STORE, Tape, write, writes
from tests.verdicts.judging import ROUTES, bracketed, closed, judged, verdict

UNSET = write(ROUTES, 0, 2, entry="site,7c62,,/b", was="site,7c62,,/a", unset=True)
SAME = write(ROUTES, 0, 2, entry="site,7c62,,/a", was="site,7c62,,/a")
OTHER_STORE = f"{STORE[:-1]}9"


def test_a_trail_that_is_silent_about_the_store_says_no_more_than_none() -> None:
    """Calls of another store, or none at the time: the log is as sure as without a trail, and is no proof alone."""
    elsewhere = Tape(OTHER_STORE)
    elsewhere.write(-4000, puts=["other"])
    elsewhere.write(4000, puts=["other"])
    found = judged(elsewhere, writes(UNSET))
    assert found.verdicts.select("verdict", "cause", "leaning").row(0) == (
        "unverifiable",
        "data_events_off",
        "dropped",
    )
    without = judged(None, writes(UNSET)).verdicts
    assert without.select("verdict", "leaning").row(0) == ("unverifiable", "dropped")


def test_where_the_trail_has_no_call_of_the_operation_the_log_is_the_evidence() -> None:
    """The chain is open, so that only the log shows the drop: its line is cited, and no call that was refused."""
    tape = bracketed()
    tape.write(1, puts=["a:metadata"])
    row = write("a:metadata", 0, 1, action="put", type="sst:aws:KvKeys", line=2)
    found = judged(tape, writes(UNSET, row))
    assert found.verdicts.select("verdict", "cause", "confidence").row(0) == (
        "dropped",
        "read_failed",
        "high",
    )
    lines = found.evidence.filter(write="w1").select("kind", "source", "detail").rows()
    assert [line[:2] for line in lines] == [("log", "eventlog.json:1"), ("log", "eventlog.json:1")]
    assert lines[1][2] == "the operation's outputs were never set: its provider returned before it wrote"


def test_an_own_read_that_failed_is_a_word_of_the_trail() -> None:
    """No write call of the store is in the trail, but the read of the list is, and it failed."""
    tape = Tape()
    tape.read(1, ROUTES, error="AccessDeniedException")
    assert verdict(tape, UNSET)[:2] == ("dropped", "read_failed")


@pytest.mark.parametrize("unset", [True, False])
def test_no_call_for_an_entry_that_was_there_is_no_drop(unset: bool) -> None:
    """After an upgrade of SST the provider's code alone differs: the entry is in the list, whatever fails."""
    tape = bracketed()
    tape.read(1, ROUTES, error="AccessDeniedException")
    found = judged(closed(tape), writes(SAME | {"unset": unset})).verdicts
    assert found.select("verdict", "cause", "leaning").row(0) == ("unverifiable", "maybe_nothing", "landed")
    reason = "by the deploy's own state the list had the entry before, and nothing was to change"
    assert found["leaning_reason"][0] == reason


def test_a_list_that_was_deleted_before_has_no_entry_from_before() -> None:
    tape = bracketed()
    tape.write(-100, deletes=[ROUTES])
    tape.read(1, ROUTES, error="AccessDeniedException")
    found = judged(closed(tape), writes(SAME | {"unset": True})).verdicts
    assert found.select("verdict", "leaning").row(0) == ("unverifiable", None)


def test_a_call_for_an_entry_that_was_there_lands_it() -> None:
    tape = bracketed()
    tape.write(1, puts=[ROUTES])
    assert verdict(closed(tape), SAME)[0] == "landed"
