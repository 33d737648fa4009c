"""Logs that have one update id, by their names or by that of their folder, and are not of one deploy all the same."""

from __future__ import annotations

import pytest

from tests.logs.test_same_deploy import DAY, MONDAY, STEPS, event_log, found, problems, text

ID = "65f1c0ffee00112233445566"
HERE, THERE = f"{ID}/a.log", f"{ID}/b.log"


def test_logs_with_one_update_id_are_one_deploy() -> None:
    assert found(**{HERE: event_log(), THERE: text()}) == [[HERE, THERE]]


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        (event_log(), event_log().replace(":prod::", ":dev::"), "is of another stack"),
        (text(), text(MONDAY + DAY), "not its time"),
        (event_log(steps=1), text(), "not its operations"),
        (text(MONDAY, STEPS[0]), text(MONDAY, STEPS[1]), "not its operations"),
    ],
    ids=["two stages", "two days", "a cut event log", "two halves"],
)
def test_the_id_of_a_folder_joins_nothing_that_shows_another_deploy_or_more_of_it(
    first: str, second: str, why: str, order: int
) -> None:
    """What is joined is judged by the exacter log alone: a drop that only the other one shows would be hidden."""
    logs = dict([(HERE, first), (THERE, second)][::order])
    assert sorted(found(**logs)) == [[HERE], [THERE]]
    [[said]] = problems(**logs).values()
    assert why in said
