"""Both ways of a grammar on the same lines: the compiled patterns in polars, and Lark line by line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.grammar.line import LineGrammar
    from analyzer.grammar.oracle import Oracle

Parsed = tuple[str, dict[str, str]] | None
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


def compiled(grammar: LineGrammar, lines: Sequence[str]) -> list[Parsed]:
    table = grammar.parse(pl.Series("line", lines, pl.String))
    found: list[Parsed] = []
    for row in table.to_dicts():
        form = row.pop("form")
        found.append((form, {name: text for name, text in row.items() if text is not None}) if form else None)
    return found


def judged(oracle: Oracle, lines: Sequence[str]) -> list[Parsed]:
    return [oracle.parse(line) for line in lines]


def assert_agree(grammar: LineGrammar, oracle: Oracle, lines: Sequence[str]) -> None:
    for line, fast, sure in zip(lines, compiled(grammar, lines), judged(oracle, lines), strict=True):
        assert fast == sure, line
