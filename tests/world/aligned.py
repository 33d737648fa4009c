"""Holds the alignment of each deploy to the true offset of its clock, where the report tells one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.world.resources import KV_KEYS, intents, namespace
from tests.world.score import EXACT, UNTIMED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    import polars as pl

    from analyzer import Report
    from tests.world.deploy import Deploy
    from tests.world.knowable import Evidence
    from tests.world.score import Score
    from tests.world.service import Done

NEAR, RIGHT, SLACK = 3.5, 2.5, 5.0
"""Seconds: an offset that is nearly none; an error that is none; and by how much a window may miss the deploy."""

CLUSTERS = ("no cluster fits", "one cluster fits", "several clusters fit")
MIXED = "one cluster fits, mixed with others"
PAUSE = 30.0
"""Seconds without a call that end a cluster."""
FITS, THERE = 1 / 2, 3 / 4
"""The share of a log's operations that a cluster must explain to fit, and the deploy's own to be in the trail: nothing
else is clean (docs/facts/alignment.md#1-event-logs-the-estimator, decision; #3-text-without-times)."""


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
    be in the deploy's true time. Of text, what counts is how many clusters of calls in the trail fit it, and where none
    is taken, whether the deploy's own does; no clock stamps a log without times. A tie that the clock decided is
    counted apart.
    """
    alignments: pl.DataFrame | None = getattr(report, "alignments", None)
    if alignments is None:
        return
    for row in alignments.iter_rows(named=True):
        deploy = deploys[row["deploy"]]
        there = evidence.placing.calls_of_deploy(deploy) > 0
        taken = bool(row["offsets"]) or row["at"] is not None
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
            fitting = clusters(deploy, evidence)
            where = CLUSTERS[min(2, len(fitting))]
            where = MIXED if where == CLUSTERS[1] and is_mixed(deploy, evidence, fitting[0]) else where
            there = there if taken else in_the_trail(deploy, evidence)
        if deploy.clock.steps and form != UNTIMED:
            where = "the clock steps"
        state = row["state"]
        if state == "aligned" and row["basis"] == "clock":
            state = "aligned by the clock"
        word = ("right" if right else "wrong" if taken else "none taken") if there else "not in the trail"
        found.alignments[form, where, state, word] += 1


def clusters(deploy: Deploy, evidence: Evidence) -> list[Sequence[Done]]:
    """The clusters of calls in the trail that fit a log without times.

    A cluster is what one writer wrote without a pause, and without naming a key of the components again: that is
    another run. It fits if it names a namespace of the deploy's components, and explains at least half of what the log
    calls done: a lone call of another deploy on one of them does not.
    """
    return [calls for calls in _runs(deploy, evidence) if _explained(deploy, calls) >= FITS]


def in_the_trail(deploy: Deploy, evidence: Evidence) -> bool:
    """Whether the deploy's own cluster is in the trail, nearly whole."""
    return any(
        _explained(deploy, calls) >= THERE
        for calls in clusters(deploy, evidence)
        if any(done.actor.operation in deploy.operations for done in calls)
    )


def is_mixed(deploy: Deploy, evidence: Evidence, calls: Sequence[Done]) -> bool:
    """Whether the writer wrote other namespaces without a pause, too.

    By text a deploy of another stage at the same time cannot be told from a larger run of the same stack: the cluster
    is not clean (docs/facts/alignment.md#3-text-without-times), and is counted apart.
    """
    spaces = {namespace(deploy.app, deploy.stage, each.component) for each in deploy.operations}
    return any(
        done.writes
        and done.call.api == "UpdateKeys"
        and done.actor.caller == calls[0].actor.caller
        and calls[0].at - PAUSE <= done.at <= calls[-1].at + PAUSE
        and not _is_list(done)
        and not any(key[:4] in spaces for key in done.call.keys)
        for done in evidence.placing.attempts
    )


def _runs(deploy: Deploy, evidence: Evidence) -> list[list[Done]]:
    """What each writer wrote by SST's API on the namespaces of the deploy's components, and on any list."""
    spaces = {namespace(deploy.app, deploy.stage, each.component) for each in deploy.operations}
    open_runs: dict[str, list[Done]] = {}
    found: list[list[Done]] = []
    for done in evidence.placing.attempts:
        names = {key for key in done.call.keys if key[:4] in spaces}
        if not done.writes or done.call.api != "UpdateKeys" or not (names or _is_list(done)):
            continue
        run = open_runs.get(done.actor.caller)
        put = names & {key for key, _ in done.call.puts if not key.endswith(":routes")}
        again = run is not None and any(put & {key for key, _ in each.call.puts} for each in run)
        if run is None or again or done.at - run[-1].at > PAUSE:
            run = open_runs[done.actor.caller] = []
            found.append(run)
        run.append(done)
    return found


def _explained(deploy: Deploy, calls: Sequence[Done]) -> float:
    """The share of what the log calls done; none if no namespace of a component is named."""
    operations = [each for each in deploy.operations if each.reported == "succeeded" and intents(each)]
    own: list[Done] = []
    explained = 0
    for operation in operations:
        if operation.kind == KV_KEYS:
            space = namespace(deploy.app, deploy.stage, operation.component)
            naming = [done for done in calls if any(key.startswith(f"{space}:") for key in done.call.keys)]
            own += naming
            explained += bool(naming)
    stores = {done.call.store for done in own}
    lists = sum(_is_list(done) and done.call.store in stores for done in calls)
    explained += min(lists, sum(operation.kind != KV_KEYS for operation in operations))
    return explained / len(operations) if own else 0.0


def _is_list(done: Done) -> bool:
    return any(key.endswith(":routes") for key in done.call.keys)


def _within(at: datetime, until: datetime, deploy: Deploy, base: datetime) -> bool:
    """Whether calls from `at` to `until` are in the deploy's true time."""
    since, end = ((each - base).total_seconds() for each in (at, until))
    ended = deploy.ended or deploy.killed_at or deploy.began
    return since >= deploy.began - SLACK and end <= ended + SLACK
