"""The table between the gate and the rules about suppressions."""

from __future__ import annotations

import polars as pl

SUPPRESSIONS = pl.Schema(
    {
        "source": pl.String(),  # the configuration that it stands in
        "line": pl.Int64(),
        "about": pl.String(),  # what it asks: `rule LW301, key 7c62:*`
        "reason": pl.String(),
        "expires": pl.Date(),  # the last day on which it holds
        "state": pl.String(),  # one of SUPPRESSION_STATES
        "findings": pl.Int64(),  # that it fits, also where it is expired
    }
)
SUPPRESSION_STATES = ("used", "unused", "expired", "elsewhere")
"""`elsewhere`: it is for an app or stage that no deploy of the run has."""
