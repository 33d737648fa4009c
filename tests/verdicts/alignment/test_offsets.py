"""The sweep: at which offsets the most intervals meet."""

from __future__ import annotations

from analyzer.verdicts.alignment.offsets import Peak, apart, peaks


def test_where_most_intervals_meet() -> None:
    assert peaks([[(0, 4)], [(2, 6)], [(3, 9)]])[0] == Peak(3, 4, 3)


def test_intervals_of_one_operation_count_once() -> None:
    """Two calls of one operation: their intervals overlap, and are one."""
    assert peaks([[(0, 4), (2, 6)]]) == [Peak(0, 6, 1)]


def test_ends_that_touch_meet() -> None:
    assert peaks([[(0, 2)], [(2, 4)]])[0] == Peak(2, 2, 2)


def test_of_as_many_the_nearest_to_zero_is_first() -> None:
    assert peaks([[(-90, -88), (3, 5), (700, 703)]]) == [Peak(3, 5, 1), Peak(-90, -88, 1), Peak(700, 703, 1)]


def test_candidates_lie_apart() -> None:
    near, next_to_it, far = Peak(0, 1, 3), Peak(1, 2, 2), Peak(10, 11, 2)
    assert apart([near, next_to_it, far], 8) == [near, far]
    assert apart([near, next_to_it, far], 1) == [near]


def test_nothing_to_meet() -> None:
    assert peaks([]) == []
