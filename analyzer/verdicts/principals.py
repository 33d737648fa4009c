"""Who made a call: a role or a user, whatever the session."""

from __future__ import annotations

from typing import Final

import polars as pl

_SESSION: Final = r"^(arn:[^:]*:sts::[^:]*:assumed-role/[^/]+)/.+$"


def principal() -> pl.Expr:
    """The principal of `caller`, without the session, which is of one run; null where no record says it."""
    return pl.coalesce(pl.col("caller").str.extract(_SESSION, 1), "caller")
