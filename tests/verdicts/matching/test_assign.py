"""One call answers for one operation, and goes to the one that it belongs to."""

from __future__ import annotations

import random

import polars as pl
import pytest

from tests.build import CI, write, writes
from tests.verdicts.judging import OTHER, ROUTES, bracketed, closed, found, judged_calls

STALE = "Pre-Condition failed"


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


def test_every_operation_gets_a_call_where_there_are_enough() -> None:
    """Expected: both landed. Chain and clock differ by a second; each operation has a call in its own window.

    The call that comes first in the chain fits both operations, the other one fits the first operation alone.
    """
    tape = bracketed()
    tape.write(11, puts=[ROUTES])
    tape.write(10, puts=[ROUTES])
    rows = [write(ROUTES, 8, 10), write(ROUTES, 12, 14)]
    assert [row[0] for row in found(closed(tape), *rows)] == ["landed", "landed"]


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


def test_a_call_is_handed_on_through_two_holders() -> None:
    """Expected: all landed. Of four calls on the list, the first two fit only if two holders hand theirs on.

    The first deploy's write can only have the call that does not say who made it. The second deploy's first write holds
    that one, and can have the next; its second write holds the next, and can have the last.
    """
    tape = bracketed()
    tape.write(1, puts=["ns:a"])
    tape.write(2, puts=["ns:b"], caller=OTHER)
    anonymous = tape.write(10, puts=[ROUTES])
    tape.write(11, puts=[ROUTES], caller=OTHER)
    tape.write(14, puts=[ROUTES], caller=OTHER)
    rows = [
        write("ns:a", 0, 1, action="put"),
        write("ns:b", 2, 3, action="put", deploy="d2"),
        write(ROUTES, 5, 30),
        write(ROUTES, 9, 12, deploy="d2"),
        write(ROUTES, 12, 15, deploy="d2"),
    ]
    who = pl.when(pl.col("event_id") != anonymous).then("caller")
    verdicts = judged_calls(closed(tape).calls().with_columns(caller=who), writes(*rows)).verdicts
    assert verdicts["verdict"].to_list() == ["landed"] * 5
