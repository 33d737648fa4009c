"""Times as text, one form for every output that a program reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars.selectors as cs

from analyzer.tables import TIME

if TYPE_CHECKING:
    import polars as pl


def rfc3339() -> pl.Expr:
    """Every column of times as RFC 3339 in UTC; a fraction of a second is written only where there is one."""
    return cs.by_dtype(TIME).dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ")
