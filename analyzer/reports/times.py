"""Times as text, one form for every output that a program reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import polars.selectors as cs

from analyzer.tables import TIME

if TYPE_CHECKING:
    from collections.abc import Iterable

_FORM = "%Y-%m-%dT%H:%M:%S%.fZ"


def rfc3339() -> pl.Expr:
    """Every column of times as RFC 3339 in UTC; a fraction of a second is written only where there is one."""
    return cs.by_dtype(TIME).dt.strftime(_FORM)


def rfc3339_in(lists: str, times: Iterable[str]) -> pl.Expr:
    """The column `lists` of lists of structs, with the fields `times` of each as `rfc3339` writes them."""
    return pl.col(lists).list.eval(
        pl.element().struct.with_fields(pl.field(name).dt.strftime(_FORM) for name in times)
    )
