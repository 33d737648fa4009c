"""What goes wrong: denied, throttled, service errors, a kill at any call. A fault is asked before the store is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.world.calls import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.world.calls import Call
    from tests.world.deploy import Deploy
    from tests.world.service import Actor

WRITES = ("UpdateKeys", "PutKey", "DeleteKey")
APIS = ("DescribeKeyValueStore", "GetKey", "ListKeys", "UpdateKeys")


@dataclass
class Denied:
    """An IAM policy that allows a deploy all but some calls."""

    deploy: Deploy
    apis: tuple[str, ...]

    def __call__(self, actor: Actor, call: Call) -> Refused | None:
        if actor.operation not in self.deploy.operations or call.api not in self.apis:
            return None
        action = f"cloudfront-keyvaluestore:{call.api}"
        message = (
            f"User: {actor.caller} is not authorized to perform: {action} on resource: {call.store} because no "
            f"identity-based policy allows the {action} action"
        )
        return Refused("AccessDeniedException", message, 403)


@dataclass
class Flaky:
    """The next `times` calls of one API by one operation of a deploy are throttled, or fail inside the service."""

    deploy: Deploy
    api: str
    times: int
    inside: bool
    victim: object = None

    def __call__(self, actor: Actor, call: Call) -> Refused | None:
        if actor.operation not in self.deploy.operations or call.api != self.api or self.times == 0:
            return None
        self.victim = self.victim or actor.operation
        if self.victim is not actor.operation:
            return None
        self.times -= 1
        if self.inside:
            return Refused("InternalServerException", "An internal error occurred.", 500)
        return Refused("ThrottlingException", "Rate exceeded", 400)


@dataclass
class Busy:
    """The store's request rate is used up for some seconds: every call of one API is throttled, whoever makes it."""

    store: str
    api: str
    since: float
    until: float
    now: Callable[[], float]

    def __call__(self, actor: Actor, call: Call) -> Refused | None:  # noqa: ARG002 - the form of a fault
        if call.store == self.store and call.api == self.api and self.since <= self.now() < self.until:
            return Refused("ThrottlingException", "Rate exceeded", 400)
        return None


@dataclass
class Killer:
    """Watches the calls of a deploy and kills its process at the n-th, or a moment after."""

    deploy: Deploy
    at_call: int
    delay: float

    def __call__(self, actor: Actor, call: Call) -> None:  # noqa: ARG002 - the form of a watcher
        if actor.operation in self.deploy.operations:
            self.at_call -= 1
            if self.at_call == 0:
                self.deploy.service.clock.after(self.delay, self.deploy.kill)
