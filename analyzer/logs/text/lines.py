"""Joins the lines of a text log with the captures of their forms: a `Language` makes its events from that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping


def beside(lines: pl.DataFrame, part: pl.DataFrame) -> pl.DataFrame:
    """The columns of the lines of one form, with their captures; a capture of the same name is left out.

    Args:
        lines: every line of the batch, in order.
        part: `row` and the captures of one form.
    """
    columns = {"row", *lines.columns}
    captures = [column for column in part.iter_columns() if column.name not in columns]
    return lines[part["row"]].hstack(captures)


def captured(
    lines: pl.DataFrame, parts: Mapping[str, pl.DataFrame], captures: Collection[str], where: pl.Expr
) -> pl.DataFrame:
    """The lines of several forms with some captures, each a column; null where the form of the line lacks it."""
    selected = lines.select(where.fill_null(value=False)).to_series()
    few = [_of(part, selected.gather(part["row"])) for part in parts.values()]
    return _together(lines, few, captures)


def by_role(
    lines: pl.DataFrame, parts: Mapping[str, pl.DataFrame], captures: Mapping[str, Collection[str]]
) -> dict[str, pl.DataFrame]:
    """The lines of each role that occurs, as `captured` gives them: one pass for all roles.

    Args:
        lines: every line of the batch, in order.
        parts: `row` and the captures of each form.
        captures: those that are given, by role.
    """
    parts_of: dict[str, list[pl.DataFrame]] = {}
    for part in parts.values():
        mine = lines["role"].gather(part["row"])
        for role in mine.unique():
            if role in captures:
                parts_of.setdefault(role, []).append(_of(part, mine == role))
    return {role: _together(lines, parts_of[role], captures[role]) for role in captures if role in parts_of}


def _of(part: pl.DataFrame, selected: pl.Series) -> pl.DataFrame:
    """The selected lines; those of which it is not known (null) are none of them."""
    return part if selected.all(ignore_nulls=False) else part.filter(selected)


def _together(lines: pl.DataFrame, parts: Iterable[pl.DataFrame], captures: Collection[str]) -> pl.DataFrame:
    tables = [
        beside(lines, part[["row", *(name for name in captures if name in part.columns)]])
        for part in parts
        if part.height
    ]
    schema = dict(lines.schema) | dict.fromkeys(captures, pl.String())
    return pl.concat([pl.DataFrame(schema=schema), *tables], how="diagonal")
