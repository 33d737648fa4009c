"""What takes a write away after it landed, and what only looks so: stale copies, deletes, collisions."""

from __future__ import annotations

import polars as pl
import pytest

from analyzer.trail.calls.chain import chain
from analyzer.verdicts.judge import judge
from tests.build import at, deploys, write, writes
from tests.verdicts.judging import (
    HOUR,
    OTHER,
    ROUTES,
    bracketed,
    closed,
    found,
    judged,
    judged_calls,
    verdict,
)


def test_a_stale_writer_loses_the_entry() -> None:
    tape = bracketed()
    tape.read(1, ROUTES)
    tape.read(1, ROUTES)
    tape.write(2, puts=[ROUTES])
    tape.write(4, puts=[ROUTES])
    found = judged(tape, writes(write(ROUTES, 0, 2, op="create"), write(ROUTES, 0, 4, op="create"))).verdicts
    assert found["verdict"].to_list() == ["lost", "landed"]
    assert found["cause"].to_list() == ["lost_update", None]
    assert found["confidence"].to_list() == ["high", "proven"]  # no chain shows that a read is not missing


def test_one_of_two_is_lost_and_nothing_tells_which() -> None:
    """Both calls fit both operations: that one entry is gone is certain, whose it was is not."""
    tape = bracketed()
    tape.read(1, ROUTES)
    tape.read(1, ROUTES)
    tape.write(2, puts=[ROUTES])
    tape.write(3, puts=[ROUTES])
    rows = writes(write(ROUTES, 0, 3, op="create", id="w1"), write(ROUTES, 0, 3, op="create", id="w2"))
    found = judged(tape, rows)
    assert found.verdicts["verdict"].to_list() == ["unverifiable", "unverifiable"]
    assert found.verdicts["cause"].to_list() == ["lost_update", "lost_update"]
    assert found.remedies["write"].to_list() == ["w1", "w2"]
    said = found.evidence.filter(pl.col("detail").str.contains("nothing shows which"))
    assert said["write"].to_list() == ["w1", "w2"]


@pytest.mark.parametrize(
    ("version", "first"),
    [
        ("3.11.1", ("lost", "high")),
        ("3.11.2", ("landed", "proven")),
        (None, ("lost", "high")),
    ],
)
def test_a_retry_with_the_old_copy_loses_the_entry_too(version: str | None, first: tuple[str, str]) -> None:
    """SST up to 3.11.1 refreshes the ETag of a refused write, and not the list that it writes."""
    tape = bracketed()
    tape.read(1, ROUTES)
    tape.read(1, ROUTES)
    tape.write(3, puts=[ROUTES])
    tape.write(3, puts=[ROUTES], error="ValidationException", message="Pre-Condition failed")
    tape.write(5, puts=[ROUTES])
    rows = writes(write(ROUTES, 0, 3, op="create"), write(ROUTES, 0, 5, op="create"))
    known = deploys("d1").with_columns(tool_version=pl.lit(version, dtype=pl.String))
    found = judged_calls(tape.calls(), rows, stacks=known).verdicts
    assert found.select("verdict", "confidence").rows() == [first, ("landed", "proven")]


@pytest.mark.parametrize(
    ("version", "confidence"), [("3.11.1", "low"), (None, "low"), ("3.11.2", "proven"), ("4.14.3", "proven")]
)
def test_without_logged_reads_the_version_tells_that_no_old_copy_was_written(
    version: str | None, confidence: str
) -> None:
    """By a clock that is two seconds off the calls could be each other's: then either entry may be the lost one."""
    tape = bracketed()
    tape.write(3, puts=[ROUTES])
    tape.write(5, puts=[ROUTES])
    rows = writes(write(ROUTES, 0, 3, op="create"), write(ROUTES, 0, 5, op="create"))
    known = deploys("d1").with_columns(tool_version=pl.lit(version, dtype=pl.String))
    found = judged_calls(tape.calls(), rows, stacks=known).verdicts
    assert found.select("verdict", "confidence").rows() == [("landed", confidence), ("landed", confidence)]


