"""What the rules about the evidence share: a finding for the writes of a deploy and store left in doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.rules.phrase import store
from analyzer.tables import CONFIDENCES

if TYPE_CHECKING:
    from analyzer.rules.interface import Case

RULE_OF: Final = {
    "data_events_off": "LW301",
    "trail_gap": "LW302",
    "no_window": "LW303",
    "wrong_trail": "LW305",
    "trail_too_early": "LW307",
    "chain_not_closed": "LW307",
    "no_trail": "LW308",
    "not_covered": "LW309",
    "clocks_differ": "LW310",
    "rivals": "LW311",
    "other_writer": "LW312",
    "contested": "LW313",
    "maybe_nothing": "LW314",
    "form_lost": "LW315",
    "degraded_form": "LW315",  # what earlier versions called it, and `contested` and `maybe_nothing` too
    "outcome_unknown": "LW316",
    # Of these it is certain that one of several writes is not in place, and nothing shows which one.
    "never_attempted": "LW101",
    "read_failed": "LW101",
    "precondition_failed": "LW101",
    "lost_update": "LW104",
    "deleted": "LW105",
    "namespace_collision": "LW105",
    "interrupted": "LW107",
}
"""The rule that reports each cause of an `unverifiable` write (docs/architecture.md#6-verdicts): no doubt is silent."""

ONE_OF_SEVERAL: Final = tuple(cause for cause, code in RULE_OF.items() if code < "LW200")
"""The causes that a rule reports for each write, and not for a deploy and store."""


def doubts(case: Case, facts: dict[str, str]) -> pl.DataFrame:
    """A finding for each deploy, store and cause that has writes which are unverifiable for one of `facts`.

    The confidence is the least of the verdicts'. A fact is the clause that says why nothing can be told.
    """
    if case.doubts.isdisjoint(facts):
        return pl.DataFrame()
    unsure = case.writes.filter((pl.col("verdict") == "unverifiable") & pl.col("cause").is_in([*facts]))
    fact = pl.col("cause").replace_strict(facts, return_dtype=pl.String)
    return about_stores(unsure.with_columns(fact=fact), one="remains in doubt", many="remain in doubt")


def about_stores(writes: pl.DataFrame, *, one: str, many: str) -> pl.DataFrame:
    """What `Rule.find` gives, a finding for each deploy, store and `fact` of `writes`: how many, and the fact.

    Args:
        writes: rows of `Case.writes` with a column `fact`.
        one: what is said of one write.
        many: what is said of several.
    """
    if writes.is_empty():
        return pl.DataFrame()
    confidence = pl.col("confidence").cast(pl.Enum(CONFIDENCES))
    grouped = writes.group_by("deploy", "store", "fact", maintain_order=True).agg(
        count=pl.len(), confidence=confidence.max(), source=pl.col("source").first()
    )
    alone = pl.col("count") == 1
    message = pl.format(
        "{} {} to {} {}: {}.",
        pl.col("count"),
        pl.when(alone).then(pl.lit("write")).otherwise(pl.lit("writes")),
        store("a store that the log does not name"),
        pl.when(alone).then(pl.lit(one)).otherwise(pl.lit(many)),
        "fact",
    )
    return grouped.select(
        pl.col("confidence").cast(pl.String()), "deploy", "store", "source", message=message
    )
