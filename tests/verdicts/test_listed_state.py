"""The lists of routes that a listing holds, for the verdicts and for the remedies."""

from __future__ import annotations

import polars as pl
import pytest

from analyzer.tables import KEYS
from analyzer.verdicts.listed_state import lists_of
from tests.build import STORE
from tests.verdicts.listing import ROUTES


@pytest.mark.parametrize(
    ("value", "known", "problem"), [('["a"]', True, False), ("cut", True, True), (None, False, True)]
)
def test_a_list_that_is_masked_is_for_a_remedy_as_if_it_was_not_listed(
    value: str | None, *, known: bool, problem: bool
) -> None:
    """A remedy adds its entry to the list that is there. It leaves one alone that is known to be damaged."""
    asked = pl.DataFrame(
        {"spoken": [True], "action": ["append"], "store": [STORE], "listing": [1], "key": [ROUTES]}
    )
    lists, table = lists_of(asked, pl.DataFrame([(1, ROUTES, value)], schema=KEYS, orient="row"))
    assert ((STORE, ROUTES) in lists) == known
    assert table["list_problem"].is_not_null().to_list() == [problem]
