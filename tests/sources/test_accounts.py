"""Accounts become INPUTS, a row each."""

from __future__ import annotations

import pytest

from analyzer.sources.account import Account
from analyzer.sources.accounts import accounts_table
from analyzer.tables import INPUTS


@pytest.mark.parametrize("problems", [[], [[]], [["a"]], [[], ["a", "b"], [], ["a"]], [["b"], [], []]])
def test_each_row_has_its_own_problems(problems: list[list[str]]) -> None:
    accounts = [Account(f"f{place}", problems=told) for place, told in enumerate(problems)]
    table = accounts_table(accounts)
    assert table.schema == INPUTS
    assert table["source"].to_list() == [account.source for account in accounts]
    assert table["files"].to_list() == [1] * len(accounts)
    assert table["problems"].to_list() == problems
