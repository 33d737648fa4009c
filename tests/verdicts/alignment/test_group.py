"""The vote of all logs of one machine."""

from __future__ import annotations

from analyzer.verdicts.alignment.group import Group, Vote, group


def test_logs_that_agree() -> None:
    """Four logs have calls at 600 s; at their other offsets no two agree."""
    votes = [Vote(log, 600 + log / 2, 2) for log in range(4)]
    others = [Vote(log, 100.0 * (log + 1) ** 2, 2) for log in range(4)]
    assert group([*votes, *others], 4) == Group(601.0, 4)


def test_a_shift_at_which_nearly_as_many_agree_refuses_the_group() -> None:
    here = [Vote(log, 600, 2) for log in range(4)]
    there = [Vote(log, 690, 2) for log in range(3)]
    assert group([*here, *there], 4) is None


def test_two_logs_are_no_group() -> None:
    assert group([Vote(0, 5, 4), Vote(1, 5, 4)], 2) is None


def test_a_few_of_very_many_logs_that_meet_by_chance_are_none() -> None:
    """Five of a hundred meet, and two elsewhere: chance does as much."""
    chance = [Vote(log, 600, 1) for log in range(5)] + [Vote(log, 900, 1) for log in range(5, 7)]
    assert group(chance, 100) is None


def test_no_votes() -> None:
    assert group([], 3) is None
