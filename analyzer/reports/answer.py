"""The one-line answer of a report: how many writes landed, and what became of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.tables import CONFIDENCES, VERDICTS_OF

if TYPE_CHECKING:
    from analyzer.reports.report import Report

NOT_IN_PLACE = ("lost", "mismatched", "errored", "dropped", "unfinished")
"""The verdicts that say, or must be taken to say, that a write is not there."""

_NEVER = {"errored", "dropped"}
_DOUBTS = {
    "data_events_off": "the trail records no data events of the store",
    "trail_gap": "the trail has a gap",
    "trail_too_early": "the trail ends too early",
    "no_window": "the time of the deploy is not known",
    "degraded_form": "the form of the trail lacks what is needed",
    "no_trail": "no trail was given",
    "lost_update": "one of several was overwritten, and nothing shows which",
    "deleted": "one of several was deleted, and nothing shows which",
    "namespace_collision": "another stack deleted one of several, and nothing shows which",
    "never_attempted": "one of several was never made, and nothing shows which",
    "interrupted": "the deploy stopped, and nothing shows which of several landed",
}


def answer(report: Report) -> str:
    """One line, such as `1 of 4 writes never landed: dropped (proven)`."""
    verdicts = report.writes["verdict"]
    total = verdicts.len()
    bad = int(verdicts.is_in(NOT_IN_PLACE).sum())
    unsure = int((verdicts == "unverifiable").sum())
    if total == 0:
        return "The inputs contain no write to a key-value store"
    if bad == 0 and unsure == 0:
        return ("The only write landed" if total == 1 else f"All {total} writes landed") + _weakness(report)
    doubt = f"{unsure} of {_writes(total)} cannot be judged: {_doubts(report)}"
    if bad == 0:
        return doubt
    told = f"{bad} of {_writes(total)} {_verb(report, bad)}: {_breakdown(report)}"
    return f"{told}; {unsure} cannot be judged" if unsure else told


def _writes(count: int) -> str:
    return "1 write" if count == 1 else f"{count} writes"


def _weakness(report: Report) -> str:
    """How many of the verdicts are of low confidence, in parentheses; empty where none is."""
    weak = int((report.writes["confidence"] == "low").sum())
    return f" ({weak} with low confidence)" if weak else ""


def _verb(report: Report, bad: int) -> str:
    found = set(report.writes["verdict"].unique()) & set(NOT_IN_PLACE)
    if found <= _NEVER:
        return "never landed"
    if found == {"unfinished"}:
        return "did not finish"
    return "is not in place" if bad == 1 else "are not in place"


def _breakdown(report: Report) -> str:
    """`2 dropped (proven), 1 lost (high)`; without the number where there is one write."""
    counts = (
        report.writes.filter(pl.col("verdict").is_in(NOT_IN_PLACE))
        .group_by("verdict", "confidence")
        .len()
        .sort(pl.col("verdict").cast(pl.Enum(VERDICTS_OF)), pl.col("confidence").cast(pl.Enum(CONFIDENCES)))
    )
    alone = counts["len"].sum() == 1
    parts = counts.iter_rows()
    return ", ".join(f"{'' if alone else f'{number} '}{verdict} ({sure})" for verdict, sure, number in parts)


def _doubts(report: Report) -> str:
    causes = report.writes.filter(pl.col("verdict") == "unverifiable")["cause"].unique(maintain_order=True)
    return ", ".join(_DOUBTS.get(cause or "", "the evidence is not sufficient") for cause in causes)
