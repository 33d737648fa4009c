"""How sure it is that a call answers for a write, where there are fewer calls than writes."""

from __future__ import annotations

import pytest

from tests.build import CI, write, writes
from tests.verdicts.judging import ROUTES, bracketed, closed, found, judged


def test_a_write_whose_call_may_have_been_another_s_by_a_chain_of_others_is_not_sure() -> None:
    """Expected: all in doubt. Three routes in one minute, and two calls: the one without a call may be any of them.

    The third can only have the second call; then the second has the first call, and the first has none.
    """
    tape = bracketed()
    tape.write(40, puts=["ns:a"])
    tape.write(50, puts=[ROUTES])
    tape.write(70, puts=[ROUTES])
    rows = [
        write("ns:a", 39, 41, action="put", name="a"),
        write(ROUTES, 45, 55, name="b"),
        write(ROUTES, 48, 72, name="c"),
        write(ROUTES, 66, 74, name="d"),
    ]
    table = judged(closed(tape), writes(*rows)).verdicts
    assert table["verdict"].to_list() == ["landed", *["unverifiable"] * 3]


@pytest.mark.parametrize("length", [5, 40])
def test_a_long_chain_is_followed_to_its_end(length: int) -> None:
    """Expected: all in doubt, whichever of them was dropped."""
    tape = bracketed()
    tape.write(-100, puts=["ns:a"])
    rows = [write("ns:a", -101, -99, action="put", name="a")]
    for number in range(length):
        rows.append(write(ROUTES, 20 * number, 20 * number + 24, name=f"r{number}"))
        if number:
            tape.write(20 * number + 2, puts=[ROUTES])
    table = judged(closed(tape), writes(*rows)).verdicts
    assert "landed" not in table["verdict"].to_list()[1:]
    assert "dropped" not in table["verdict"].to_list()[1:]


@pytest.mark.parametrize(("caller", "expected"), [(None, ("low", "proven")), (CI, ("proven", "proven"))])
def test_a_call_on_a_list_that_nobody_known_made_is_not_surely_the_operations(
    caller: str | None, expected: tuple[str, str]
) -> None:
    """Others write the same list; a key is its own resource's alone."""
    tape = bracketed()
    tape.write(1, puts=["ns:a"], caller=caller)
    tape.write(5, puts=[ROUTES], caller=caller)
    rows = [write(ROUTES, 4, 6), write("ns:a", 0, 2, action="put")]
    assert found(closed(tape), *rows) == [("landed", None, confidence) for confidence in expected]


@pytest.mark.parametrize(
    ("error", "confidence"), [("AccessDeniedException", "low"), ("ThrottlingException", "proven")]
)
def test_a_call_on_a_list_that_its_caller_could_not_read_may_be_another_jobs(
    error: str, confidence: str
) -> None:
    """What is not allowed is not tried again: the operation ended with its read. A throttled one is tried again."""
    tape = bracketed()
    tape.write(1, puts=["ns:a"])
    tape.read(5, ROUTES, error=error)
    tape.write(6, puts=[ROUTES])
    rows = [write(ROUTES, 4, 7), write("ns:a", 0, 2, action="put")]
    assert found(closed(tape), *rows)[0] == ("landed", None, confidence)


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        ((6, 7), [("unverifiable", "lost_update")] * 2),
        ((3, 7), [("lost", "lost_update"), ("landed", None)]),
    ],
    ids=["both outside", "one inside"],
)
def test_a_write_whose_call_lies_outside_its_time_may_have_made_an_earlier_one_that_does(
    calls: tuple[int, int], expected: list[tuple[str, str | None]]
) -> None:
    """The first operation ended at second 3; if the call at 7 may be its own, so may the one at 6.

    Both read the list before either put it: the entry that was put first is lost, and here that may be either's.
    """
    tape = bracketed()
    for number in range(3):
        tape.write(-30 + 10 * number, puts=[f"x{number}:m"])
    for second in (1, 1):
        tape.read(second, ROUTES)
    for second in calls:
        tape.write(second, puts=[ROUTES])
    sites = [write(f"x{n}:m", -30 + 10 * n, -30 + 10 * n, action="put", op="create") for n in range(3)]
    rows = [write(ROUTES, 0, end, op="create", name=f"until {end}") for end in (3, 8)]
    judgement = judged(closed(tape), writes(*rows, *sites))
    assert judgement.alignments["offsets"].to_list() == [[{"low": -1, "high": 1}]]
    assert judgement.verdicts.select("verdict", "cause").rows()[:2] == expected
