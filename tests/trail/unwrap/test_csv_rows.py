"""Rows of tables: what stands between their columns."""

from __future__ import annotations

import pytest

from analyzer.sources.limits import COLUMNS
from analyzer.trail.unwrap.csv_rows import csv_rows


@pytest.mark.parametrize("comma", [",", ";", "\t"])
def test_a_table_may_be_saved_with_semicolons_or_tabs(comma: str) -> None:
    text = f'eventname{comma}errorcode{comma}"requestparameters"\nGetKey{comma}{comma}"a,b;c\td"\n'
    assert list(csv_rows(text.encode())) == [
        {"eventname": "GetKey", "errorcode": "", "requestparameters": "a,b;c\td"}
    ]


@pytest.mark.parametrize("comma", [",", ";", "\t"])
def test_a_line_of_too_many_cells_is_damaged(comma: str) -> None:
    text = f"a{comma}b\n{comma * (COLUMNS * 4)}\n1{comma}2\n"
    assert list(csv_rows(text.encode())) == [None, {"a": "1", "b": "2"}]


def test_one_column_has_nothing_between() -> None:
    assert list(csv_rows(b'_raw\n"{""a"": 1}"\n')) == [{"_raw": '{"a": 1}'}]
