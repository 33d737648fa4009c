"""The tables of the verdicts keep the columns of the tables before them."""

from __future__ import annotations

from analyzer.verdicts.matching.tables import FACTS, WINDOWS
from analyzer.verdicts.tables import TRAIL_VERDICTS


def test_a_later_table_only_gains_columns() -> None:
    assert FACTS.items() >= WINDOWS.items()
    assert TRAIL_VERDICTS.items() >= FACTS.items()
