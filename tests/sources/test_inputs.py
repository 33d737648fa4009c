"""Stats become INPUTS, a row for each input."""

from __future__ import annotations

import pytest

from analyzer.sources.input_stats import InputStats
from analyzer.sources.inputs import inputs_table
from analyzer.tables import INPUTS


@pytest.mark.parametrize("problems", [[], [[]], [["a"]], [[], ["a", "b"], [], ["a"]], [["b"], [], []]])
def test_each_row_has_its_own_problems(problems: list[list[str]]) -> None:
    unread = [InputStats(f"f{place}", problems=told) for place, told in enumerate(problems)]
    table = inputs_table(unread)
    assert table.schema == INPUTS
    assert table["source"].to_list() == [stats.source for stats in unread]
    assert table["files"].to_list() == [1] * len(unread)
    assert table["problems"].to_list() == problems
