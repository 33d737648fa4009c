"""The clocks' difference, told by calls that only one write can claim."""

from __future__ import annotations

from analyzer.trail.calls.chain import chain
from analyzer.verdicts.matching.clock import by_the_clock
from analyzer.verdicts.matching.match import candidates, ordered_calls, windows
from tests.build import Tape, at, write, writes


def spans(tape: Tape, *rows: dict[str, object]) -> list[tuple[object, object, bool]]:
    """`low, high, clock_known` of each row."""
    calls = tape.calls()
    given = windows(writes(*rows))
    ordered = ordered_calls(calls, chain(calls))
    narrowed = by_the_clock(given, candidates(given, ordered), ordered)
    return narrowed.select("low", "high", "clock_known").rows()


def test_a_call_of_the_same_second_leaves_less_than_a_second() -> None:
    """The operation ran within second 10, its call is of second 10: the clocks differ by less than one."""
    tape = Tape()
    tape.write(10, puts=["a"])
    assert spans(tape, write("a", 10, 10), write("b", 20, 22))[1] == (at(19), at(23), True)


def test_a_clock_that_is_late() -> None:
    """Recorded 3 s after the operation's only second: CloudTrail's clock is 2 to 4 s ahead of the log's."""
    tape = Tape()
    tape.write(13, puts=["a"])
    assert spans(tape, write("a", 10, 10), write("b", 20, 22))[1] == (at(22), at(26), True)


def test_all_calls_together() -> None:
    tape = Tape()
    tape.write(12, puts=["a"])
    tape.write(20, puts=["b"])
    assert spans(tape, write("a", 10, 12), write("b", 20, 24), write("c", 30, 31))[2] == (
        at(29),
        at(32),
        True,
    )


def test_calls_that_contradict_each_other_tell_nothing() -> None:
    tape = Tape()
    tape.write(14, puts=["a"])
    tape.write(20, puts=["b"])
    assert spans(tape, write("a", 10, 10), write("b", 23, 23))[0] == (at(5), at(15), False)


def test_a_call_that_two_could_claim_tells_nothing() -> None:
    tape = Tape()
    tape.write(10, puts=["a"])
    assert spans(tape, write("a", 10, 10), write("a", 11, 12))[0] == (at(5), at(15), False)


def test_reads_of_the_same_writer_tell_too() -> None:
    """The reads of `r` were made after second 20 began: CloudTrail's clock is ahead by less than a second."""
    tape = Tape()
    tape.write(12, puts=["a"])
    tape.read(20, "r")
    tape.read(20, "r")
    tape.write(21, puts=["r"])
    tape.write(23, puts=["r"])
    rows = [write("a", 10, 12), write("r", 20, 21), write("r", 20, 23)]
    assert spans(tape, *rows)[1] == (at(19), at(22), True)


def test_reads_of_a_stranger_do_not() -> None:
    tape = Tape()
    tape.write(12, puts=["a"])
    tape.read(16, "r", caller="arn:aws:iam::111122223333:user/somebody")
    assert spans(tape, write("a", 10, 12), write("r", 20, 21))[1] == (at(19), at(24), True)


def test_another_deploy_has_another_clock() -> None:
    tape = Tape()
    tape.write(10, puts=["a"])
    assert spans(tape, write("a", 10, 10), write("b", 20, 22, deploy="d2"))[1] == (at(15), at(27), False)
