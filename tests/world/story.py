"""What the tests of what can be known share: one deploy whose calls are made by hand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests.world.calls import Call, Refused, Reply
from tests.world.chance import seeded
from tests.world.clock import Clock
from tests.world.deploy import Deploy
from tests.world.hostile.strangers import monitor
from tests.world.hostile.switches import NONE
from tests.world.knowable import Evidence, Judged
from tests.world.placed import Placing
from tests.world.resources import KV_KEYS, KV_ROUTES, Operation, Props, Version, namespace
from tests.world.scenario import Scenario
from tests.world.service import Actor, Done, Service
from tests.world.trail import Condition, File
from tests.world.truth import truths

if TYPE_CHECKING:
    from tests.world.hostile.listings import Listing

ARN = "arn:aws:cloudfront::111122223333:key-value-store/one"
WEB, DOCS = namespace("shop", "prod", "Web"), namespace("shop", "prod", "Docs")
OURS = Actor("arn:aws:sts::111122223333:assumed-role/deploy/ci", "deploy", "go", "198.51.100.10")


def _deploy() -> Deploy:
    service = Service(Clock(), seeded(1))
    deploy = Deploy("shop", "prod", Version.V3_12_5, OURS, {}, {}, service, seeded(1), 0.0)
    deploy.began, deploy.ended, deploy.siblings = 100.0, 130.0, [deploy]
    return deploy


@dataclass
class Story:
    """One deploy from second 100 on, and what the store was asked; each call is made by hand."""

    deploy: Deploy = field(default_factory=_deploy)
    calls: list[Done] = field(default_factory=list)
    etag: str = "KV0"

    def keys(self, name: str, began: float, entries: int = 2, op: str = "create") -> Operation:
        """A KvKeys of the deploy that ran for two seconds."""
        space = namespace("shop", "prod", name)
        props = Props(ARN, space, tuple((f"/{n}", f"v{n}") for n in range(entries)))
        return self._ran(Operation(KV_KEYS, f"{name}KvKeys", op, props, None), began)

    def route(self, name: str, began: float) -> Operation:
        """A KvRoutesUpdate of the deploy that ran for two seconds."""
        props = Props(ARN, "9900", entry=f"site,{name}")
        return self._ran(Operation(KV_ROUTES, f"{name}RoutesUpdate", "create", props, None), began)

    def _ran(self, operation: Operation, began: float) -> Operation:
        operation.began, operation.ended, operation.outputs = began, began + 2, operation.new
        self.deploy.operations.append(operation)
        return operation

    def call(  # noqa: PLR0913 - what a record holds
        self,
        at: float,
        *keys: str,
        by: Operation | None = None,
        actor: Actor = OURS,
        api: str = "UpdateKeys",
        error: Refused | None = None,
        value: str | None = None,
    ) -> Done:
        """A call: a write moves the ETag on, unless it is refused."""
        number = len(self.calls)
        reads = api == "GetKey"
        meant = dict(by.new.entries) if by and by.new else {}
        puts = tuple((key, value or meant.get(key.partition(":")[2], '["site,Web"]')) for key in keys)
        call = Call(api, ARN, key=keys[0] if reads else None, if_match=self.etag, puts=() if reads else puts)
        reply = None
        if error is None:
            self.etag = self.etag if reads else f"KV{number + 1}"
            reply = Reply(etag=self.etag)
        done = Done(number, at, replace(actor, operation=by), call, reply, error, f"r{number}", f"e{number}")
        self.calls.append(done)
        return done

    def beats(self) -> None:
        """Another tool's write, which brackets the chain."""
        at = 10.0 if not self.calls else 900.0
        self.call(at, "flag:beat", actor=monitor(), api="PutKey")

    def world(self) -> Scenario:
        """The scenario that this was."""
        service = self.deploy.service
        service.history = sorted(self.calls, key=lambda done: done.number)
        if ARN not in service.stores:
            service.add_store(ARN, {})
            service.first_etags[ARN] = "KV0"
        condition, base = Condition(), datetime(2026, 7, 1, tzinfo=UTC)
        return Scenario(
            1, self.deploy.version, base, service, [self.deploy], condition, 4000.0, [], seeded(1), NONE, []
        )

    def evidence(self, condition: Condition | None = None, *listings: Listing) -> Evidence:
        """All calls are available."""
        return Evidence([File(4000.0, [], self.calls)], [self.deploy], condition or Condition(), listings)

    def judged(self, condition: Condition | None = None, *listings: Listing) -> dict[str, Judged]:
        """What can be known, by key."""
        evidence = self.evidence(condition, *listings)
        return {truth.intent.key: evidence.judged(truth) for truth in truths(self.world())}


def two_sites(story: Story, *, docs: bool = True, closed: bool = True) -> tuple[Operation, Operation]:
    """Web at 102 and Docs at 112, each of two keys; Docs' call may be missing."""
    story.beats()
    web, second = story.keys("Web", 102), story.keys("Docs", 112)
    story.call(103, f"{WEB}:/0", f"{WEB}:/1", by=web)
    if docs:
        story.call(113, f"{DOCS}:/0", f"{DOCS}:/1", by=second)
    if closed:
        story.beats()
    return web, second


def placing(story: Story) -> Placing:
    return Placing(story.calls, [story.deploy])
