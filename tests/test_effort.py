"""Tests that try a part of all combinations in each run leave none of either side out."""

from __future__ import annotations

from tests.effort import combinations, some


def test_each_case_meets_some_of_the_others_and_each_other_some_case() -> None:
    some = combinations("abcd", [1, 2, 3], each=2, searching=False)
    assert some == [("a", 1), ("a", 2), ("b", 3), ("b", 1), ("c", 2), ("c", 3), ("d", 1), ("d", 2)]


def test_all_are_tried_where_the_tests_search() -> None:
    assert len(combinations("abcd", [1, 2, 3], each=1, searching=True)) == 12


def test_no_pair_comes_twice_where_there_are_fewer_others() -> None:
    assert combinations("ab", [1], each=3, searching=False) == [("a", 1), ("b", 1)]


def test_some_of_many_are_all_where_the_tests_search() -> None:
    assert (some("abcde", of=2, searching=False), some("abcde", of=2, searching=True)) == ("ace", "abcde")
