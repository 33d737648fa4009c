"""Inputs on which a second reader found the verdict wrong, or which nothing else pins."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import polars as pl
import pytest

from analyzer.tables import CALLS, from_columns
from tests.build import CI, STORE, Tape, at, write, writes
from tests.verdicts.judging import OTHER, ROUTES, bracketed, closed, found, judged_calls, text

if TYPE_CHECKING:
    from collections.abc import Sequence

STALE = "Pre-Condition failed"


# --- false `landed` and false `dropped`


def test_a_call_within_the_next_operation_is_not_the_one_before_its() -> None:
    """Expected: the first is dropped, the second landed.

    Two operations on one routes key, one after the other; the first read failed and was swallowed
    (docs/facts/sst-output.md#s1-shadowed-error).
    The only call lies in the middle of the second. The five seconds of OUTER are for a clock that is off: they must
    not beat a call that lies inside another operation's own time (docs/architecture.md#6-verdicts: one call answers
    for one operation).
    """
    tape = bracketed()
    tape.read(1, ROUTES, error="ThrottlingException")
    tape.read(5, ROUTES)
    tape.write(5, puts=[ROUTES])
    rows = [write(ROUTES, 0, 2), write(ROUTES, 4, 6)]
    assert [row[0] for row in found(closed(tape), *rows)] == ["dropped", "landed"]


def test_an_operation_that_failed_does_not_take_the_call_of_one_that_succeeded() -> None:
    """Expected: errored, landed. The log ties the first to a failed call by request id.

    Source: docs/architecture.md#6-verdicts: an exact join.
    """
    tape = bracketed()
    tape.write(1, puts=[ROUTES], error="ServiceQuotaExceededException", request="r-1")
    tape.write(2, puts=[ROUTES])
    failed = write(
        ROUTES, 0, 2, reported="failed", request_id="r-1", error_code="ServiceQuotaExceededException"
    )
    verdicts = found(closed(tape), failed, write(ROUTES, 0, 3))
    assert [row[:2] for row in verdicts] == [("errored", "quota"), ("landed", None)]


def test_a_failure_without_a_request_id_does_not_take_the_call_either() -> None:
    """Expected: errored, landed: of two appends and one success the one that the log calls failed did not land."""
    tape = bracketed()
    tape.write(2, puts=[ROUTES])
    failed = write(ROUTES, 0, 2, reported="failed", error_code="ThrottlingException")
    assert [row[0] for row in found(closed(tape), failed, write(ROUTES, 0, 3))] == ["errored", "landed"]


def test_a_stranger_does_not_land_what_the_log_ties_to_a_failed_call() -> None:
    """Expected: errored, access_denied. The request id joins the operation to its failed call."""
    tape = bracketed()
    tape.write(1, puts=["ns:m"], error="AccessDeniedException", request="r-1")
    tape.write(3, puts=["ns:m"], caller=OTHER)
    row = write(
        "ns:m",
        0,
        2,
        action="put",
        reported="failed",
        request_id="r-1",
        error_code="AccessDeniedException",
    )
    assert found(closed(tape), row)[0][:2] == ("errored", "access_denied")


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


def test_a_stranger_in_the_same_seconds_does_not_land_it() -> None:
    """Expected: not landed as proven. The deploy's own writer is known by its other call, and it is not this one.

    A false `landed` is a failure (docs/architecture.md#9-ground-truth); `proven` is never raised by a guess
    (docs/architecture.md#6-verdicts).
    """
    tape = bracketed()
    tape.write(1, puts=["ns:metadata"])
    tape.write(1, puts=[ROUTES], caller=OTHER)
    rows = [write(ROUTES, 0, 2), write("ns:metadata", 0, 2, action="put")]
    verdict, _, confidence = found(closed(tape), *rows)[0]
    assert (verdict, confidence) != ("landed", "proven")


def test_deleting_the_list_takes_every_entry_away() -> None:
    """Expected: both lost.

    docs/architecture.md#6-verdicts: landed and later deleted is lost; the entries share the key that was deleted.
    """
    tape = bracketed()
    tape.write(1, puts=[ROUTES])
    tape.write(20, puts=[ROUTES])
    tape.write(900, deletes=[ROUTES], caller=OTHER)
    rows = [write(ROUTES, 0, 2), write(ROUTES, 19, 21)]
    assert [row[:2] for row in found(tape, *rows)] == [("lost", "deleted")] * 2


def test_a_key_put_twice_and_then_deleted_is_gone() -> None:
    """Expected: lost. The log of the second deploy is not in hand; its put does not keep the key from being gone."""
    tape = bracketed()
    tape.write(1, puts=["ns:metadata"])
    tape.write(500, puts=["ns:metadata"])
    tape.write(900, deletes=["ns:metadata"], caller=OTHER)
    assert found(tape, write("ns:metadata", 0, 2, action="put"))[0][:2] == ("lost", "deleted")


def test_a_foreign_call_does_not_use_up_the_read_that_excuses() -> None:
    """Expected: the create is unverifiable. SST 3.10.1 to 3.12.4 read the list, found its entry, and wrote nothing.

    `spare_reads` counts the deploy's own reads but everybody's writes (attempts.py).
    """
    tape = bracketed()
    tape.write(0, puts=["ns:metadata"])
    tape.read(1, ROUTES)
    tape.write(2, puts=[ROUTES], caller=OTHER)
    rows = [
        write(ROUTES, 0, 3, op="create"),
        write("ns:metadata", 0, 1, action="put"),
        write(ROUTES, 1, 2, deploy="d2"),
    ]
    assert [row[0] for row in found(closed(tape), *rows)] == ["unverifiable", "landed", "landed"]


def test_a_read_that_was_tried_again_with_success_excuses_too() -> None:
    """Expected: unverifiable: the SDK retries a throttled GetKey (10 attempts), then the entry may have been there."""
    tape = bracketed()
    tape.read(1, ROUTES, error="ThrottlingException")
    tape.read(2, ROUTES)
    assert found(closed(tape), write(ROUTES, 0, 3, op="create"))[0][0] == "unverifiable"


def test_a_failed_read_that_was_tried_again_is_not_the_cause() -> None:
    """Expected: never_attempted: the last read succeeded, so the write was not dropped by the one before."""
    tape = bracketed()
    tape.read(1, ROUTES, error="ThrottlingException")
    tape.read(2, ROUTES)
    assert found(closed(tape), write(ROUTES, 0, 3))[0][:2] == ("dropped", "never_attempted")


def test_a_key_deleted_before_a_gap_may_be_back() -> None:
    """Expected: unverifiable. Between the delete and the operation the chain has a gap, in which the key was put."""
    tape = bracketed()
    tape.write(-500, deletes=["ns:a"], caller=OTHER)
    tape.write(-400, puts=["ns:a"], recorded=False)
    tape.write(-300, puts=["other"])
    assert found(closed(tape), write("ns:a", 0, 2, action="delete", op="delete"))[0][0] == "unverifiable"


def test_a_key_put_again_in_the_window_may_still_be_there() -> None:
    """Expected: the second delete is not landed: its own call is missing, and the key was put after the first one's."""
    tape = bracketed()
    tape.write(-500, puts=["ns:a"])
    tape.write(1, deletes=["ns:a"])
    tape.write(3, puts=["ns:a"], caller=OTHER)
    rows = [write("ns:a", start, end, action="delete", op="delete") for start, end in ((0, 2), (2, 5))]
    assert [row[0] for row in found(closed(tape), *rows)][1] in {"dropped", "unverifiable"}


def test_a_clock_three_minutes_off_drops_nothing() -> None:
    """Expected: none dropped. All of the deploy's calls are there, by one writer, claimed by none, 180 s later.

    The Go SDK corrects its signing time by the server's, so a skewed machine deploys without an error.
    """
    tape = bracketed()
    rows = []
    for n in range(4):
        tape.write(180 + 10 * n, puts=[f"ns:{n}"])
        rows.append(write(f"ns:{n}", 10 * n, 10 * n + 2, action="put"))
    assert "dropped" not in [row[0] for row in found(closed(tape), *rows)]


def test_every_operation_gets_a_call_where_there_are_enough() -> None:
    """Expected: both landed. Chain and clock differ by a second; each operation has a call in its own window."""
    tape = bracketed()
    tape.write(11, puts=[ROUTES])
    tape.write(10, puts=[ROUTES])
    rows = [write(ROUTES, 4, 6), write(ROUTES, 16, 18)]
    assert [row[0] for row in found(closed(tape), *rows)] == ["landed", "landed"]


# --- false `lost`


def test_a_missing_read_of_a_retry_makes_no_lost_update() -> None:
    """Expected: both landed. B's attempt on a stale ETag failed and it began anew; the record of that read is missing.

    The gap in the chain shows that a file is missing from hand, and the read may have been in it.

    Reads are counted against successful writes alone, but a failed attempt has used one up as well (loss.py).
    """
    tape = bracketed()
    tape.read(1, ROUTES)
    tape.read(1, ROUTES)
    tape.write(3, puts=[ROUTES])
    tape.write(3, puts=[ROUTES], error="ValidationException", message=STALE)
    tape.write(4, puts=["other"], recorded=False)
    tape.write(5, puts=[ROUTES])
    assert [row[0] for row in found(tape, write(ROUTES, 0, 3), write(ROUTES, 0, 5))] == ["landed", "landed"]


# --- the wrong cause


@pytest.mark.parametrize("final_first", [True, False])
def test_a_stale_etag_is_not_the_last_word_of_one_second(*, final_first: bool) -> None:
    """Expected: access_denied. SST retries a stale ETag without end: it never is what ended it.

    Source: docs/facts/sst-output.md#42-calls-per-operation.
    """
    tape = bracketed()
    attempts = [("AccessDeniedException", None), ("ValidationException", STALE)]
    for code, message in attempts if final_first else reversed(attempts):
        tape.write(1, puts=[ROUTES], error=code, message=message)
    assert found(closed(tape), write(ROUTES, 0, 2))[0][:2] == ("errored", "access_denied")


def test_the_success_of_another_operation_does_not_heal_a_refusal() -> None:
    """Expected: errored, access_denied: one of two calls was refused, and SST tries only a stale ETag again (4.2)."""
    tape = bracketed()
    tape.write(1, puts=[ROUTES], error="AccessDeniedException")
    tape.write(2, puts=[ROUTES])
    verdicts = found(closed(tape), write(ROUTES, 0, 3), write(ROUTES, 0, 2))
    assert sorted(row[:2] for row in verdicts)[0] == ("errored", "access_denied")


def test_a_store_that_the_log_hides_is_no_sign_that_data_events_are_off() -> None:
    """Expected: degraded_form: it is the log that does not say which store; the trail logs writes."""
    tape = bracketed()
    tape.write(1, puts=[ROUTES])
    assert found(closed(tape), write(ROUTES, 0, 2, store=None))[0][:2] != ("unverifiable", "data_events_off")


# --- the same whatever the order, and in time that grows with the input


def _busy() -> tuple[pl.DataFrame, pl.DataFrame]:
    tape = bracketed()
    rows = []
    chance = random.Random(7)  # noqa: S311 - a fixed seed, no secret
    for n in range(60):
        second = n // 4
        tape.read(second, ROUTES, caller=chance.choice([CI, OTHER]))
        if chance.random() < 0.3:
            tape.write(
                second,
                puts=[ROUTES],
                error="ValidationException",
                message=STALE,
                caller=chance.choice([CI, OTHER]),
            )
        if chance.random() < 0.1:
            tape.write(second, puts=[ROUTES], error="ThrottlingException")
        if chance.random() < 0.8:
            tape.write(second, puts=[ROUTES], caller=chance.choice([CI, OTHER]))
        rows.append(write(ROUTES, second, second + 2, op="create", deploy=chance.choice(["d1", "d2"])))
    return closed(tape).calls(), writes(*rows)


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_calls_changes_nothing(seed: int) -> None:
    """Expected: verdicts and evidence are those of the records, not of the order in which files held them."""
    calls, table = _busy()
    shuffled = judged_calls(calls.sample(fraction=1.0, shuffle=True, seed=seed), table)
    straight = judged_calls(calls, table)
    assert shuffled.verdicts.equals(straight.verdicts)
    assert shuffled.evidence.equals(straight.evidence)


def test_many_operations_on_one_key_stay_cheap() -> None:
    """Expected: it ends, soon enough for a test suite: 400 routes deployed at once on one key, without cubic cost."""
    tape = bracketed()
    count = 400
    for n in range(count):
        tape.write(n / 10, puts=[ROUTES])
    rows = [write(ROUTES, 0, n / 10 + 1) for n in range(count)]
    calls, table = tape.calls(), writes(*rows)
    verdicts = judged_calls(calls, table).verdicts
    assert (verdicts["verdict"] == "landed").all()


def test_many_patterns_stay_cheap() -> None:
    """Expected: the pairs of a text log grow with what fits, not with patterns times calls."""
    count = 20_000
    columns: dict[str, Sequence[object]] = {
        "store": [STORE] * count,
        "event_id": [f"e{n}" for n in range(count)],
        "at": [at(n % 120) for n in range(count)],
        "api": ["UpdateKeys"] * count,
        "effect": ["put"] * count,
        "key": [f"{n % 500:04x}:metadata" for n in range(count)],
        "ok": [True] * count,
        "if_match": [f"KV{n}" for n in range(count)],
        "etag": [f"KV{n + 1}" for n in range(count)],
        "source": ["trail.json"] * count,
        "form": ["s3-log"] * count,
    }
    rows = [text(f"{n:04x}:*", action="put", name=f"s{n}") for n in range(500)]
    assert (judged_calls(from_columns(columns, CALLS), writes(*rows)).verdicts["verdict"] == "landed").all()
