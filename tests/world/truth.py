"""What really became of each intended write, by the model's own history.

The fates are the verdicts of docs/architecture.md#6-verdicts, and two that no verdict names: `moot` (no call was
made and none was needed, the key was as intended) and `restored` (it was lost, and somebody put it back).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.world.resources import KV_KEYS, Intent, Version, intents
from tests.world.timeline import Timeline, holds

if TYPE_CHECKING:
    from tests.world.deploy import Deploy
    from tests.world.resources import Operation
    from tests.world.scenario import Scenario
    from tests.world.service import Done
    from tests.world.timeline import Change


@dataclass(slots=True)
class Truth:
    """The fate of one write.

    Attributes:
        fate: landed, lost, restored, errored, dropped, unfinished, moot.
        landed: the call that made it.
        taken: the call that took it away.
        attempts: the operation's calls that would have made it, and failed.
        right: the verdicts that are right, if everything could be known.
    """

    deploy: Deploy
    intent: Intent
    fate: str
    right: frozenset[str]
    landed: Done | None = None
    taken: Done | None = None
    attempts: list[Done] = field(default_factory=list)
    why: str = ""
    renewed: bool = False
    """A later deploy of the same stage meant to undo it, or made it again; without its log it looks like a loss."""
    renewal: Done | None = None
    """The call by which it did."""
    again: bool = False
    """It made it again: what became of it from then on is the fate of that deploy's write."""

    @property
    def undone(self) -> bool:
        """Whether a later deploy of the same stage meant to undo it, and did."""
        return self.renewed and not self.again


def truths(world: Scenario) -> list[Truth]:
    """The fate of every write that a deploy of the scenario intended."""
    timeline = Timeline(world.service)
    return [
        _fate(world, timeline, deploy, intent)
        for deploy in world.deploys
        for operation in deploy.operations
        for intent in intents(operation)
    ]


def _fate(world: Scenario, timeline: Timeline, deploy: Deploy, intent: Intent) -> Truth:
    mine = [
        done
        for done in world.service.history
        if done.actor.operation is intent.operation
        and done.call.store == intent.store
        and intent.key in done.call.keys
        and done.call.api != "GetKey"
    ]
    attempts = [done for done in mine if done.error is not None]
    landed = next((done for done in reversed(mine) if done.writes and _made(timeline, intent, done)), None)
    if landed is None:
        return _never(world, timeline, deploy, intent, attempts)
    return _later(timeline, deploy, intent, landed, attempts)


def _made(timeline: Timeline, intent: Intent, done: Done) -> bool:
    value = next(change.value for change in timeline.changes(intent.store, intent.key) if change.done is done)
    return holds(intent, value)


def _never(
    world: Scenario, timeline: Timeline, deploy: Deploy, intent: Intent, attempts: list[Done]
) -> Truth:
    operation = intent.operation
    end = operation.ended or deploy.killed_at or world.end
    value = timeline.value_at(intent.store, intent.key, end)
    store = world.service.stores.get(intent.store)  # none: the outputs, and with them its name, were lost
    gone = store.deleted_at if store else None
    in_place = holds(intent, None if gone is not None and gone <= end else value)
    if operation.reported == "unfinished":
        return Truth(
            deploy, intent, "unfinished", _set("unfinished", *["errored"] * bool(attempts)), attempts=attempts
        )
    if operation.reported == "failed":
        return Truth(
            deploy, intent, "errored", _set("errored"), attempts=attempts, why=operation.message[:60]
        )
    if in_place and not attempts:
        later = [
            each for each in timeline.changes(intent.store, intent.key) if each.done and each.done.at > end
        ]
        taken = any(
            each.done and not holds(intent, each.value) and not _superseded(deploy, intent, each.done)
            for each in later
        )
        # What writes whatever it finds, and did not, is dropped, though the store was as it was to be.
        more = ["lost"] * taken + ["dropped"] * _always_writes(deploy, intent)
        return Truth(deploy, intent, "moot", _set("landed", "unverifiable", *more))
    if attempts:
        return Truth(deploy, intent, "errored", _set("errored", "dropped"), attempts=attempts)
    return Truth(deploy, intent, "dropped", _set("dropped"))


def _later(timeline: Timeline, deploy: Deploy, intent: Intent, landed: Done, attempts: list[Done]) -> Truth:
    taken: Done | None = None
    why, renewed, again = "", False, False
    renewal: Done | None = None
    for change in timeline.after(intent, landed):
        if taken is None and change.done is not None and _made_again(deploy, intent, change):
            renewed, renewal, again = True, change.done, True
            break
        if taken is not None and holds(intent, change.value):
            return Truth(deploy, intent, "restored", _set("landed", "lost"), landed, taken, attempts, why)
        if taken is None and not holds(intent, change.value):
            if change.done is None or _superseded(deploy, intent, change.done):
                renewed, renewal = True, change.done
                break
            taken, why = change.done, _why(intent, change)
    if taken is None:
        gone = timeline.deleted(intent.store)
        right = _set("landed", *["lost"] * gone)  # with the store, its keys are gone
        return Truth(deploy, intent, "landed", right, landed, None, attempts, "", renewed, renewal, again)
    given_up = _given_up(deploy, intent, taken)
    right = _set("landed", "lost") if why == "overwritten" or given_up else _set("lost")
    return Truth(deploy, intent, "lost", right, landed, taken, attempts, why)


