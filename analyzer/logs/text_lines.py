"""Lines of a text log beside what their forms capture: what a `Language` builds its events from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.grammar.line import load

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def beside(lines: pl.DataFrame, part: pl.DataFrame) -> pl.DataFrame:
    """What is known of the lines of one form, with their captures; a capture of the same name is left out.

    Args:
        lines: every line of the batch, in order.
        part: `row` and the captures of one form.
    """
    return pl.concat([lines[part["row"]], part.drop("row", *lines.columns, strict=False)], how="horizontal")


def captured(
    lines: pl.DataFrame, parts: Mapping[str, pl.DataFrame], grammar: str, where: pl.Expr
) -> pl.DataFrame:
    """The lines of several forms with their captures, where they are few: a column per capture of the grammar."""
    schema = dict.fromkeys(load(grammar).captures, pl.String()) | lines.schema
    few = [beside(lines, part).filter(where) for part in parts.values()]
    return pl.concat([pl.DataFrame(schema=schema), *few], how="diagonal")


def by_role(
    lines: pl.DataFrame, parts: Mapping[str, pl.DataFrame], grammar: str, roles: Iterable[str]
) -> dict[str, pl.DataFrame]:
    """The lines of each role that occurs, as `captured` gives them: one pass for all roles."""
    tables = [beside(lines, part) for part in parts.values()]
    schema = dict.fromkeys(load(grammar).captures, pl.String()) | lines.schema
    found = {}
    for role in roles:
        few = [table.filter(pl.col("role") == role) for table in tables]
        if any(table.height for table in few):
            found[role] = pl.concat([pl.DataFrame(schema=schema), *few], how="diagonal")
    return found