def test_the_version_of_one_deploy_says_nothing_of_another_writers() -> None:
    """Expected: landed, but `low`.

    The other writer was refused and tried again. Whether it read anew hangs on its version, and no log tells that.
    """
    tape = bracketed()
    tape.read(1, ROUTES)
    tape.read(1, ROUTES, caller=OTHER)
    tape.write(2, puts=[ROUTES])
    tape.write(3, puts=[ROUTES], error="ValidationException", message="Pre-Condition failed", caller=OTHER)
    tape.write(5, puts=[ROUTES], caller=OTHER)
    known = deploys("d1").with_columns(tool_version=pl.lit("4.14.3"))
    found = judged_calls(closed(tape).calls(), writes(write(ROUTES, 0, 2)), stacks=known).verdicts
    assert found.select("verdict", "confidence").rows() == [("landed", "low")]


@pytest.mark.parametrize("routes", [2, 3])
def test_reads_that_found_no_list_came_before_its_first_put(routes: int) -> None:
    """Expected: all but the last are lost.

    Each put has its own entry alone, although the reads and the first put are of one second.
    """
    tape = bracketed()
    for _ in range(routes):
        tape.read(1, ROUTES, error="ResourceNotFoundException")
    for n in range(routes):
        tape.write(1 + 3 * n, puts=[ROUTES])
    rows = writes(*[write(ROUTES, 0, 1 + 3 * n, op="create") for n in range(routes)])
    found = judged(closed(tape), rows).verdicts
    assert found["verdict"].to_list() == ["lost"] * (routes - 1) + ["landed"]
    assert found["cause"].to_list() == ["lost_update"] * (routes - 1) + [None]
    assert set(found["confidence"][:-1]) == {"high"}


def test_of_reads_of_which_one_found_the_list_nothing_tells_whose_that_was() -> None:
    tape = bracketed()
    tape.read(1, ROUTES, error="ResourceNotFoundException")
    tape.read(1, ROUTES)
    tape.write(1, puts=[ROUTES])
    tape.write(2, puts=[ROUTES])
    rows = writes(write(ROUTES, 0, 1, op="create"), write(ROUTES, 0, 2, op="create"))
    assert judged(closed(tape), rows).verdicts["verdict"].to_list() == ["landed", "landed"]


def test_a_read_that_found_no_list_may_have_come_after_its_delete() -> None:
    """The list was put, deleted and put again: the read of the same second came before the last put, or the first."""
    tape = bracketed()
    tape.read(1, ROUTES)
    tape.write(2, puts=[ROUTES])
    tape.write(2, deletes=[ROUTES], caller=OTHER)
    tape.read(2, ROUTES, error="ResourceNotFoundException", caller=OTHER)
    tape.write(4, puts=[ROUTES], caller=OTHER)
    found = judged(closed(tape), writes(write(ROUTES, 0, 2))).verdicts
    assert found.select("verdict", "cause").rows() == [("lost", "deleted")]


def test_a_writer_that_read_afterwards_loses_nothing() -> None:
    tape = bracketed()
    tape.read(1, ROUTES)
    tape.write(2, puts=[ROUTES])
    tape.read(4, ROUTES)
    tape.write(5, puts=[ROUTES])
    found = judged(tape, writes(write(ROUTES, 0, 2), write(ROUTES, 3, 5))).verdicts
    assert found["verdict"].to_list() == ["landed", "landed"]


def test_a_read_in_the_same_second_proves_no_staleness() -> None:
    tape = bracketed()
    tape.read(1, ROUTES)
    tape.read(2, ROUTES)
    tape.write(2, puts=[ROUTES])
    tape.write(3, puts=[ROUTES])
    found = judged(tape, writes(write(ROUTES, 0, 2), write(ROUTES, 0, 3))).verdicts
    assert "lost" not in found["verdict"].to_list()


