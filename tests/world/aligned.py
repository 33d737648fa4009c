"""Holds the alignment of each deploy to the true offset of its clock, where the report tells one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.world.resources import namespace
from tests.world.score import EXACT

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
    delay: float = 0,
) -> None:
    """Counts them by where they lie (near zero, away, the clock steps), by state, and by whether they are right.

    `deploys` are the true ones by the report's ids. An offset must be that of the log's clock and of the seconds
    (`delay`) by which a CI job printed each line late. A log without times has no offset: the run that is taken must
    be in the deploy's true time. Of text, what counts is how many runs on its namespaces the trail has. A tie that the
    clock decided is counted apart.
    """
    alignments: pl.DataFrame | None = getattr(report, "alignments", None)
    if alignments is None:
        return
    for row in alignments.iter_rows(named=True):
        deploy = deploys[row["deploy"]]
        there = evidence.placing.calls_of_deploy(deploy) > 0
        offsets = [(each["low"], each["high"]) for each in row["offsets"] or []]
        right = any(
            low - RIGHT <= true + delay <= high + RIGHT
            for low, high in offsets
            for true in deploy.clock.offsets
        )
        if not offsets and row["at"] is not None:
            right = _within(row["at"], row["until"], deploy, base)
        if form == EXACT:
            near = all(low <= NEAR and high >= -NEAR for low, high in offsets) if offsets else None
            true_near = abs(deploy.clock.offset) <= NEAR
            where = "near zero" if (near if near is not None else true_near) else "away"
        else:
            where = CLUSTERS[min(2, clusters(deploy, evidence))]
        if deploy.clock.steps:
            where = "the clock steps"
        state = row["state"]
        if state == "aligned" and row["basis"] == "clock":
            state = "aligned by the clock"
        taken = bool(offsets) or row["at"] is not None
        word = ("right" if right else "wrong" if taken else "none taken") if there else "not in the trail"
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


def _within(at: datetime, until: datetime, deploy: Deploy, base: datetime) -> bool:
    """Whether calls from `at` to `until` are in the deploy's true time."""
    since, end = ((each - base).total_seconds() for each in (at, until))
    ended = deploy.ended or deploy.killed_at or deploy.began
    return since >= deploy.began - SLACK and end <= ended + SLACK
