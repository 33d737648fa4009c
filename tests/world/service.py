"""The service: every store, every call that reached it, in the order in which it took effect."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.world.calls import READS, Refused
from tests.world.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from tests.world.calls import Call, Reply
    from tests.world.clock import Clock
    from tests.world.resources import Operation


@dataclass(frozen=True, slots=True, eq=False)
class Actor:
    """Who makes a call; `operation` is what only the model knows."""

    caller: str
    session: str
    agent: str
    address: str
    operation: Operation | None = None


@dataclass(slots=True, eq=False)
class Done:
    """One call as it was, and what came of it."""

    number: int
    at: float
    actor: Actor
    call: Call
    reply: Reply | None
    error: Refused | None
    request_id: str
    event_id: str

    @property
    def writes(self) -> bool:
        """Whether it is a write that succeeded."""
        return self.error is None and self.call.api not in READS

    @property
    def second(self) -> int:
        """`eventTime`, in whole seconds of the world."""
        return int(self.at)


@dataclass
class Service:
    """Answers calls and keeps the history of them all."""

    clock: Clock
    names: Random
    """Makes identifiers; apart from what decides what happens, so that two are never the same."""
    stores: dict[str, Store] = field(default_factory=dict)
    history: list[Done] = field(default_factory=list)
    first: dict[str, dict[str, str]] = field(default_factory=dict)
    """What each store held when the world began."""
    first_etags: dict[str, str] = field(default_factory=dict)
    faults: list[Callable[[Actor, Call], Refused | None]] = field(default_factory=list)
    watchers: list[Callable[[Actor, Call], None]] = field(default_factory=list)

    def add_store(self, arn: str, values: dict[str, str]) -> Store:
        """A new store with an import of `values`, which no call records."""
        store = self.stores[arn] = Store(arn, self.names, values)
        self.first[arn] = dict(values)
        self.first_etags[arn] = store.etag
        return store

    def answer(self, actor: Actor, call: Call) -> Reply:
        """Does `call` and records it.

        Raises:
            Refused: by the store, or by a fault.
        """
        request = self._uuid()
        reply, error = None, next((found for fault in self.faults if (found := fault(actor, call))), None)
        if error is None:
            try:
                reply = self.stores[call.store].answer(call)
            except Refused as refused:
                error = refused
        if error is not None:
            error = Refused(error.code, error.message, error.status, call.api, request)
        self.history.append(
            Done(len(self.history), self.clock.now, actor, call, reply, error, request, self._uuid())
        )
        for watcher in self.watchers:
            watcher(actor, call)
        if error is not None or reply is None:
            raise error or AssertionError
        return reply

    def _uuid(self) -> str:
        text = f"{self.names.getrandbits(128):032x}"
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"
