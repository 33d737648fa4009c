"""A seed → a scenario that has happened: stages, stores, deploys, faults, outsiders, and the condition of the trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from tests.world import outsiders
from tests.world.available import drawn_condition, made_hostile
from tests.world.chance import seeded
from tests.world.clock import Clock, Process, Run
from tests.world.deploy import Deploy
from tests.world.faults import APIS, Busy, Denied, Flaky, Killer
from tests.world.hostile import reruns, stores, strangers
from tests.world.hostile.clocks import set_an_hour_off, set_clocks
from tests.world.hostile.replaced import move_components
from tests.world.hostile.switches import (
    CLOCKS,
    HEALS,
    HOUR,
    MACHINE_HOUR,
    NONE,
    RECREATED,
    REPLACED,
    RERUNS,
    STRANGERS,
    TWINS,
    chance_of,
)
from tests.world.program import APP, Stage, changed, first_program, has_been_deployed
from tests.world.resources import KV_KEYS, Props, Version, namespace
from tests.world.service import Actor, Service
from tests.world.trail import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from tests.world.calls import Steps
    from tests.world.deploy import State, Wanted
    from tests.world.hostile.listings import Listing
    from tests.world.trail import Condition

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
PLANS = {
    RECREATED: stores.plan_recreated,
    RERUNS: reruns.plan_rerun,
    HEALS: reruns.plan_heal,
    TWINS: stores.plan_twin,
    STRANGERS: strangers.plan,
}
"""What others do, and what happens besides the planned deploys; in this order."""
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
    listings: list[Listing]


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
        self.unlogged: list[Deploy] = []
        """Deploys of which no log is available."""
        self.not_logged: set[str] = set()
        """Stores whose calls the trail does not have."""
        self.stages: list[Stage] = []

    def run(self) -> Scenario:
        """Everything happens."""
        self._build()
        if REPLACED in self.hostile:
            self.notes += move_components(self.stages, chance_of(self.seed, REPLACED))
        self._plan_deploys()
        for fault in self.faults:
            self._plan_fault(fault)
        self._plan_background()
        for kind, plan in PLANS.items():
            if kind in self.hostile:
                self.notes += plan(self, chance_of(self.seed, kind))
        every = [*self.deploys, *self.unlogged]
        for deploy in every:
            deploy.siblings = [other for other in every if other.state is deploy.state]
        self.service.clock.run()
        end = self.service.clock.now + 3600
        if CLOCKS in self.hostile:
            set_clocks(self.deploys, chance_of(self.seed, CLOCKS))
        for kind in self.hostile & {HOUR, MACHINE_HOUR}:
            set_an_hour_off(self.deploys, chance_of(self.seed, kind), shared=kind == MACHINE_HOUR)
        condition = drawn_condition(self.deploys, self.not_logged, self.chance)
        self.notes.append(condition.name)
        listings = made_hostile(self, condition, end)
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
            listings,
        )

    # --- before the first deploy

    def _build(self) -> None:
        count = self.chance.choice((1, 1, 2, 3))
        stores = [self.new_arn() for _ in range(self.chance.choice((1, 1, 2)))]
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
        deploy = self.new_deploy(stage.name, dict(stage.wanted), actor, self.chance)
        self.start(deploy, start, logged=True)

    def new_deploy(
        self, stage: str, wanted: Wanted, actor: Actor, chance: Random, state: State | None = None
    ) -> Deploy:
        """A deploy of a stage; of `state`, if that is not the stage's own."""
        known = next(each for each in self.stages if each.name == stage)
        return Deploy(
            APP,
            stage,
            self.version,
            actor,
            known.state if state is None else state,
            wanted,
            self.service,
            chance,
            spread=chance.choice((0.3, 2.0, 8.0)),
        )

    def start(self, deploy: Deploy, at: float, *, logged: bool) -> None:
        """Plans a deploy; `logged`: its log is available."""
        (self.deploys if logged else self.unlogged).append(deploy)
        self.service.clock.after(at, deploy.start)

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
            if not store.deleted:  # a long history asks for it again
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

    def last_wanted(self, stage: Stage) -> Wanted:
        """The program of the last deploy of the stage that is planned."""
        mine = [deploy for deploy in self.deploys if deploy.stage == stage.name]
        return max(mine, key=self.start_of).wanted if mine else stage.wanted

    def new_arn(self, account: str = ACCOUNT) -> str:
        """Of a new store."""
        text = f"{self.service.names.getrandbits(128):032x}"
        parts = (text[:8], text[8:12], text[12:16], text[16:20], text[20:])
        return f"arn:aws:cloudfront::{account}:key-value-store/{'-'.join(parts)}"


def _colliding(stage: str, name: str) -> str:
    """Another stage whose component of this name has the same namespace."""
    wanted = namespace(APP, stage, name)
    return next(other for n in range(10**7) if namespace(APP, other := f"pr-{n}", name) == wanted)
