"""What became of each write: the verdicts but `errored`, each with what must and what must not lead to it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.commands.kvs import Put, update
from analyzer.tables import CONFIDENCES, EVIDENCE, VERDICTS, VERDICTS_OF
from analyzer.trail.calls.chain import chain
from analyzer.verdicts.judge import judge
from tests.build import STORE, Tape, at, deploys, write, writes
from tests.effort import examples
from tests.verdicts.judging import HOUR, OTHER, ROUTES, bracketed, closed, judged, judged_calls, verdict


def test_a_call_in_the_operations_time_lands_it() -> None:
    """Of one operation nothing but the clock tells that the call's writer is the deploy's own: two make it proven."""
    tape = bracketed()
    tape.write(1, puts=[ROUTES])
    assert verdict(tape, write(ROUTES, 0, 2)) == ("landed", None, "high")
    tape.write(2, puts=["ns:metadata"])
    rows = [write(ROUTES, 0, 2), write("ns:metadata", 1, 2, action="put")]
    assert verdict(tape, *rows) == ("landed", None, "proven")


def test_a_call_only_within_the_clocks_error_is_less_sure() -> None:
    tape = bracketed()
    tape.write(5, puts=[ROUTES])
    assert verdict(tape, write(ROUTES, 0, 2)) == ("landed", None, "high")


def test_no_call_in_an_unbroken_chain_is_dropped() -> None:
    """Never `proven` where no call aligns the deploy with the trail: that its clock is right, nothing shows."""
    tape = bracketed()
    tape.write(4000, puts=["other"])
    assert verdict(tape, write(ROUTES, 0, 2)) == ("dropped", "never_attempted", "high")


def test_a_drop_between_calls_of_the_deploy_is_proven() -> None:
    tape = bracketed()
    tape.write(1, puts=["a:metadata"])
    tape.write(21, puts=["b:metadata"])
    tape.write(4000, puts=["other"])
    rows = [
        write(ROUTES, 10, 12),
        write("a:metadata", 0, 1, action="put"),
        write("b:metadata", 20, 21, action="put"),
    ]
    assert verdict(tape, *rows) == ("dropped", "never_attempted", "proven")


def test_a_create_without_logged_reads_is_in_doubt() -> None:
    """SST 3.10.1 to 3.12.4 may have found its entry in place; where reads are not logged, nothing speaks against it."""
    tape = bracketed()
    tape.write(4000, puts=["other"])
    assert verdict(tape, write(ROUTES, 0, 2, op="create")) == ("unverifiable", "maybe_nothing", "low")


@pytest.mark.parametrize(
    ("version", "expected"),
    [("3.12.4", "unverifiable"), ("3.12.5", "dropped"), ("4.14.3", "dropped"), (None, "unverifiable")],
)
def test_since_3_12_5_a_success_always_wrote(version: str | None, expected: str) -> None:
    tape = bracketed()
    tape.write(4000, puts=["other"])
    calls = tape.calls()
    known = deploys("d1").with_columns(tool_version=pl.lit(version, dtype=pl.String))
    rows = writes(write(ROUTES, 0, 2, op="create"))
    found = judge(rows, known, calls, chain(calls), reach=at(HOUR), has_trail=True)
    assert found.verdicts["verdict"].to_list() == [expected]


def test_reads_that_are_logged_show_that_nothing_was_begun() -> None:
    """Where the store's reads are logged, a write that was never even begun has no innocent reading."""
    tape = bracketed()
    tape.read(-600, "other")
    tape.write(4000, puts=["other"])
    assert verdict(tape, write(ROUTES, 0, 2, op="create")) == ("dropped", "never_attempted", "high")


def test_a_key_that_was_not_there_was_never_written() -> None:
    tape = bracketed()
    tape.read(1, ROUTES, error="ResourceNotFoundException")
    tape.write(4000, puts=["other"])
    assert verdict(tape, write(ROUTES, 0, 2, op="create")) == ("dropped", "never_attempted", "high")


def test_a_failed_read_is_the_cause() -> None:
    tape = bracketed()
    tape.read(1, ROUTES, error="ThrottlingException")
    tape.write(4000, puts=["other"])
    assert verdict(tape, write(ROUTES, 0, 2)) == ("dropped", "read_failed", "high")


def test_a_create_that_read_the_list_may_have_found_its_entry() -> None:
    """SST 3.10.1 to 3.12.4 then rightly wrote nothing, and the value that would tell is hidden."""
    tape = bracketed()
    tape.read(1, ROUTES)
    tape.write(4000, puts=["other"])
    assert verdict(tape, write(ROUTES, 0, 2, op="create")) == ("unverifiable", "maybe_nothing", "low")
    assert verdict(tape, write(ROUTES, 0, 2, op="update"))[0] == "dropped"


def test_an_operation_without_an_end_is_unfinished_unless_it_landed() -> None:
    tape = bracketed()
    row = write(ROUTES, 0, 2, reported="unfinished")
    assert verdict(tape, row)[:2] == ("unfinished", "interrupted")
    tape.write(1, puts=[ROUTES])
    assert verdict(tape, row)[0] == "landed"


