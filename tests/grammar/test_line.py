"""A line language over columns of lines."""

from __future__ import annotations

import polars as pl
import pytest

from analyzer.errors import GrammarError
from analyzer.grammar.line import LineGrammar, load

SMALL = LineGrammar(
    "small.lark", 'start: a | b | c\na: "x" A B?\nb: "x" _REST\nc:\nA: /[0-9]/\nB: /!/\n_REST: /.+/'
)


def test_parse_gives_a_row_per_line_in_order() -> None:
    table = SMALL.parse(pl.Series(["y", "x1", "", "xx", "x2!", None]))
    assert table.columns == ["form", "a", "b"]
    assert table["form"].to_list() == [None, "a", "c", "b", "a", None]
    assert table["a"].to_list() == [None, "1", None, None, "2", None]
    assert table["b"].to_list() == [None, None, None, None, "!", None]


def test_parts_give_the_lines_of_each_form() -> None:
    parts = SMALL.parts(pl.Series(["xx", "x1", "x2"]))
    assert list(parts) == ["a", "b"]
    assert parts["a"].to_dict(as_series=False) == {"row": [1, 2], "a": ["1", "2"], "b": [None, None]}
    assert parts["b"].to_dict(as_series=False) == {"row": [0]}


def test_the_first_form_in_order_takes_a_line() -> None:
    assert SMALL.parse(pl.Series(["x1"]))["form"].to_list() == ["a"]


def test_no_lines() -> None:
    table = SMALL.parse(pl.Series([], dtype=pl.String))
    assert table.is_empty()
    assert table.schema == {"form": pl.String, "a": pl.String, "b": pl.String}


def test_a_grammar_that_is_not_there() -> None:
    with pytest.raises(GrammarError, match=r"grammars/nothing\.lark.*missing"):
        load("nothing")