def test_a_stranger_who_deletes_the_key_takes_the_write_away() -> None:
    tape = bracketed()
    tape.write(1, puts=["ns:metadata"])
    tape.write(900, deletes=["ns:metadata"], caller=OTHER)
    row = write("ns:metadata", 0, 2, action="put")
    assert verdict(tape, row) == ("lost", "deleted", "proven")


def test_a_purge_by_another_stack_is_a_collision() -> None:
    tape = bracketed()
    tape.write(1, puts=["ns:metadata"])
    tape.write(900, deletes=["ns:metadata"])
    theirs = write("ns:metadata", 899, 901, deploy="d2", name="b", action="delete", op="delete")
    found = judged(tape, writes(write("ns:metadata", 0, 2, name="a", action="put"), theirs)).verdicts
    assert found["verdict"].to_list() == ["lost", "landed"]
    assert found["cause"].to_list() == ["namespace_collision", None]


def test_the_same_resources_own_later_delete_is_no_loss() -> None:
    tape = bracketed()
    tape.write(1, puts=["ns:metadata"])
    tape.write(900, deletes=["ns:metadata"])
    first = write("ns:metadata", 0, 2, name="a", action="put")
    later = write("ns:metadata", 899, 901, deploy="d2", name="a", action="delete", op="delete")
    same_stack = deploys("d1", "d2").with_columns(stack=pl.lit("shop-d1"))
    calls = tape.calls()
    found = judge(writes(first, later), same_stack, calls, chain(calls), reach=at(HOUR), has_trail=True)
    assert found.verdicts["verdict"].to_list() == ["landed", "landed"]


def test_a_circle_of_three_hides_which_of_them_was_lost() -> None:
    """Each of the three calls fits its own operation and the next; handed on around the circle, any may be the lost."""
    tape = bracketed()
    for second in (0, 0, 0, 10, 20, 30):
        (tape.read if second == 0 else tape.write)(
            second, **({"key": ROUTES} if second == 0 else {"puts": [ROUTES]})
        )
    rows = writes(
        write(ROUTES, 0, 20, op="create"),
        write(ROUTES, 0, 30, op="create"),
        write(ROUTES, 0, 30, op="create"),
    )
    found = judged(tape, rows).verdicts
    assert set(found["verdict"]) == {"unverifiable"}
    assert set(found["cause"]) == {"lost_update"}


def test_a_writer_of_which_no_read_is_in_hand_makes_the_write_before_it_doubtful() -> None:
    """Expected: landed, but `low`: the second operation began before the first one's call, and its read is not seen."""
    tape = bracketed()
    tape.read(1, ROUTES)
    tape.write(2, puts=[ROUTES])
    tape.write(6, puts=[ROUTES])
    found = judged(tape, writes(write(ROUTES, 0, 2, op="create"), write(ROUTES, 0, 6, op="create")))
    assert found.verdicts["verdict"].to_list() == ["landed", "landed"]
    assert found.verdicts["confidence"].to_list() == ["low", "proven"]
    assert found.evidence.filter(pl.col("detail").str.contains("nothing shows whether"))[
        "write"
    ].to_list() == ["w1"]


def test_which_of_a_deploys_reads_was_an_operations_own_nothing_tells() -> None:
    """Expected: landed, but `low`: the second operation began before the first one's call, as one of the reads did."""
    tape = bracketed()
    tape.read(1, ROUTES)
    tape.read(2, ROUTES)
    tape.write(2, puts=[ROUTES])
    tape.read(4, ROUTES)
    tape.write(6, puts=[ROUTES])
    tape.write(9, puts=[ROUTES])
    rows = writes(
        write(ROUTES, 0, 2, op="create"), write(ROUTES, 3, 6, op="create"), write(ROUTES, 1, 9, op="create")
    )
    found = judged(tape, rows).verdicts
    assert found["verdict"].to_list()[0] == "landed"
    assert found["confidence"].to_list()[0] == "low"


