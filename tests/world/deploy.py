"""A deploy: an SST update of one stage, its operations run as Pulumi runs them, all at once, deletes last."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, cast

from tests.world import kv_keys, kv_routes
from tests.world.clock import Process, Run
from tests.world.hostile.clocks import RIGHT, LogClock
from tests.world.resources import KV_KEYS, REPLACED, Operation, Props, Resource, Version

if TYPE_CHECKING:
    from random import Random

    from tests.world.calls import Refused, Steps
    from tests.world.service import Actor, Service

State = dict[tuple[str, str], Resource]
"""(kind, name) → what the state file holds."""

Wanted = dict[tuple[str, str], Props]

EMPTY_ID = "plugin for package 'pulumi-nodejs' returned empty resource.ID from create '{urn}'"


@dataclass(eq=False)
class Deploy:
    """One run. `state` is the stage's, shared by its deploys, and changes as Pulumi changes it."""

    app: str
    stage: str
    version: Version
    actor: Actor
    state: State
    wanted: Wanted
    service: Service
    chance: Random
    spread: float
    process: Process = field(default_factory=Process)
    operations: list[Operation] = field(default_factory=list)
    began: float = 0.0
    ended: float | None = None
    killed_at: float | None = None
    siblings: list[Deploy] = field(default_factory=list)
    """All deploys of the scenario of this stage, this one included."""
    clock: LogClock = RIGHT
    """The clock of the machine, which stamps the log."""
    _running: int = 0
    _waiting: list[Operation] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether an operation failed."""
        return any(operation.message for operation in self.operations)

    def urn(self, operation: Operation) -> str:
        """The operation's resource."""
        return (
            f"urn:pulumi:{self.stage}::{self.app}::{operation.parent}$pulumi-nodejs:dynamic:Resource::"
            f"{operation.full_name}"
        )

    def start(self) -> None:
        """Plans the operations against the state as it is now, and begins."""
        self.began = self.service.clock.now
        first, self._waiting = self._planned()
        self._begin(first)

    def kill(self) -> None:
        """The process ends; nothing is cleaned up."""
        if self.ended is None and self.process.alive:
            self.process.alive = False
            self.killed_at = self.service.clock.now

    def _planned(self) -> tuple[list[Operation], list[Operation]]:
        first = []
        for (kind, name), props in self.wanted.items():
            had = self.state.get((kind, name))
            if had is None:
                replaced = self.state.get((kind, name + REPLACED))
                first.append(Operation(kind, name, "create", props, None, replaced=replaced))
            elif had.inputs != props:
                first.append(Operation(kind, name, "update", props, had))
        gone = [
            Operation(kind, name, "delete", None, had)
            for (kind, name), had in self.state.items()
            if (kind, name) not in self.wanted
        ]
        return first, gone

    def _begin(self, operations: list[Operation]) -> None:
        if not operations:
            self._next()
            return
        self._running += len(operations)
        for operation in operations:
            self.service.clock.after(
                1 + self.chance.uniform(0, self.spread), partial(self._begin_one, operation)
            )

    def _begin_one(self, operation: Operation) -> None:
        if not self.process.alive:
            return
        if self.failed:  # Pulumi starts nothing after a failure
            self._finished()
            return
        operation.began = self.service.clock.now
        self.operations.append(operation)
        actor = replace(self.actor, operation=operation)
        Run(
            self.service.clock,
            self.chance,
            self.process,
            cast("Steps[object]", steps_of(self.version, operation, self.chance)),
            partial(self.service.answer, actor),
            partial(self._ended, operation),
        ).start()

    def _ended(self, operation: Operation, outputs: object, error: Refused | None) -> None:
        operation.ended = self.service.clock.now
        operation.error = error
        if error is not None:
            operation.message = error.text()
        elif outputs is None and operation.op == "create":
            operation.message = EMPTY_ID.format(urn=self.urn(operation))
        else:
            operation.outputs = cast("Props | None", outputs) or Props()
            self._remember(operation)
        self._finished()

    def _remember(self, operation: Operation) -> None:
        at = (operation.kind, operation.name)
        if operation.new is None:
            self.state.pop(at, None)
        else:
            self.state[at] = Resource(operation.new, operation.outputs or Props())

    def _finished(self) -> None:
        self._running -= 1
        if self._running == 0:
            self._next()

    def _next(self) -> None:
        later, self._waiting = self._waiting, []
        if later and not self.failed:
            self._begin(later)
        else:
            self.service.clock.after(1 + self.chance.random(), self._end)

    def _end(self) -> None:
        if self.process.alive:
            self.ended = self.service.clock.now


def steps_of(version: Version, operation: Operation, chance: Random) -> Steps[Props] | Steps[Props | None]:
    """SST's write path of an operation."""
    new, old = operation.new, operation.old
    if operation.kind == KV_KEYS:
        if new is None:
            return kv_keys.delete(version, _outputs(old))
        if old is None:
            return kv_keys.create(version, new, chance)
        return kv_keys.change(version, new, old.outputs, chance)
    if new is None:
        return kv_routes.delete(version, _outputs(old))
    if old is None:
        return kv_routes.create(version, new)
    return kv_routes.change(version, new, old.outputs)


def _outputs(old: Resource | None) -> Props:
    return old.outputs if old else Props()
