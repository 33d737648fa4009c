"""What can be said of an operation of a log that names no keys: of all its writes together.

A resource of which one key landed and another did not is neither landed nor dropped: `landed` is right only if every
write landed (or with low confidence, if one did), `dropped` only if none did. `lost` is right if one was lost. The row
of a route that moves to another store says that it is added there: that it was taken out of the old one does not make
it.

The log names no store: it is known only where a call available names the namespace of the component. A list of routes
(`*:routes`) is anybody's list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tests.world.hostile.ci import LATE, LIVE
from tests.world.hostile.windows import Window  # noqa: TC001 - a NamedTuple reads its annotations
from tests.world.knowable import Evidence, Judged
from tests.world.placed import NEAR
from tests.world.resources import KV_ROUTES, namespace
from tests.world.score import CI, UNTIMED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.world.deploy import Deploy
    from tests.world.resources import Intent, Operation

SLACK = 5
"""Seconds that a clock may be off, where a person gives the times."""


class Given(NamedTuple):
    """What a log comes with: its form, the window that a person gave, how a CI job printed it, and how late."""

    form: str
    window: Window
    printed: str = LIVE
    delay: float = 0


class Group(NamedTuple):
    """The row of a text log: a resource's name, and whether it was deleted."""

    name: str
    deleted: bool


def group_of(operation: Operation) -> Group:
    """The row that shows the operation."""
    return Group(operation.full_name, operation.new is None)


def together(
    deploy: Deploy, judged: list[Judged], evidence: Evidence, given: Given
) -> Iterator[tuple[Group, Judged]]:
    """Each row of the deploy's log with what can be said of it."""
    groups: dict[Group, list[Judged]] = {}
    for each in judged:
        if each.truth.deploy is deploy:
            groups.setdefault(group_of(each.truth.intent.operation), []).append(each)
    routes = sum(members[0].truth.intent.operation.kind == KV_ROUTES for members in groups.values())
    crowded = evidence.others_write_routes(deploy)
    for name, members in groups.items():
        if not _by_the_hash(deploy, members[0].truth.intent):
            continue
        worst = next((each for each in members if each.truth.fate not in ("landed", "moot")), members[0])
        swappable = worst.truth.intent.operation.kind == KV_ROUTES and (routes > 1 or crowded)
        one_fate = len({each.truth.fate for each in members}) == 1
        unclear = swappable or not one_fate or _deleted_later(members)
        level = "" if unclear else _level(evidence, deploy, worst, given)
        right, hedged = _right(members)
        yield name, Judged(worst.truth, right, level, swappable, worst.doubtful or hedged)


def _right(members: list[Judged]) -> tuple[frozenset[str], bool]:
    """The verdicts that are right of the whole row, and whether `landed` is right with low confidence alone."""
    some = frozenset().union(*(each.right for each in members))
    every = frozenset.intersection(*(each.right for each in members))
    added = [each.right for each in members if each.truth.intent.action == "append"]
    never_added = frozenset.intersection(*added) & {"dropped"} if added else frozenset()
    right = some - ({"dropped"} - every - never_added)
    if members[0].truth.intent.operation.reported == "failed":
        right |= {"errored"}  # what is judged is the operation, and it failed
    if any(each.truth.renewed for each in members):
        right |= {"lost", "mismatched"}  # the log of the deploy that meant it is not available
    return right, "landed" in some - every


def _level(evidence: Evidence, deploy: Deploy, each: Judged, given: Given) -> str:
    """Whether it can be told, and from what: a window that holds the deploy, or the only run on its namespaces.

    Stamps that a CI job printed late are no times; the dots beside them are right to seconds, which no drop rests on.
    """
    if not each.level:
        return ""
    if given.form == UNTIMED:
        return "likely" if each.truth.fate == "landed" and evidence.one_run(deploy) else ""
    if given.form == CI:
        held = given.printed == LATE or (given.printed != LIVE and each.truth.fate != "landed")
        if held or not evidence.placing.placed(deploy, NEAR):
            return ""
    if not given.window.holds or not _nobody_else(evidence, deploy, each, given.window):
        return ""
    return each.level if _told(evidence, deploy, each, given.window) else "likely"


def _nobody_else(evidence: Evidence, deploy: Deploy, each: Judged, window: Window) -> bool:
    """For a drop: whether no call on the namespace could be the write, for the log does not say which key it was.

    No other log is available: the calls of other deploys are anybody's.
    """
    intent = each.truth.intent
    if each.truth.fate != "dropped":
        return not evidence.others_write(deploy, prefix(deploy, intent), window.since, window.until)
    return evidence.placing.nobody_else(
        deploy,
        intent.operation,
        lambda done: any(key.startswith(prefix(deploy, intent)) for key in done.call.keys),
        reads=False,
        logs=False,
    )


def _deleted_later(members: list[Judged]) -> bool:
    """Whether a later deploy, of which no log is available here, deleted a key of the row: that looks like a loss."""
    return any(
        each.truth.renewal is not None and each.truth.intent.key in each.truth.renewal.call.deletes
        for each in members
    )


def prefix(deploy: Deploy, intent: Intent) -> str:
    """What the keys of the operation begin with, as the log tells it."""
    if intent.operation.kind == KV_ROUTES:
        return intent.key
    return f"{namespace(deploy.app, deploy.stage, intent.operation.component)}:"


def _told(evidence: Evidence, deploy: Deploy, each: Judged, window: Window) -> bool:
    """Whether a call names the component's namespace, so that its store is known, and the chain brackets the deploy.

    The deploy's times are given by hand, so the chain must reach some seconds beyond them.
    """
    intent = each.truth.intent
    named = evidence.named_in(namespace(deploy.app, deploy.stage, intent.operation.component))
    return named == {intent.store} and evidence.brackets(
        intent.store, window.since - SLACK, window.until + SLACK
    )


def _by_the_hash(deploy: Deploy, intent: Intent) -> bool:
    """Whether text can tell the key: only where nobody gave the component another namespace than its name's."""
    operation = intent.operation
    return operation.kind == KV_ROUTES or intent.key.startswith(
        namespace(deploy.app, deploy.stage, operation.component)
    )
