"""What a read before a write says of it: a write that rightly never was made, or a read that failed."""

from __future__ import annotations

from tests.build import Tape, write
from tests.verdicts.judging import OTHER, ROUTES, bracketed, closed, found


def test_a_foreign_call_does_not_use_up_the_read_that_excuses() -> None:
    """Expected: the create is unverifiable. SST 3.10.1 to 3.12.4 read the list, found its entry, and wrote nothing.

    `spare_reads` counts the deploy's own reads but everybody's writes (attempts.py).
    """
    tape = bracketed()
    tape.write(0, puts=["ns:metadata"])
    tape.read(1, ROUTES)
    tape.write(1, puts=["xx:metadata"], caller=OTHER)
    tape.write(2, puts=[ROUTES], caller=OTHER)
    rows = [
        write(ROUTES, 0, 3, op="create"),
        write("ns:metadata", 0, 1, action="put"),
        write(ROUTES, 1, 2, deploy="d2"),
        write("xx:metadata", 1, 2, action="put", deploy="d2"),
    ]
    assert [row[0] for row in found(closed(tape), *rows)] == ["unverifiable", "landed", "landed", "landed"]


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


def test_a_read_that_failed_at_another_time_may_be_that_of_a_deploy_which_is_not_aligned() -> None:
    """Expected: dropped without a cause: by which clock the list was read is not known.

    Nothing but the log's clock places a deploy that made no call, and its reads of the list may be the ones that failed
    ten minutes later.
    """
    tape = Tape()
    for second in range(-7200, 7201, 1800):
        tape.write(second - 60, puts=[f"other:{second}"], caller=OTHER)
    apart = closed(tape)
    assert found(apart, write(ROUTES, 0, 3))[0][:2] == ("dropped", "never_attempted")
    tape.read(600, ROUTES, error="ThrottlingException")
    assert found(closed(tape), write(ROUTES, 0, 3))[0][:2] == ("dropped", None)


def test_of_two_operations_one_read_that_failed_explains_neither_where_the_other_went_well() -> None:
    """Expected: both unverifiable. One found its entry in the list, the other failed; the records do not say which."""
    tape = bracketed()
    tape.read(1, ROUTES)
    tape.read(2, ROUTES, error="AccessDeniedException")
    rows = [write(ROUTES, 0, 3, op="create", entry=entry, name=entry) for entry in ("a", "b")]
    assert [row[:2] for row in found(closed(tape), *rows)] == [("unverifiable", "maybe_nothing")] * 2


def test_what_the_sdk_tries_again_uses_up_no_read() -> None:
    """Expected: the first create is unverifiable: of two reads one may be its own, and have found its entry.

    The second one's call was throttled three times, and the log says that it failed so. That took one read.
    """
    tape = bracketed()
    tape.write(1, puts=["ns:a"])
    tape.read(7, ROUTES)
    tape.read(7, ROUTES)
    for number in range(3):
        tape.write(8 + number, puts=[ROUTES], error="ThrottlingException", request=f"try-{number}")
    tape.write(31, puts=["ns:b"])
    failure = {"reported": "failed", "error_code": "ThrottlingException", "request_id": "try-2"}
    rows = [
        write(ROUTES, 5, 5, op="create", entry="a", name="a"),
        write(ROUTES, 5, 11, op="create", entry="b", name="b", **failure),
        write("ns:a", 0, 2, action="put"),
        write("ns:b", 30, 32, action="put"),
    ]
    assert [row[0] for row in found(closed(tape), *rows)] == ["unverifiable", "errored", "landed", "landed"]