def test_another_value_is_a_mismatch_where_the_call_shows_it() -> None:
    """Only the clock tells whose call it is, as in `test_a_call_in_the_operations_time_lands_it`."""
    tape = bracketed()
    tape.write(1, puts=["ns:metadata"], value="stale")
    row = write("ns:metadata", 0, 2, action="put", value="fresh")
    assert verdict(tape, row) == ("mismatched", None, "high")
    assert verdict(tape, row | {"value": "stale"})[0] == "landed"


def test_a_call_that_two_deploys_could_claim_makes_nobody_a_stranger() -> None:
    """Two deploys, two principals, one list: each write has its call, whichever of the two is taken first."""
    other = "arn:aws:sts::111122223333:assumed-role/ci/other"
    tape = bracketed()
    tape.write(1, puts=["a:metadata"])
    tape.write(2, puts=[ROUTES])
    tape.write(2, puts=[ROUTES], caller=other)
    tape.write(4000, puts=["other"])
    rows = writes(
        write("a:metadata", 0, 1, action="put", id="w1"),
        write(ROUTES, 1, 3, op="create", id="w2"),
        write(ROUTES, 1, 3, op="create", id="w3", deploy="d2"),
    )
    assert judged(tape, rows).verdicts["verdict"].to_list() == ["landed", "landed", "landed"]


def test_a_call_is_handed_on_where_its_holder_can_have_another() -> None:
    """Three writes, three calls; the second deploy's principal is known by its key, the first one's is not."""
    other = "arn:aws:sts::111122223333:assumed-role/ci/other"
    tape = bracketed()
    tape.write(-1, puts=["b:metadata"], caller=other)
    tape.write(11, puts=[ROUTES], caller=other)
    tape.write(11, puts=[ROUTES])
    tape.write(12, puts=[ROUTES], caller=other)
    tape.write(4000, puts=["other"])
    rows = writes(
        write(ROUTES, 10, 11, id="w1"),
        write("b:metadata", -2, -1, action="put", id="w2", deploy="d2"),
        write(ROUTES, 10, 12, id="w3", deploy="d2"),
        write(ROUTES, 10, 11, id="w4", deploy="d2"),
    )
    assert judged(tape, rows).verdicts["verdict"].to_list() == ["landed"] * 4


def test_a_delete_of_a_key_that_is_gone_has_nothing_to_do() -> None:
    tape = bracketed()
    tape.write(-500, puts=["ns:a"])
    tape.write(-400, deletes=["ns:a"], caller=OTHER)
    tape.write(4000, puts=["other"])
    assert verdict(tape, write("ns:a", 0, 2, action="delete", op="delete")) == ("landed", None, "high")


def test_a_delete_that_was_never_made_leaves_the_key() -> None:
    tape = bracketed()
    tape.write(-500, puts=["ns:a"])
    tape.write(4000, puts=["other"])
    assert verdict(tape, write("ns:a", 0, 2, action="delete", op="delete")) == (
        "dropped",
        "never_attempted",
        "high",
    )


def test_a_delete_of_which_nothing_is_known_is_left_in_doubt() -> None:
    tape = bracketed()
    tape.write(4000, puts=["other"])
    assert verdict(tape, write("ns:a", 0, 2, action="delete", op="delete"))[:2] == (
        "unverifiable",
        "maybe_nothing",
    )


def test_two_operations_and_one_call_say_what_they_cannot_tell() -> None:
    """One is missing for certain, and nothing tells which: the order of their ends is no proof."""
    tape = bracketed()
    tape.read(-600, "other")
    tape.write(2, puts=[ROUTES])
    tape.write(4000, puts=["other"])
    found = judged(tape, writes(write(ROUTES, 0, 2), write(ROUTES, 0, 3))).verdicts
    assert found["verdict"].to_list() == ["unverifiable", "unverifiable"]
    assert found["cause"].to_list() == ["contested", "never_attempted"]


def test_of_operations_that_may_rightly_have_written_nothing_none_need_be_the_one_without() -> None:
    """Expected: nothing is said to be missing. The create may have found its entry: the one call is the update's.

    Source: docs/facts/sst-output.md#42-calls-per-operation: SST 3.10.1 to 3.12.4 then writes nothing.
    """
    tape = bracketed()
    tape.read(1, ROUTES)
    tape.read(1, ROUTES)
    tape.write(2, puts=[ROUTES])
    tape.write(4000, puts=["other"])
    for first in ("create", "update"):
        rows = writes(write(ROUTES, 0, 2, op=first), write(ROUTES, 0, 3, op="update"))
        said = judged_calls(tape.calls(), rows).verdicts["cause"].to_list()
        assert said == ["contested", "never_attempted" if first == "update" else "contested"]


