"""The route entries that console lines of a program show: all that text shows of what a KvRoutesUpdate writes.

SST's components print two lines while they run, which Pulumi shows on the stack's row
(docs/facts/sst-output.md#3-pulumilog, seen in anomalyco/sst#5584): `Building kv namespace for RouterRoute/`, then
`entry: site,50f6,,/`.
"""

from __future__ import annotations

import polars as pl

from analyzer.grammar.nested import console_lines
from analyzer.resources.shown import after_components


def said_entries(events: pl.DataFrame) -> pl.DataFrame:
    """`deploy, base, entry`: the last entry shown for each component, `base` being its name.

    Args:
        events: EVENTS, in the order of the log.
    """
    console = events.filter((pl.col("kind") == "console") & pl.col("message").is_not_null())
    parsed = console.join(
        console_lines(console["message"].unique()), on="message", how="left", maintain_order="left"
    )
    return (
        parsed.with_columns(base=pl.col("kv_namespace").forward_fill().over("deploy"))
        .filter(pl.col("kv_entry").is_not_null() & pl.col("base").is_not_null())
        .select("deploy", "base", entry="kv_entry")
        .unique(["deploy", "base"], keep="last", maintain_order=True)
    )


def base_name(name: pl.Expr) -> pl.Expr:
    """The component's name: `RouterRoute/` of `RouterRoute/RoutesUpdate.sst.aws.KvRoutesUpdate`."""
    return name.str.replace(after_components(), "")
