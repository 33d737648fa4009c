"""Holds the alignment of each deploy to the true offset of its clock, where the report tells one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.world.resources import namespace

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import polars as pl

    from analyzer import Report
    from tests.world.deploy import Deploy
    from tests.world.knowable import Evidence
    from tests.world.score import Score

NEAR, RIGHT, SLACK = 3.5, 2.5, 5.0
"""Seconds: an offset that is nearly none; an error that is none; and by how much a window may miss the deploy."""

CLUSTERS = ("no cluster", "one cluster", "several clusters")
PAUSE = 30.0
"""Seconds without a call that end a cluster."""


def score_alignments(  # noqa: PLR0913 - what was said, what is true, and where it is counted
    report: Report,
    deploys: Mapping[str, Deploy],
    *,
    evidence: Evidence,
    base: datetime,
    form: str,
    found: Score,
) -> None:
    """Counts them by where they lie (near zero, away, the clock steps), by state, and by whether they are right.

    `deploys` are the true ones by the report's ids. An event log shows an offset; of text, the windows of the writes
    must touch the deploy's true time, and what counts is how many runs on its namespaces the trail has. A tie that the
    clock decided is counted apart.
    """
    alignments: pl.DataFrame | None = getattr(report, "alignments", None)
    if alignments is None:
        return
    windows = {
        row["deploy"]: (row["start"], row["end"])
        for row in report.writes.select("deploy", "start", "end").iter_rows(named=True)
        if row["start"] is not None and row["end"] is not None
    }
    for row in alignments.iter_rows(named=True):
        deploy = deploys[row["deploy"]]
        there = evidence.placing.calls_of_deploy(deploy) > 0
        if form == "event log":
            offsets = [(each["low"], each["high"]) for each in row["offsets"] or []]
            right = any(
                low - RIGHT <= true <= high + RIGHT for low, high in offsets for true in deploy.clock.offsets
            )
            near = all(low <= NEAR and high >= -NEAR for low, high in offsets) if offsets else None
            true_near = abs(deploy.clock.offset) <= NEAR
            where = "near zero" if (near if near is not None else true_near) else "away"
        else:
            right = _touches(windows.get(row["deploy"]), deploy, base)
            where = CLUSTERS[min(2, clusters(deploy, evidence))]
        if deploy.clock.steps:
            where = "the clock steps"
        state = row["state"]
        if state == "aligned" and row["basis"] == "clock":
            state = "aligned by the clock"
        word = ("right" if right else "wrong") if there else "not in the trail"
        found.alignments[form, where, state, word] += 1


def clusters(deploy: Deploy, evidence: Evidence) -> int:
    """How many runs the trail has on the namespaces of the deploy's components: of one writer, without a pause."""
    spaces = {namespace(deploy.app, deploy.stage, each.component) for each in deploy.operations}
    last: dict[str, float] = {}
    found = 0
    for done in evidence.placing.attempts:
        if any(key[:4] in spaces for key in done.call.keys):
            found += done.at - last.get(done.actor.caller, -PAUSE - 1) > PAUSE
            last[done.actor.caller] = done.at
    return found


def _touches(window: tuple[datetime, datetime] | None, deploy: Deploy, base: datetime) -> bool:
    if window is None:
        return False
    since, until = ((each - base).total_seconds() for each in window)
    end = deploy.ended or deploy.killed_at or deploy.began
    return since <= end + SLACK and until >= deploy.began - SLACK
