"""The times of the deploys by CloudTrail's clock, so that one page has one set of times.

In come DEPLOYS, ALIGNMENTS and the writes of a report. Out go `Clock`s, and the writes with `begin` and `finish`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from analyzer.reports.report import Report

NOTICED: Final = 2  # seconds; a clock that differs by less counts as right
_TELLING: Final = ("events", "stamps", "dots")
"""The `times` of DEPLOYS that say when an operation ran."""

_WHY: Final = {
    "ambiguous": "Several runs in the trail fit this deploy. Its steps stand at the times of its log, and no line "
    "joins them to a call.",
    "unaligned": "No run in the trail fits this deploy. Its steps stand at the times of its log, and no line joins "
    "them to a call.",
    "stepped": "The log's clock was set while the deploy ran. Its steps stand at the times of its log, and only those "
    "that a call answers are joined to it.",
}


@dataclass(frozen=True, slots=True)
class Clock:
    """How the times of one deploy's log become CloudTrail's.

    Attributes:
        deploy: its id.
        ahead: seconds that the log is ahead of CloudTrail; 0 where it is right, or nothing is known.
        joined: its steps may be joined to calls by their times.
        why: a sentence, where they may not; else None.
        note: what the alignment says of the clock.
    """

    deploy: str
    ahead: int
    joined: bool
    why: str | None
    note: str | None


def clocks(report: Report) -> dict[str, Clock]:
    """The clock of each deploy, by its id."""
    found = {row["deploy"]: row for row in report.alignments.iter_rows(named=True)}
    return {name: _clock(name, found.get(name)) for name in report.deploys["id"]}


def _clock(deploy: str, row: dict[str, object] | None) -> Clock:
    if row is None:
        return Clock(deploy, 0, joined=False, why=None, note=None)
    offsets = row["offsets"]
    note = None if row["note"] is None else str(row["note"])
    if row["state"] != "aligned" or not isinstance(offsets, list):
        return Clock(deploy, 0, joined=False, why=_WHY.get(str(row["state"])), note=note)
    if len(offsets) != 1:
        return Clock(deploy, 0, joined=False, why=_WHY["stepped"] if offsets else None, note=note)
    ahead = (offsets[0]["low"] + offsets[0]["high"] + 1) // 2
    return Clock(deploy, ahead if abs(ahead) > NOTICED else 0, joined=True, why=None, note=note)


def timed(report: Report, known: dict[str, Clock]) -> pl.DataFrame:
    """`report.writes` with what the page needs of their times and places.

    Adds `begin` and `finish` (CloudTrail's clock; null where the log does not say when the operation ran), `joined`
    (the times may be compared with those of calls), `nth` and `of` (which write of its operation it is, from 1).
    """
    by_deploy = pl.DataFrame(
        {
            "deploy": [clock.deploy for clock in known.values()],
            "ahead": [timedelta(seconds=clock.ahead) for clock in known.values()],
            "joined": [clock.joined for clock in known.values()],
        },
        {"deploy": pl.String(), "ahead": pl.Duration("us"), "joined": pl.Boolean()},
    ).join(report.deploys.select("id", "times"), left_on="deploy", right_on="id", how="left")
    says = (pl.col("exact") | pl.col("times").is_in(_TELLING)).fill_null(value=False)
    when = {"begin": "start", "finish": "end"}
    return (
        report.writes.join(by_deploy, on="deploy", how="left", maintain_order="left")
        .with_columns(
            pl.when(says).then(pl.coalesce(column, *when.values()) - pl.col("ahead")).alias(name)
            for name, column in when.items()
        )
        .with_columns(
            joined=pl.col("joined").fill_null(value=False) & pl.col("begin").is_not_null(),
            nth=pl.int_range(1, pl.len() + 1).over("deploy", "operation"),
            of=pl.len().over("deploy", "operation"),
        )
    )
