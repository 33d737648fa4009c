"""The indentation or quotation marks (`> `) that a paste puts before every line, as mails and issues do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import polars as pl

_SHIFT: Final = r"(?:[ \t]|> ?)+"


def shift_of(lines: pl.Series, flush: str) -> str | None:
    """What stands before most of the lines that are printed without anything before them; None if nothing does.

    Args:
        lines: of a log.
        flush: a Rust pattern of how such lines begin.
    """
    straight = int(lines.str.contains(f"^(?:{flush})").sum())
    shifts = lines.str.extract(f"^({_SHIFT})(?:{flush})").drop_nulls()
    if len(shifts) <= straight:
        return None
    return str(shifts.mode().sort()[0])


def without_shift(lines: pl.Series, shift: str) -> pl.Series:
    """`lines` without `shift`; of an indentation a line may have less: the first one that is pasted often has."""
    if ">" in shift:
        return lines.str.replace(f"^(?:{re.escape(shift)}|{re.escape(shift.rstrip())}$)", "")
    return lines.str.replace(f"^[ \t]{{1,{len(shift)}}}", "")
