"""The remedies as text: what a command does and needs, and the command to copy; or why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.commands.kvs import NEEDS_TO_LOOK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.reports.canvas import Canvas
    from analyzer.reports.report import Report

_CHANGES: Final = {
    "put": "writes the key if it is absent or still has its old value",
    "delete": "deletes the key if it still has its old value",
    "append": "adds the entry to the list that is there",
    "remove": "removes the entry from the list that is there",
}
_STOPS: Final = "changes nothing else, and stops if the store changes meanwhile"
"""Of every command that writes: what a person wants to know before it is pasted."""


def tell_remedy(canvas: Canvas, writes: Sequence[Mapping[str, object]], stores: pl.DataFrame) -> None:
    """The command of one write; of several, that of their store, which stands further below."""
    if len(writes) == 1:
        _tell(canvas, writes[0])
        return
    with_command = [write for write in writes if write["remedy"] is not None]
    for note in dict.fromkeys(
        str(write["remedy_note"]) for write in writes if write["remedy_note"] is not None
    ):
        _say(canvas, "remedy", note)
    whole = stores.filter((pl.col("arn") == writes[0]["store"]) & pl.col("remedy").is_not_null())
    if with_command and whole.height:
        _say(
            canvas, "remedy", "one command for all of the store is below; --format json has one for each key"
        )
        return
    for write in with_command:
        _tell(canvas, {**write, "remedy_note": None})


def tell_stores(canvas: Canvas, report: Report) -> None:
    """The one command for all writes of a store, where that is more than the command of one."""
    for row in report.stores.filter(pl.col("remedy").is_not_null()).iter_rows(named=True):
        if (report.writes["remedy"] == row["remedy"]).any():
            continue
        canvas.line()
        canvas.line(f"All of store {row['arn']} in one call", "bold")
        _tell(canvas, row)


def _tell(canvas: Canvas, row: Mapping[str, object]) -> None:
    """The command of a write or store, below what it does and needs; or why there is none."""
    needs, note = row["remedy_needs"], row["remedy_note"]
    if row["remedy"] is not None:
        _say(canvas, "does", does(row))
    if isinstance(needs, list):
        _say(canvas, "needs", "; ".join(needs))
    if note is not None:
        _say(canvas, "remedy", f"none: {note}" if row["remedy"] is None else str(note))
    if row["remedy"] is not None:
        canvas.line("to put it right:", "bold", indent=3)
        canvas.raw(str(row["remedy"]))


def does(row: Mapping[str, object]) -> str:
    """What the command does, for whoever is to paste it. A store's row has no action: its command takes all of them."""
    if row.get("pattern") and row["remedy_needs"] == list(NEEDS_TO_LOOK):
        return "The command lists the keys; it changes nothing."
    change = _CHANGES.get(str(row.get("action")), "makes the changes that are missing")
    return f"The command reads the store, then {change}. It {_STOPS}."


def _say(canvas: Canvas, name: str, text: str) -> None:
    canvas.labelled(name, [(text, "")], indent=3, width=8)
