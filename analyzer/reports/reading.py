"""What was read, in numbers: nothing that was read is dropped silently."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence


def reading(inputs: pl.DataFrame) -> list[str]:
    """A sentence for the logs and one for the trail, from INPUTS; neither where there is none of them."""
    usable = inputs.filter(pl.col("kind") != "unusable")
    logs = usable.filter(pl.col("lines").is_not_null())
    trail = usable.filter(pl.col("lines").is_null() & pl.col("records").is_not_null())
    said = [
        _sentence(logs, "log", ("lines", "recognised", "noise", "unrecognised")),
        _sentence(trail, "trail file", ("records", "duplicates", "undecodable")),
    ]
    return [sentence for sentence in said if sentence]


def _sentence(inputs: pl.DataFrame, what: str, columns: Sequence[str]) -> str:
    if inputs.is_empty():
        return ""
    whole, *parts = [_counted(int(inputs[column].sum() or 0), column) for column in columns]
    return f"Read {_counted(inputs.height, f'{what}s')}, {whole}: {', '.join(parts)}."


def _counted(number: int, things: str) -> str:
    return f"{number} {things.removesuffix('s') if number == 1 else things}"
