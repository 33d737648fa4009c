"""A seed → a scenario that has happened: stages, stores, deploys, faults, outsiders, and the condition of the trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from tests.world import outsiders
from tests.world.chance import seeded
from tests.world.clock import Clock, Process, Run
from tests.world.deploy import Deploy
from tests.world.faults import APIS, Busy, Denied, Flaky, Killer
from tests.world.hostile import strangers
from tests.world.hostile.clocks import set_clocks
from tests.world.hostile.switches import CLOCKS, NONE, STRANGERS, chance_of
from tests.world.program import APP, Stage, changed, first_program, has_been_deployed
from tests.world.resources import KV_KEYS, Props, Version, namespace
from tests.world.service import Actor, Service
from tests.world.trail import ACCOUNT, Condition

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from tests.world.calls import Steps

FIRST_DEPLOY = 1200.0
VERSIONS = (
    (Version.V3_12_5,) * 8
    + (Version.V3_10_0,) * 3
    + (
        Version.V3_10_1,
        Version.V3_10_11,
        Version.V3_10_11,
        Version.V3_11_2,
        Version.V3_11_2,
    )
)
DIGESTS = 0.4
"""How many trails have their digests in hand."""
CONDITIONS = ("intact",) * 8 + (
    "twice",
    "twice",
    "lost file",
    "lost file",
    "data events off",
    "writes only",
    "logged since",
    "logged until",
    "ends early",
    "begins late",
)
FAULTS = (
    "denied read",
    "denied write",
    "denied all",
    "throttled",
    "throttled",
    "busy",
    "server error",
    "quota",
    "killed",
    "killed",
    "store deleted",
    "collision",
    "console",
    "console",
    "by hand",
    "second tool",
    "second tool",
)


@dataclass
class Scenario:
    """What happened, and what is in hand of it."""

    seed: int
    version: Version
    base: datetime
    service: Service
    deploys: list[Deploy]
    condition: Condition
    end: float
    notes: list[str]
    chance: Random
    hostile: frozenset[str]


def scenario(seed: int, chance: Random | None = None, hostile: frozenset[str] = NONE) -> Scenario:
    """Runs the world that `seed` says; or that `chance` decides, with the identifiers of `seed`.

    `hostile` are the kinds of hostility that are on (`hostile/switches.py`).
    """
    return World(seed, chance or seeded(seed), hostile).run()


class World:
    """A scenario in the making: the hostilities plan what others do in it."""

    def __init__(self, seed: int, chance: Random, hostile: frozenset[str]) -> None:
        self.seed = seed
        self.hostile = hostile
        self.chance = chance
        self.service = Service(Clock(), seeded(seed))
        self.version = self.chance.choice(VERSIONS)
        self.faults = self.chance.sample(FAULTS, self.chance.choice((0, 0, 1, 1, 2)))
        self.notes = [self.version.value, *self.faults]
        self.base = datetime(2026, 7, 1, tzinfo=UTC) + timedelta(seconds=seed % 80_000)
        self.deploys: list[Deploy] = []
        self.stages: list[Stage] = []

    def run(self) -> Scenario:
        """Everything happens."""
        self._build()
        self._plan_deploys()
        for fault in self.faults:
            self._plan_fault(fault)
        self._plan_background()
        if STRANGERS in self.hostile:
            self.notes += strangers.plan(self, chance_of(self.seed, STRANGERS))
        for deploy in self.deploys:
            deploy.siblings = [other for other in self.deploys if other.stage == deploy.stage]
        self.service.clock.run()
        end = self.service.clock.now + 3600
        if CLOCKS in self.hostile:
            set_clocks(self.deploys, chance_of(self.seed, CLOCKS))
        condition = self._condition(self.chance.choice(CONDITIONS))
        self.notes.append(condition.name)
        return Scenario(
            self.seed,
            self.version,
            self.base,
            self.service,
            [deploy for deploy in self.deploys if deploy.operations],
            condition,
            end,
            self.notes,
            self.chance,
            self.hostile,
        )

    # --- before the first deploy

    def _build(self) -> None:
        count = self.chance.choice((1, 1, 2, 3))
        stores = [self._arn() for _ in range(self.chance.choice((1, 1, 2)))]
        contents: dict[str, dict[str, str]] = {store: {"flag:search": "on"} for store in stores}
        self.collides = "collision" in self.faults and count > 1
        names = ("prod", _colliding("prod", "Web")) if self.collides else ("prod", "dev", "pr-7")[:count]
        for name in names:
            store = stores[0] if self.collides else self.chance.choice(stores)
            stage = Stage(name, store, namespace(APP, "prod", f"Router{stores.index(store)}"))
            stage.wanted = first_program(self.chance, stage, web=self.collides)
            if self.chance.random() < 0.6:
                has_been_deployed(stage, contents[store])
                stage.wanted = changed(self.chance, stage)
            self.stages.append(stage)
        for store in stores:
            self.service.add_store(store, contents[store])
        self.stores = stores

    # --- what is going to happen

    def _plan_deploys(self) -> None:
        shared = self.chance.random() < 0.5
        start = FIRST_DEPLOY
        count = max(self.chance.choice((1, 1, 2, 3)), 2 if self.collides else 1)
        last: dict[str, float] = {}
        for number in range(count):
            stage = self.stages[number % len(self.stages)]
            busy = start - last.get(stage.name, -9e9) < 300
            if busy or self.chance.random() < 0.5:
                start += self.chance.uniform(400, 1500)
            else:
                start += self.chance.uniform(0, 3)
            again = stage.name in last
            last[stage.name] = start
            self._plan_deploy(stage, start, again=again, shared=shared)

    def _plan_deploy(self, stage: Stage, start: float, *, again: bool, shared: bool) -> None:
        if again:
            stage.wanted = changed(self.chance, stage)
        role = "deploy" if shared else f"deploy-{stage.name}"
        actor = Actor(
            f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/GitHubActions",
            role,
            "aws-sdk-go-v2/1.36.3 ua/2.1 os/linux lang/go#1.24.1 api/cloudfrontkeyvaluestore#1.8.12",
            f"198.51.100.{len(self.deploys) + 10}",
        )
        deploy = Deploy(
            APP,
            stage.name,
            self.version,
            actor,
            stage.state,
            dict(stage.wanted),
            self.service,
            self.chance,
            spread=self.chance.choice((0.3, 2.0, 8.0)),
        )
        self.deploys.append(deploy)
        self.service.clock.after(start, deploy.start)

    def _plan_fault(self, fault: str) -> None:
        deploy = self.chance.choice(self.deploys)
        planned: dict[str, Callable[[Deploy], None]] = {
            "denied read": lambda d: self.service.faults.append(Denied(d, ("GetKey",))),
            "denied write": lambda d: self.service.faults.append(Denied(d, ("UpdateKeys",))),
            "denied all": lambda d: self.service.faults.append(Denied(d, APIS)),
            "throttled": lambda d: self._flaky(d, inside=False),
            "server error": lambda d: self._flaky(d, inside=True),
            "busy": self._busy,
            "quota": self._quota,
            "killed": self._kill,
            "store deleted": self._delete_store,
            "console": self._console,
            "by hand": self._by_hand,
            "second tool": self._second_tool,
        }
        if fault in planned:
            planned[fault](deploy)

    def _flaky(self, deploy: Deploy, *, inside: bool) -> None:
        api = self.chance.choice((*APIS, "GetKey", "UpdateKeys"))
        self.service.faults.append(Flaky(deploy, api, self.chance.choice((1, 3, 10, 10, 20)), inside))

    def _busy(self, deploy: Deploy) -> None:
        since = self.start_of(deploy) + self.chance.uniform(0, 3)
        api = self.chance.choice(APIS)
        store = self.stage_of(deploy).store
        until = since + self.chance.uniform(1, 40)
        self.service.faults.append(Busy(store, api, since, until, lambda: self.service.clock.now))

    def _quota(self, deploy: Deploy) -> None:
        kinds = [at for at in deploy.wanted if at[0] == KV_KEYS]
        if kinds:
            at = self.chance.choice(kinds)
            props = deploy.wanted[at]
            entries = props.mapping() | {"metadata": "x" * 1100}
            deploy.wanted[at] = Props(props.store, props.namespace, tuple(entries.items()), props.purge)

    def _kill(self, deploy: Deploy) -> None:
        killer = Killer(deploy, self.chance.randrange(1, 16), self.chance.choice((0.0, 0.05, 0.3)))
        self.service.watchers.append(killer)

    def _delete_store(self, deploy: Deploy) -> None:
        store = self.service.stores[self.stage_of(deploy).store]
        at = self.start_of(deploy) + self.chance.choice((-200.0, 1.5, 3.0))

        def delete() -> None:
            store.deleted_at = self.service.clock.now

        self.service.clock.after(at, delete)

    def _console(self, deploy: Deploy) -> None:
        stage = self.stage_of(deploy)
        keys = [
            f"{props.namespace}:{key}"
            for (kind, _), props in deploy.wanted.items()
            for key in (props.mapping() if kind == KV_KEYS else ("routes",))
        ]
        if keys:
            at = self.start_of(deploy) + self.chance.choice((2.5, 4.0, 120.0))
            self.outside(
                at, outsiders.person(), lambda: outsiders.remove(stage.store, self.chance.choice(keys))
            )

    def _by_hand(self, deploy: Deploy) -> None:
        stage = self.stage_of(deploy)
        at = self.start_of(deploy) + self.chance.uniform(-20, 2)
        pause = self.chance.choice((1.0, 4.0, 30.0))
        self.outside(
            at, outsiders.person(), lambda: outsiders.rewrite(stage.store, f"{stage.router}:routes", pause)
        )

    def _second_tool(self, deploy: Deploy) -> None:
        store = self.stage_of(deploy).store
        for _ in range(self.chance.randrange(2, 8)):
            at = self.start_of(deploy) + self.chance.uniform(0.8, 5)
            self.outside(at, outsiders.job(), lambda: outsiders.put(store, "flag:beat", "on"))

    def _plan_background(self) -> None:
        for store in self.stores:
            for deploy in self.deploys:
                for offset in (-400.0, 400.0):
                    if self.chance.random() < 0.6:
                        at = self.start_of(deploy) + offset * self.chance.uniform(0.5, 1)
                        self.outside(
                            at,
                            outsiders.job("nightly"),
                            partial(outsiders.put, store, "flag:search", "on"),
                        )

    # --- helpers

    def outside(
        self, at: float, actor: Actor, steps: Callable[[], Steps[None]], chance: Random | None = None
    ) -> None:
        """Plans what somebody does who is no deploy; `chance` decides how long it takes."""

        def start() -> None:
            Run(
                self.service.clock,
                chance or self.chance,
                Process(),
                steps(),
                lambda call: self.service.answer(actor, call),
                lambda _value, _error: None,
            ).start()

        self.service.clock.after(max(at, 1.0), start)

    def start_of(self, deploy: Deploy) -> float:
        """When the deploy is planned to start."""
        planned: float = next(at for at, _, action in self.service.clock.planned() if action == deploy.start)
        return planned

    def stage_of(self, deploy: Deploy) -> Stage:
        """The stage that the deploy is of."""
        return next(stage for stage in self.stages if stage.name == deploy.stage)

    def _arn(self) -> str:
        text = f"{self.service.names.getrandbits(128):032x}"
        parts = (text[:8], text[8:12], text[12:16], text[16:20], text[20:])
        return f"arn:aws:cloudfront::{ACCOUNT}:key-value-store/{'-'.join(parts)}"

    def _condition(self, name: str) -> Condition:
        condition = Condition(name, digests=self.chance.random() < DIGESTS)
        deploy = self.chance.choice(self.deploys)
        middle = deploy.began + self.chance.uniform(0, 6)
        last = max((d.ended or d.killed_at or d.began) for d in self.deploys)
        match name:
            case "twice":
                condition.twice = True
            case "lost file":
                condition.lost_files = self.chance.choice((1, 1, 2))
            case "data events off":
                condition.logged_since = float("inf")
            case "writes only":
                condition.reads = False
            case "logged since":
                condition.logged_since = middle
            case "logged until":
                condition.logged_until = middle
            case "ends early":
                condition.files_until = last + self.chance.uniform(0, 1500)
            case "begins late":
                condition.files_since = middle + self.chance.uniform(0, 600)
            case _:
                pass
        return condition


def _colliding(stage: str, name: str) -> str:
    """Another stage whose component of this name has the same namespace."""
    wanted = namespace(APP, stage, name)
    return next(other for n in range(10**7) if namespace(APP, other := f"pr-{n}", name) == wanted)