def test_a_deploy_that_reads_anew_loses_nothing() -> None:
    """Three reads for two operations: SST 3.11.2 or later, which never writes an old copy; a read is missing."""
    tape = bracketed()
    for _ in range(3):
        tape.read(1, ROUTES)
    tape.write(2, puts=[ROUTES])
    tape.write(2, puts=[ROUTES], error="ValidationException", message="Pre-Condition failed")
    tape.write(6, puts=[ROUTES])
    found = judged(tape, writes(write(ROUTES, 0, 2, op="create"), write(ROUTES, 0, 6, op="create"))).verdicts
    assert found["verdict"].to_list() == ["landed", "landed"]
    assert found["confidence"].to_list() == ["proven", "proven"]


def test_a_describe_that_is_missing_shows_that_a_read_may_be_too() -> None:
    """Expected: no loss: the second call names the first one's ETag, and no Describe in hand told it to its writer."""
    tape = bracketed()
    for _ in range(2):
        tape.describe(1)
        tape.read(1, ROUTES)
    tape.write(3, puts=[ROUTES])
    tape.write(6, puts=[ROUTES])
    rows = writes(write(ROUTES, 0, 3, op="create"), write(ROUTES, 0, 6, op="create"))
    assert judged(tape, rows).verdicts["verdict"].to_list() == ["landed", "landed"]
    tape = bracketed()
    for _ in range(2):
        tape.describe(1)
        tape.read(1, ROUTES)
    tape.write(3, puts=[ROUTES])
    tape.describe(5)
    tape.write(6, puts=[ROUTES])
    assert judged(tape, rows).verdicts["verdict"].to_list() == ["lost", "landed"]


def test_a_write_that_its_own_resource_made_again_is_not_the_one_that_was_lost() -> None:
    tape = bracketed()
    tape.write(1, puts=["ns:metadata"])
    tape.write(500, puts=["ns:metadata"])
    tape.write(900, deletes=["ns:metadata"], caller=OTHER)
    rows = [
        write("ns:metadata", 0, 2, name="a", action="put"),
        write("ns:metadata", 499, 501, name="a", action="put", deploy="d2"),
    ]
    one_stack = deploys("d1", "d2").with_columns(stack=pl.lit("shop-d1"))
    calls = tape.calls()
    found = judge(writes(*rows), one_stack, calls, chain(calls), reach=at(HOUR), has_trail=True)
    assert found.verdicts["verdict"].to_list() == ["landed", "lost"]


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


def test_a_missing_read_of_a_retry_makes_no_lost_update() -> None:
    """Expected: both landed. B's attempt on a stale ETag failed and it began anew; the record of that read is missing.

    The gap in the chain shows that a file is missing from hand, and the read may have been in it.

    Reads are counted against successful writes alone, but a failed attempt has used one up as well (loss.py).
    """
    tape = bracketed()
    tape.read(1, ROUTES)
    tape.read(1, ROUTES)
    tape.write(3, puts=[ROUTES])
    tape.write(3, puts=[ROUTES], error="ValidationException", message="Pre-Condition failed")
    tape.write(4, puts=["other"], recorded=False)
    tape.write(5, puts=[ROUTES])
    assert [row[0] for row in found(tape, write(ROUTES, 0, 3), write(ROUTES, 0, 5))] == ["landed", "landed"]


def test_another_job_of_the_same_role_is_no_sign_that_a_deploy_reads_anew() -> None:
    """Expected: the first entry is lost, as without that job: of the three reads one is its own."""
    tape = bracketed()
    tape.read(1, ROUTES)
    tape.read(1, ROUTES)
    tape.write(2, puts=[ROUTES])
    tape.write(4, puts=[ROUTES])
    tape.read(7, ROUTES)
    tape.write(8, puts=[ROUTES])
    rows = writes(write(ROUTES, 0, 2, op="create"), write(ROUTES, 0, 4, op="create"))
    assert judged(tape, rows).verdicts["verdict"].to_list() == ["lost", "landed"]


