"""Both ways of a grammar on the same lines: the compiled patterns in polars, and Lark line by line."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from analyzer.grammar.line import load
from analyzer.grammar.oracle import Oracle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.grammar.line import LineGrammar

Parsed = tuple[str, dict[str, str]] | None
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


def compiled(grammar: LineGrammar, lines: Sequence[str]) -> list[Parsed]:
    table = grammar.parse(pl.Series("line", lines, pl.String))
    found: list[Parsed] = []
    for row in table.to_dicts():
        form = row.pop("form")
        found.append((form, {name: text for name, text in row.items() if text is not None}) if form else None)
    return found


@cache
def oracle(name: str) -> Oracle:
    """Lark's parser of a language: made when a test asks for it, because that takes a second."""
    return Oracle(load(name))


def assert_agree(name: str, lines: Sequence[str]) -> None:
    judge = oracle(name)
    for line, fast in zip(lines, compiled(load(name), lines), strict=True):
        assert fast == judge.parse(line), line
