"""By what each deploy of an audit is known, and what SST's update object says of it: columns of AUDIT_DEPLOYS.

A home is pruned in part as a rule (docs/facts/sst-output.md#13-state-bucket): a deploy whose event log is gone is
counted as such, and is no problem.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from analyzer.logs.part import Logs

KNOWN: Final = pl.Schema(
    {
        "id": pl.String(),
        "evidence_kind": pl.String(),  # event_log, text, update, state: the best of its logs
        "told_errors": pl.Int64(),  # errors of the update object; null where none is available, or it has no end
        "run_id": pl.String(),  # of SST's console, by the update object
    }
)
_RANKS: Final = {"engine-events": 0, "sst-update": 2, "sst-summary": 2, "sst-state": 3}
_TEXT: Final = 1
_NAMES: Final = ("event_log", "text", "update", "state")


def evidence_of(logs: Logs) -> pl.DataFrame:
    """KNOWN of assembled logs, in the order of their deploys."""
    kinds = logs.inputs.select("source", "kind").unique("source", keep="first", maintain_order=True)
    ranked = (
        logs.deploys.select("id", source="sources")
        .explode("source")
        .join(kinds, on="source", how="left")
        .group_by("id")
        .agg(best=pl.col("kind").replace_strict(_RANKS, default=_TEXT, return_dtype=pl.Int64).min())
    )
    names = dict(enumerate(_NAMES))
    return (
        logs.deploys.select("id")
        .join(ranked, on="id", how="left", maintain_order="left")
        .join(_told(logs.events), on="id", how="left", maintain_order="left")
        .select(
            "id",
            pl.col("best").replace_strict(names, return_dtype=pl.String).alias("evidence_kind"),
            pl.col("told_errors").cast(pl.Int64, strict=False),
            "run_id",
        )
    )


def _told(events: pl.DataFrame) -> pl.DataFrame:
    """`id, told_errors, run_id`: the last that was said of each."""
    facts = events.filter(pl.col("fact").is_in(["told_errors", "run_id"]))
    return facts.group_by(id="deploy").agg(
        pl.col("value").filter(pl.col("fact") == fact).drop_nulls().last().alias(fact)
        for fact in ("told_errors", "run_id")
    )