def test_what_a_namespace_s_delete_takes_along_may_be_meant_where_its_deploy_is_not_aligned() -> None:
    """Expected: landed, but `low`: the second deploy deletes `ns:a`, and the one call that does deletes `ns:b` as well.

    Nothing shows when that deploy ran: of its four operations only this one has a call, half an hour from its time.
    """
    tape = bracketed()
    tape.write(1, puts=["ns:a", "ns:b"])
    tape.write(1800, deletes=["ns:a", "ns:b"])
    first = [write(f"ns:{key}", 0, 1, action="put", operation=1, id=key) for key in "ab"]
    later = [
        write(f"other:{n}", 1700 + n, 1701 + n, action="put", operation=n, deploy="d2") for n in (2, 3, 4)
    ]
    gone = write("ns:a", 1710, 1711, action="delete", op="delete", operation=5, deploy="d2")
    verdicts = found(closed(tape), *first, *later, gone)
    assert [row[::2] for row in verdicts[:2]] == [("landed", "low")] * 2


@pytest.mark.parametrize(("second", "confidence"), [(2, "low"), (6, "proven")])
def test_a_call_from_before_its_operation_may_be_another_s_with_any_copy(
    second: float, confidence: str
) -> None:
    """Two calls in a second, and a later operation within reach of the second one; reads are not logged.

    Expected: what made that call may have read the list before the first, unless the operation began after that.
    """
    tape = bracketed()
    tape.write(2, puts=[ROUTES])
    tape.write(second, puts=[ROUTES])
    rows = write(ROUTES, 0, 3, name="a", entry="one"), write(ROUTES, 6, 7, name="b", action="remove")
    assert found(closed(tape), *rows)[0] == ("landed", None, confidence)


def test_a_call_of_the_same_writer_within_the_operation_may_be_its_own() -> None:
    """Two reads and two calls within one operation, of which one is another job's by the same role.

    Expected: landed, but `low`: where the second call is the operation's own, its entry is in the list.
    """
    tape = bracketed()
    for second in (1, 1):
        tape.read(second, ROUTES)
    for second in (2, 2):
        tape.write(second, puts=[ROUTES])
    assert found(closed(tape), write(ROUTES, 0, 3, op="update")) == [("landed", None, "low")]


def test_a_call_of_the_same_writer_after_the_operation_is_another_s() -> None:
    tape = bracketed()
    for second in (1, 1):
        tape.read(second, ROUTES)
    for second in (2, 8):
        tape.write(second, puts=[ROUTES])
    assert found(closed(tape), write(ROUTES, 0, 3, op="update")) == [("lost", "lost_update", "high")]


def test_a_deploy_that_is_not_aligned_may_not_have_made_the_write_again() -> None:
    """Of its four operations one has a call, which may as well be another's; then the key is deleted by a person."""
    tape = bracketed()
    tape.write(1, puts=["ns:a", "ns:b"])
    tape.write(1800, puts=["ns:a"], caller="arn:aws:sts::111122223333:assumed-role/other/somebody")
    tape.write(1900, deletes=["ns:a"], caller=OTHER)
    first = [write(f"ns:{key}", 0, 1, action="put", operation=1, name="a", id=key) for key in "ab"]
    later = [
        write(f"other:{n}", 1795 + n, 1796 + n, action="put", operation=n, deploy="d2") for n in (2, 3, 4)
    ]
    again = write("ns:a", 1799, 1801, action="put", operation=5, name="a", deploy="d2")
    calls = closed(tape).calls()
    one_stack = deploys("d1", "d2").with_columns(stack=pl.lit("shop-d1"))
    rows = writes(*first, *later, again)
    said = judge(rows, one_stack, calls, chain(calls), reach=at(2 * HOUR), has_trail=True)
    assert said.alignments.filter(pl.col("deploy") == "d2")["state"].to_list() != ["aligned"]
    assert said.verdicts.select("verdict", "confidence").row(0) == ("landed", "low")