def _always_writes(deploy: Deploy, intent: Intent) -> bool:
    """Whether SST makes the write even if the store is so already: each key put, a list updated; any list from 3.12.5.

    Source: docs/facts/sst-output.md#42-calls-per-operation.
    """
    if intent.operation.kind == KV_KEYS:
        return intent.action == "put"
    return deploy.version is Version.V3_12_5 or intent.operation.op == "update"


def _given_up(deploy: Deploy, intent: Intent, taken: Done) -> bool:
    """Whether the stage meant to undo it before it was taken away, in vain, or in the deploy that took it away.

    Nobody wanted it any more: of a resource that moved, one deploy may remove both the old one and the new.
    """
    mine = intent.operation
    since = mine.began or 0.0
    in_one_deploy = [
        other
        for each in deploy.siblings
        if taken.actor.operation in each.operations
        for other in each.operations
    ]
    later = [
        other
        for other in _others(deploy)
        if (other.kind, other.name) == (mine.kind, mine.name)
        and other.reported == "succeeded"
        and (other.began or 0.0) > since
        and ((other.ended or 0.0) <= taken.at or other in in_one_deploy)
    ]
    return any(
        (each.store, each.key) == (intent.store, intent.key)
        and _against(each, intent)
        and (intent.action == "append" or each.action != intent.action)
        for other in later
        for each in intents(other)
    )


def _superseded(deploy: Deploy, intent: Intent, done: Done) -> bool:
    """Whether a change was meant by a later deploy of the same stage: on the same resource, or with this very key."""
    other = done.actor.operation
    if other is not None and intent.action == "remove" and _is_wanted_again(deploy, intent, other):
        return True
    if other is None or (other.kind, other.name) != (intent.operation.kind, intent.operation.name):
        return False  # another URN: what it deletes, it takes away (S3)
    same = other is intent.operation or other in _others(deploy)
    if same and other.kind == KV_KEYS and intent.key in done.call.deletes:
        return True  # the resource's own purge: it lists its namespace, and means every key that it finds
    return same and any(
        each.key == intent.key and each.store == intent.store and _against(each, intent)
        for each in intents(other)
    )


def _is_wanted_again(deploy: Deploy, intent: Intent, other: Operation) -> bool:
    """Whether another deploy of the stage puts the entry that was removed, for whichever resource."""
    later = other not in deploy.operations and other in _others(deploy)
    return later and any(
        (each.action, each.store, each.key, each.entry) == ("append", intent.store, intent.key, intent.entry)
        for each in intents(other)
    )


def _made_again(deploy: Deploy, intent: Intent, change: Change) -> bool:
    """Whether a later deploy made the write again, for the same resource: had it another value, it would replace it."""
    other = change.done.actor.operation if change.done else None
    if other is None or intent.action not in ("put", "append") or not holds(intent, change.value):
        return False
    alike = (other.kind, other.name) == (intent.operation.kind, intent.operation.name)
    if not alike or other in deploy.operations or other not in _others(deploy):
        return False
    place = (intent.action, intent.store, intent.key, intent.entry)
    return any((each.action, each.store, each.key, each.entry) == place for each in intents(other))


def _others(deploy: Deploy) -> list[Operation]:
    """The operations of the stage, whichever deploy ran them."""
    return [operation for each in deploy.siblings for operation in each.operations]


def _against(later: Intent, intent: Intent) -> bool:
    """Whether `later`, being done, undoes `intent`."""
    if intent.action == "append":
        before = later.operation.old
        replaced = before is not None and before.outputs.entry == intent.entry
        return (replaced and later.entry != intent.entry) or (
            later.action == "remove" and later.entry == intent.entry
        )
    return True


def _why(intent: Intent, change: Change) -> str:
    """How it was taken away: `removed` by an operation that meant to, of another resource with the same entry (S3)."""
    if change.value is None:
        return "deleted"
    if intent.action in ("put", "delete"):
        return "overwritten"
    by = change.done.actor.operation if change.done else None
    meant = (
        any(each.action == "remove" and each.entry == intent.entry for each in intents(by)) if by else False
    )
    return "removed" if meant else "lost_update"


def _set(*words: str) -> frozenset[str]:
    return frozenset(words)
