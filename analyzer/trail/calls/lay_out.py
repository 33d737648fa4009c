"""RECORDS and KEY_ROWS → CALLS: each record at the place of each of its keys, in the order of CALLS."""

from __future__ import annotations

from typing import Final

import polars as pl

from analyzer.tables import CALLS
from analyzer.trail.calls.usual import KEY_COLUMNS

ORDER: Final = ("store", "at", "event_id", "key", "effect")
_PLACE: Final = "place"


def laid_out(tables: list[tuple[pl.DataFrame, pl.DataFrame]], *also: str) -> pl.DataFrame:
    """CALLS of RECORDS and KEY_ROWS, ordered by store, time, eventID, key and effect.

    By columns, so that two whole tables are never held. A column that says one thing all over, as most do in the trail
    of one store, is laid out as a literal, which polars holds once.

    Args:
        tables: the two tables alone. They are taken out: a million records are not held twice.
        also: columns of the records that are kept besides, before those of CALLS.
    """
    records, keys = tables.pop()
    records = records.sort(*ORDER[:3], "record", nulls_last=True)
    places = records.select("record").with_row_index(_PLACE)
    keys = keys.join(places, on="record", maintain_order="left").drop("record")
    keys = keys.sort(_PLACE, "key", "effect", nulls_last=True, maintain_order=True)
    records = records.select(*also, *(name for name in records.columns if name in CALLS))
    place = keys[_PLACE]
    columns: dict[str, pl.Series] = {}
    literals: list[pl.Expr] = []
    for name in records.columns:
        _put(name, records.drop_in_place(name), place, columns, literals)
    for name in KEY_COLUMNS:
        _put(name, keys.drop_in_place(name).cast(CALLS[name]), None, columns, literals)
    height = pl.DataFrame(columns) if columns else pl.DataFrame({_PLACE: place})
    return height.with_columns(literals).select(*also, *CALLS.names())


def _put(
    name: str,
    column: pl.Series,
    place: pl.Series | None,
    columns: dict[str, pl.Series],
    literals: list[pl.Expr],
) -> None:
    """Puts a column, gathered at `place`, among `columns`, or among `literals`."""
    if column.n_unique() == 1:
        literals.append(pl.lit(column.first(), column.dtype).alias(name))
    else:
        columns[name] = column if place is None else column.gather(place)
