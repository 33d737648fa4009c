"""The remedies of a catalogue, before anybody sees them: only commands that this program writes, for the row's own key.

A remedy is a text to copy to a shell, and whoever made the catalogue could put any text there. So each one is read, and
written anew (`analyzer.commands.own`); what it needs, and what a redeploy would do, are this program's own sentences.
A command may still write another value than the deploy's: that comes from a log, which nobody trusts either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from analyzer.commands.kvs import NEEDS, NEEDS_TO_LOOK
from analyzer.commands.own import allows, changes, fetches, lists
from analyzer.verdicts.remedies.remedy import REDEPLOYS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

FOREIGN: Final = "the catalogue has a command that this program does not write: it is not shown"


def with_own_remedies(table: str, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of a table, without commands that are not this program's.

    Args:
        table: its name in the catalogue; those without remedies stay as they are.
        rows: of it.
    """
    if table == "writes":
        redeploy = pl.col("redeploy")
        checked = _checked(rows, "store", "place", "key", "pattern", needs=_needs_of_write)
        return checked.with_columns(pl.when(redeploy.is_in(list(REDEPLOYS))).then(redeploy).alias("redeploy"))
    if table == "settle":
        return _with_own_commands(rows)
    if table == "findings":
        return _with_own_statements(rows)
    return _checked(rows, "arn", needs=_needs_of_store) if table == "stores" else rows


def _with_own_commands(rows: pl.DataFrame) -> pl.DataFrame:
    """SETTLE, without the commands that are not this program's."""
    command = pl.col("command")
    foreign = [text for text in rows["command"].drop_nulls().unique() if not fetches(text)]
    if not foreign:
        return rows
    is_foreign = command.is_in(foreign)
    return rows.with_columns(
        command=pl.when(~is_foreign).then(command),
        what=pl.when(is_foreign).then(pl.format("{} ({})", "what", pl.lit(FOREIGN))).otherwise("what"),
    )


def _with_own_statements(rows: pl.DataFrame) -> pl.DataFrame:
    """FINDINGS, without statements of IAM that are not this program's."""
    pairs = rows.select("help", "store").drop_nulls("help").unique().rows()
    foreign = [text for text, store in pairs if not allows(text, store)]
    return rows.with_columns(help=pl.when(~pl.col("help").is_in(foreign)).then("help")) if foreign else rows


def _needs_of_write(command: str, row: Mapping[str, Any]) -> list[str] | None:
    """What the command of a write needs; None if this program would not write it for that write."""
    store, key = row["store"] or row["place"], row["key"] or ""
    if row["pattern"]:
        return list(NEEDS_TO_LOOK) if lists(command, store, key) else None
    steps = changes(command, store)
    return list(NEEDS) if steps is not None and [step.key for step in steps] == [key] else None


def _needs_of_store(command: str, row: Mapping[str, Any]) -> list[str] | None:
    return None if changes(command, row["arn"]) is None else list(NEEDS)


def _checked(
    rows: pl.DataFrame, *columns: str, needs: Callable[[str, Mapping[str, Any]], list[str] | None]
) -> pl.DataFrame:
    """The rows, with what each command needs; where `needs` gives nothing, without the command."""
    commands = (
        rows.with_row_index("_row").filter(pl.col("remedy").is_not_null()).select("_row", "remedy", *columns)
    )
    distinct = commands.drop("_row").unique(maintain_order=True)  # one command is in many rows
    found = [needs(row["remedy"], row) for row in distinct.iter_rows(named=True)]
    known = distinct.with_columns(_needs=_lists(found))
    on = distinct.columns
    of = commands.join(known, on=on, how="left", nulls_equal=True).select("_row", "_needs")
    joined = rows.with_row_index("_row").join(of, on="_row", how="left", maintain_order="left")
    own, foreign = pl.col("_needs").is_not_null(), pl.col("remedy").is_not_null() & pl.col("_needs").is_null()
    return joined.with_columns(
        remedy=pl.when(own).then("remedy"),
        remedy_note=pl.when(foreign).then(pl.lit(FOREIGN)).otherwise("remedy_note"),
        remedy_needs="_needs",
    ).select(rows.columns)


def _lists(rows: Sequence[list[str] | None]) -> pl.Series:
    """The lists of the rows: few in many rows, and to make a list of Python's one of polars' takes long."""
    numbers: dict[tuple[str, ...], int] = {}
    places = [None if row is None else numbers.setdefault(tuple(row), len(numbers)) for row in rows]
    few = pl.Series([list(row) for row in numbers] or [[]], dtype=pl.List(pl.String()))
    return few.gather(pl.Series(places, dtype=pl.UInt32()))
