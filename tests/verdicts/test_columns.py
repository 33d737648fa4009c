"""A table has its declared columns, also if the stage that made it lacks some."""

from __future__ import annotations

import polars as pl
import pytest

from analyzer.verdicts.columns import beside, widened
from analyzer.verdicts.matching.tables import ANSWERS


def test_columns_that_are_lacking_are_null_and_of_their_type() -> None:
    table = widened(pl.DataFrame({"write": ["w1"], "contested": [True]}), ANSWERS)
    assert table.schema == ANSWERS
    assert table.row(0, named=True) == dict.fromkeys(ANSWERS) | {"write": "w1", "contested": True}


def test_a_column_of_another_type_is_a_defect() -> None:
    with pytest.raises(TypeError, match="contested: Int64 instead of Boolean"):
        widened(pl.DataFrame({"write": ["w1"], "contested": [1]}), ANSWERS)


def test_a_part_without_rows_gives_nulls_of_its_types() -> None:
    table = pl.DataFrame({"id": ["a", "b"]})
    parts = [
        pl.DataFrame({"write": ["b"], "found": ["x"]}),
        pl.DataFrame(schema={"write": pl.String, "count": pl.Int64}),
    ]
    whole = beside(table, parts, on="id")
    assert whole.rows() == [("a", None, None), ("b", "x", None)]
    assert whole.schema == {"id": pl.String, "found": pl.String, "count": pl.Int64}
