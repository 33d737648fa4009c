"""A clock that stepped within the deploy is told as a step, and not as two runs that are rivals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.build import Tape, at
from tests.verdicts.alignment.laid import laid, offsets, route, row, site, state

if TYPE_CHECKING:
    from analyzer.verdicts.alignment.align import Alignment


def stepping(count: int, after: int, step: int, *, again: bool = False) -> Alignment:
    """A deploy of `count` operations, ten seconds apart, whose clock is `step` ahead once `after` of them are done."""
    tape = Tape()
    if again:  # a run before it, which wrote the same
        for n in range(count):
            tape.write(-2000 + 10 * n, puts=[f"n{n}:metadata"])
    operations = []
    for n in range(count):
        tape.write(10 * n, puts=[f"n{n}:metadata"])
        start = 10 * n + (step if n >= after else 0)
        operations.append(site(f"n{n}:metadata", start - 1, start + 1, n + 1, name=f"N{n}"))
    return laid(tape, *operations)


@pytest.mark.parametrize(("count", "after"), [(3, 1), (4, 2), (5, 2), (6, 3), (6, 4)])
@pytest.mark.parametrize("step", [30, 132, -40, 600])
def test_what_two_offsets_explain_together_and_none_alone_is_a_step(
    count: int, after: int, step: int
) -> None:
    found = stepping(count, after, step)
    assert row(found)["rivals"] == []
    assert state(found)["stepped"]
    note = row(found)["note"]
    assert "stepped by" in note
    assert f"(after N{after - 1})" in note
    assert "none is called dropped" in note


def test_both_offsets_are_in_the_table_where_each_has_operations_enough() -> None:
    for count, after in ((4, 2), (5, 2), (6, 4)):
        first, second = offsets(stepping(count, after, 30))
        assert first[0] <= 0 <= first[1]
        assert second[0] <= 30 <= second[1]


def test_a_single_operation_at_another_offset_names_it() -> None:
    note = row(stepping(2, 1, 30))["note"]
    assert "N1 matches a call if the log's clock is 30 s ahead of CloudTrail's (28 to 32 s)" in note


def test_another_run_is_still_a_rival_of_a_step() -> None:
    found = row(stepping(4, 2, 30, again=True))
    assert found["state"] == "ambiguous"
    assert {rival["at"] for rival in found["rivals"]} == {at(-2000), at(-1980)}
    assert "may have stepped by 30 s" in found["note"]
    assert "runs match this log about equally well" in found["note"]


def test_two_offsets_that_leave_an_operation_out_are_no_step() -> None:
    """One operation has no call at either: then each offset may be another run's."""
    tape = Tape()
    for second, key in ((0, "a"), (20, "b"), (60, "d"), (80, "e")):
        tape.write(second, puts=[f"{key}:metadata"])
    seconds = (1000, 1020, 1040, 1092, 1112)
    operations = [
        site(f"{key}:metadata", second, second + 1, number)
        for number, (key, second) in enumerate(zip("abcde", seconds, strict=True))
    ]
    found = laid(tape, *operations)
    assert (row(found)["state"], state(found)["stepped"]) != ("aligned", True)
    assert "stepped" not in (row(found)["note"] or "")


def test_calls_that_do_not_follow_the_logs_order_are_no_step() -> None:
    """The later operations' calls came before the earlier ones': a clock that steps does not turn the trail around."""
    tape = Tape()
    for second, key in ((0, "c"), (20, "d"), (300, "a"), (320, "b")):
        tape.write(second, puts=[f"{key}:metadata"])
    operations = [
        site(f"{key}:metadata", second, second + 1, number)
        for number, (key, second) in enumerate(zip("abcd", (900, 920, 1000, 1020), strict=True))
    ]
    found = laid(tape, *operations)
    assert not state(found)["stepped"]


def test_an_operation_in_which_the_clock_stepped_fits_on_both_sides_and_hides_no_step() -> None:
    """By its log it took 46 seconds, with a step of 30. The deploy made another call on its list after the step."""
    tape = Tape()
    operations = []
    for n in range(3):
        tape.write(5 * n, puts=[f"n{n}:metadata"])
        operations.append(site(f"n{n}:metadata", 5 * n - 1, 5 * n + 1, n + 1))
    for second, key in ((20, "r:routes"), (30, "r:routes"), (40, "n3:metadata")):
        tape.write(second, puts=[key])
    operations += [
        route("r:routes", 14, 60, 4),
        route("r:routes", 59, 61, 5),
        site("n3:metadata", 69, 71, 6),
    ]
    assert state(laid(tape, *operations))["stepped"]
