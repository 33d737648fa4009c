"""Lines of a text log beside what their forms capture: what a `Language` builds its events from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.grammar.line import load

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping


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
    wanted = lines.select(where.fill_null(value=False)).to_series()
    few = [part.filter(wanted.gather(part["row"])) for part in parts.values()]
    return _together(lines, few, grammar)


def by_role(
    lines: pl.DataFrame, parts: Mapping[str, pl.DataFrame], grammar: str, roles: Collection[str]
) -> dict[str, pl.DataFrame]:
    """The lines of each role that occurs, as `captured` gives them: one pass for all roles."""
    found: dict[str, list[pl.DataFrame]] = {}
    for part in parts.values():
        mine = lines["role"].gather(part["row"])
        for role in mine.unique().drop_nulls():
            if role in roles:
                found.setdefault(role, []).append(part.filter(mine == role))
    return {role: _together(lines, found[role], grammar) for role in roles if role in found}


def _together(lines: pl.DataFrame, parts: Iterable[pl.DataFrame], grammar: str) -> pl.DataFrame:
    schema = dict.fromkeys(load(grammar).captures, pl.String()) | lines.schema
    tables = [beside(lines, part) for part in parts if part.height]
    return pl.concat([pl.DataFrame(schema=schema), *tables], how="diagonal")
