"""What was read, in numbers: nothing that was read is dropped silently."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.reports.canvas import Canvas


def tell_inputs(canvas: Canvas, inputs: pl.DataFrame, told_of: pl.DataFrame) -> None:
    """What could not be read, or not wholly, and what was read.

    Args:
        canvas: to write on.
        inputs: INPUTS.
        told_of: those of them whose problems are told here.
    """
    problems = told_of.explode("problems").drop_nulls("problems").select("source", "problems")
    if problems.height:
        canvas.line()
        canvas.line("Not read, or read only in part", "bold")
    for source, problem in problems.iter_rows():
        if len(source) < canvas.width:
            canvas.line(f"{source}: {problem}")
        else:
            canvas.place(source, indent=0)
            canvas.line(str(problem), indent=3)
    canvas.line()
    for line in reading(inputs):
        canvas.line(line, "dim")


def reading(inputs: pl.DataFrame) -> list[str]:
    """A sentence for the logs, trail files, listings and digests each, from INPUTS; none where there are none."""
    usable = inputs.filter(pl.col("kind") != "unusable")
    logs = usable.filter(pl.col("lines").is_not_null())
    listings = usable.filter(pl.col("kind") == "key-listing").rename({"records": "keys"})
    trail = usable.filter(
        pl.col("lines").is_null() & pl.col("records").is_not_null() & (pl.col("kind") != "key-listing")
    ).rename({"duplicates": "repeated calls"})
    said = [
        _sentence(logs, "log", ("lines", "recognised", "noise", "unrecognised")),
        _sentence(trail, "trail file", ("records", "repeated calls", "undecodable")),
        _sentence(listings, "listing", ("keys",)),
    ]
    digests = int(usable.filter(pl.col("kind") == "cloudtrail-digest")["files"].sum())
    told = f"Read {_counted(digests, 'digests')}." if digests else ""
    return [sentence for sentence in [*said, told] if sentence]


def _sentence(inputs: pl.DataFrame, what: str, columns: Sequence[str]) -> str:
    if inputs.is_empty():
        return ""
    whole, *parts = [_counted(int(inputs[column].sum() or 0), column) for column in columns]
    told = f": {', '.join(parts)}" if parts else ""
    return f"Read {_counted(int(inputs['files'].sum()), f'{what}s')}, {whole}{told}."


def _counted(number: int, things: str) -> str:
    return f"{number} {things.removesuffix('s') if number == 1 else things}"
