"""What a listing adds to what can be said of a write: whether its key was as meant at the moment of the listing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.world.timeline import Timeline, holds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.world.knowable import Evidence, Judged
    from tests.world.scenario import Scenario


def with_listings(world: Scenario, evidence: Evidence, judged: Sequence[Judged]) -> list[Judged]:
    """The verdicts that are right with the listings of the scenario.

    A write that was in place when its store was listed may be called landed, whoever made it so. One that was not
    may be called lost or mismatched, unless a deploy whose log is available meant to undo it. A listing made before
    the operation ended says nothing.
    """
    at = {listing.store: listing.at for listing in world.listings}
    if not at:
        return list(judged)
    timeline = Timeline(world.service)
    return [_with(each, at.get(each.truth.intent.store), timeline, evidence) for each in judged]


def _with(each: Judged, at: float | None, timeline: Timeline, evidence: Evidence) -> Judged:
    truth, intent = each.truth, each.truth.intent
    end = intent.operation.ended or truth.deploy.killed_at
    if at is None or end is None or at <= end:
        return each
    if holds(intent, timeline.value_at(intent.store, intent.key, at)):
        return replace(each, right=each.right | {"landed"})
    gone = {"mismatched"}
    if truth.fate in ("lost", "restored") or truth.again or evidence.undone_unseen(truth):
        gone.add("lost")
    if truth.undone and not evidence.undone_unseen(truth):
        return each
    return replace(each, right=each.right | gone)
