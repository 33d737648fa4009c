"""A parser that was built ahead is the one that Lark would build now."""

from __future__ import annotations

import json

import pytest

from analyzer.grammar.compiled import parsers
from analyzer.grammar.files import read_compiled, read_grammar
from analyzer.grammar.lalr import parser


@pytest.mark.parametrize("name", sorted(parsers()))
def test_the_kept_parser_is_built_with_the_grammar(name: str) -> None:
    kept, now = (
        json.loads(text)["built_with"] for text in (read_compiled(f"{name}.parser"), parsers()[name])
    )
    assert kept == now, "make grammars (after a change of Lark, too)"


def test_a_kept_parser_parses() -> None:
    tree = parser("diff", read_grammar("diff")).parse("[diff: +a,b~c]")
    assert [str(token) for token in tree.scan_values(lambda _: True)] == ["a", "b", "c"]


def test_another_text_of_the_same_name_is_built_anew() -> None:
    tree = parser("diff", 'start: X\nX: "x"').parse("x")
    assert tree.children == ["x"]
