"""The tables of objects: what a bucket holds, and which of it is read."""

from __future__ import annotations

from typing import Final

import polars as pl

from analyzer.tables import TIME

LISTED: Final = pl.Schema(
    {
        "bucket": pl.String(),
        "key": pl.String(),
        "size": pl.Int64(),  # bytes
        "etag": pl.String(),  # with its quotes, as the endpoint says it; null: it says none
        "modified": TIME,
    }
)
"""One object of a listing."""

PLANNED: Final = pl.Schema(
    {
        **LISTED,
        "read": pl.Boolean(),
        "why": pl.String(),  # it is not read; null where it is
    }
)
"""One object, and whether it is read."""
