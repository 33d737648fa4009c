"""The tables of a catalogue as its files hold them: those of `TABLES`, and the unit that each row was judged in."""

from __future__ import annotations

from typing import Final

import polars as pl

from analyzer.audit.tables import TABLES
from analyzer.tables import STORE_LIVES

UNIT: Final = "unit"
_UNIT: Final = {UNIT: pl.String()}  # the name of what was judged as a whole: its rows are replaced together

HELD: Final = {
    **{name: pl.Schema({**schema, **_UNIT}) for name, schema in TABLES.items()},
    "lives": pl.Schema({**STORE_LIVES, **_UNIT}),
}
"""The schema of each table's files: `lives` has when each store existed, as the trail says, or a log."""

NEEDED: Final = {
    "deploys": ("id", "sources", "stores"),
    "writes": ("id", "deploy", "verdict"),
    "findings": ("code", "severity"),
}
"""The columns of these tables without which a row is none; and the unit in all."""