def test_who_puts_a_dropped_key_by_hand_in_the_same_minute_may_have_repaired_it() -> None:
    """Expected: dropped, for SST's own UpdateKeys was never made; and not open: the key was put at the console."""
    tape = bracketed()
    tape.write(1, puts=["ns:metadata"])
    tape.write(3, puts=["b:metadata"], api="PutKey", caller=OTHER)
    rows = [
        write(key, start, start + 2, action="put") for key, start in (("ns:metadata", 0), ("b:metadata", 2))
    ]
    said = judged(closed(tape), writes(*rows)).verdicts.row(1, named=True)
    assert (said["verdict"], said["status"]) == ("dropped", "maybe_repaired")
    assert str(said["healed_by"]).startswith(f"PutKey by {OTHER} at ")


def test_a_call_nobody_claims_just_outside_leaves_doubt() -> None:
    tape = bracketed()
    tape.write(1, puts=["ns:metadata"])
    tape.write(30, puts=[ROUTES])
    tape.write(4000, puts=["other"])
    rows = [write(ROUTES, 0, 2), write("ns:metadata", 0, 2, action="put")]
    assert verdict(tape, *rows)[:2] == ("unverifiable", "rivals")


def test_without_a_trail_nothing_is_known() -> None:
    assert verdict(None, write(ROUTES, 0, 2)) == ("unverifiable", "no_trail", "low")


@pytest.mark.parametrize("cause", ["data_events_off", "trail_gap", "trail_too_early", "no_window"])
def test_each_doubt_has_its_cause_and_is_never_dropped(cause: str) -> None:
    tape = Tape()
    row = write(ROUTES, 0, 2)
    if cause != "data_events_off":
        tape.write(-4000, puts=["other"])
    if cause == "trail_gap":
        tape.write(1, puts=["x"], recorded=False)
        tape.write(4000, puts=["other"])
    if cause == "no_window":
        row = write(ROUTES, None, None)
    reach = 60 if cause == "trail_too_early" else HOUR
    assert verdict(tape, row, reach=reach) == ("unverifiable", cause, "low")


def test_where_it_is_too_early_the_evidence_says_until_when_to_wait() -> None:
    """The times that it names are those at which the doubt ends: not a second before."""
    tape, row = bracketed(), write(ROUTES, 0, 2)
    told = judged(tape, writes(row), reach=60).evidence.filter(kind="coverage")["detail"].item()
    usual, surely = (
        datetime.strptime(found, "%Y-%m-%dT%H:%M:%S%z")
        for found in re.findall(r"by (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)", told)
    )
    assert surely - usual == timedelta(minutes=15)
    assert surely >= at(2) + timedelta(minutes=30)
    seconds = (surely - at(0)).total_seconds()
    assert verdict(tape, row, reach=seconds - 1)[1] == "trail_too_early"
    assert verdict(tape, row, reach=seconds)[1] != "trail_too_early"


def test_every_write_has_evidence_that_can_be_opened() -> None:
    tape = bracketed()
    event = tape.write(1, puts=["ns:metadata"])
    tape.write(4000, puts=["other"])
    rows = [write("ns:metadata", 0, 2, action="put"), write(ROUTES, 0, 2, line=7)]
    shown = judged(tape, writes(*rows)).evidence
    assert shown.schema == EVIDENCE
    assert shown.filter(write="w1")["source"].to_list() == ["eventlog.json:1", f"trail.json#{event}"]
    assert shown.filter(write="w2")["kind"].to_list() == ["log", "chain", "chain"]
    assert shown.filter(write="w2")["source"].to_list()[0] == "eventlog.json:7"


def test_the_remedy_puts_what_the_log_meant_over_what_it_had() -> None:
    tape = bracketed()
    tape.write(4000, puts=["other"])
    rows = [write("ns:it's", 0, 2, action="put", value='{"a":"$HOME"}', was="old")]
    found = judged(tape, writes(*rows))
    assert found.remedies["remedy"].item() == update(STORE, [Put("ns:it's", '{"a":"$HOME"}', ("old",))])
    assert found.store_remedies["remedy"].to_list() == found.remedies["remedy"].to_list()


def test_no_writes_no_verdicts() -> None:
    found = judged(bracketed(), writes())
    assert found.verdicts.schema == VERDICTS
    assert found.evidence.is_empty()


@settings(max_examples=examples(24))
@given(
    kept=st.lists(st.booleans(), min_size=6, max_size=6),
    landed=st.booleans(),
    reach=st.sampled_from([None, 60.0, HOUR]),
    reported=st.sampled_from(["succeeded", "failed", "unfinished"]),
)
def test_a_write_that_landed_is_never_called_dropped(
    kept: list[bool], landed: bool, reach: float | None, reported: str
) -> None:
    """Whatever records are missing from hand: if the call was made, it is not dropped; if not, not landed."""
    tape = Tape()
    history: list[tuple[float, str]] = [(-900, "a"), (-60, "b"), (30, "c"), (70, "d"), (900, "e")]
    if landed:
        history.append((1, ROUTES))
    for keep, (second, key) in zip(kept, sorted(history), strict=False):
        tape.write(second, puts=[key], recorded=keep)
    found, cause, confidence = verdict(tape, write(ROUTES, 0, 2, reported=reported), reach=reach)
    assert found in VERDICTS_OF
    assert confidence in CONFIDENCES
    assert (cause is None) == (found == "landed")
    assert found != ("dropped" if landed else "landed")
