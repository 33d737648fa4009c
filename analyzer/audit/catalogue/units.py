"""The tables of a catalogue as its files hold them: those of `TABLES`, and the unit that each row was judged in."""

from __future__ import annotations

from typing import Final

import polars as pl

from analyzer.audit.tables import TABLES

UNIT: Final = "unit"
_UNIT: Final = {UNIT: pl.String()}  # the name of what was judged as a whole: its rows are replaced together

NOTES: Final = pl.Schema({"source": pl.String(), "problem": pl.String()})
"""What only the judgement shows of an input."""

REPEATS: Final = pl.Schema({"source": pl.String(), "duplicates": pl.Int64()})
"""Records of each trail file that an earlier file had first."""

HELD: Final = {
    **{name: pl.Schema({**schema, **_UNIT}) for name, schema in TABLES.items()},
    "notes": pl.Schema({**NOTES, **_UNIT}),
    "repeats": pl.Schema({**REPEATS, **_UNIT}),
}
"""The schema of each table's files: `notes` and `repeats` are for the audit itself, which makes `inputs` of them."""
