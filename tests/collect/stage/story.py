"""A day of one app, run by the model on the real server: what was written, lost, dropped and refused is the model's.

`prod` and `dev` share a store and a list of routes. A job writes to the store each hour until `BEAT_UNTIL`, so each
deploy but the newest lies between two writes of its store.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from tests.collect.stage.server_store import ServerService
from tests.world import outsiders
from tests.world.chance import seeded
from tests.world.clock import Clock
from tests.world.faults import Denied, Killer
from tests.world.hostile.switches import NONE
from tests.world.program import APP, Stage
from tests.world.resources import KV_KEYS, KV_ROUTES, Props, Version, namespace
from tests.world.scenario import Scenario, World
from tests.world.service import Actor
from tests.world.trail import ACCOUNT, Condition

if TYPE_CHECKING:
    from tests.world.deploy import Deploy, Wanted

HOUR: Final = 3600.0
BASE: Final = datetime(2025, 5, 6, tzinfo=UTC)
NOW: Final = 18.25 * HOUR
"""When the evidence is gathered: a quarter of an hour after the newest deploy."""
BEATS: Final = range(6, 18)
MANY: Final = 60
OLD, RACING, NEW = Version.V3_10_0, Version.V3_10_11, Version.V3_12_5


@dataclass(frozen=True, slots=True)
class Planned:
    """A deploy of the day.

    Attributes:
        hour: when it starts.
        sites: by name, what changes of a site: a number of files; 0: the site is removed.
        what: what goes wrong.
    """

    name: str
    hour: float
    stage: str
    sites: tuple[tuple[str, int], ...]
    version: Version = NEW
    what: str = ""


DAY: Final = (
    Planned("first", 9, "prod", (("Web", MANY),), OLD, "the first route is never written"),
    Planned("plain", 10.5, "prod", (("Docs", 2),)),
    Planned("fewer", 10.7, "prod", (("Docs", 1),), NEW, "takes away what `plain` wrote"),
    Planned("removed", 11.5, "prod", (("Docs", 3),), NEW, "somebody removes a key a minute later"),
    Planned("denied", 12.6, "prod", (("Blog", 2),), NEW, "may not write"),
    Planned("killed", 13.5, "prod", (("Api", 3),), NEW, "killed: no event log"),
    Planned("again", 14.5, "prod", (("Web", 4),)),
    Planned("race-prod", 16, "prod", (("Shop", 2),), RACING, "two stages at once"),
    Planned("race-dev", 16, "dev", (("Web", 2),), RACING, "two stages at once"),
    Planned("newest", 18, "prod", (("Docs", 5),)),
)
"""In the order of time."""
LOGGED: Final = tuple(planned.name for planned in DAY if planned.name != "killed")
"""The deploys that stored their event log."""


class Story(World):
    """The day in the making. `names` tells the deploys by the names of `DAY`."""

    def __init__(self, endpoint: str, seed: int = 0, base: datetime = BASE) -> None:
        super().__init__(seed, seeded(seed), NONE)
        self.service = ServerService(Clock(), seeded(seed), endpoint)
        self.base = base
        self.faults = []
        self.notes = ["a day on the real server"]
        self.names: dict[str, Deploy] = {}

    def told(self) -> Scenario:
        """The day, over; the trail has everything."""
        told = self.run()
        told.condition = Condition("intact", digests=True)
        told.end = NOW
        return told

    def at(self, hour: float) -> datetime:
        """The moment of an hour of the day."""
        return self.base + timedelta(hours=hour)

    def _build(self) -> None:
        self.collides = False
        store = self.new_arn()
        router = namespace(APP, "prod", "Router0")
        for name in ("prod", "dev"):
            self.stages.append(Stage(name, store, router))
        self.service.add_store(store, {"flag:search": "on"})
        self.stores = [store]

    def _plan_deploys(self) -> None:
        wanted: dict[str, Wanted] = {"prod": {}, "dev": {}}
        for number, planned in enumerate(DAY):
            stage = next(each for each in self.stages if each.name == planned.stage)
            for site, files in planned.sites:
                wanted[planned.stage] |= _site(stage, site, files, number)
            actor = Actor(
                f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy-{planned.stage}/GitHubActions",
                f"deploy-{planned.stage}",
                "aws-sdk-go-v2/1.36.3 ua/2.1 os/linux lang/go#1.24.1 api/cloudfrontkeyvaluestore#1.8.12",
                f"198.51.100.{number + 10}",
            )
            deploy = self.new_deploy(planned.stage, dict(wanted[planned.stage]), actor, self.chance)
            deploy.version, deploy.spread = planned.version, 0.3
            self.names[planned.name] = deploy
            self.start(deploy, planned.hour * HOUR, logged=True)
        self.service.faults.append(Denied(self.names["denied"], ("UpdateKeys",)))
        self.service.watchers.append(Killer(self.names["killed"], 3, 0.05))
        taken = f"{namespace(APP, 'prod', 'Docs')}:metadata"
        self.outside(11.52 * HOUR, outsiders.person(), partial(outsiders.remove, self.stores[0], taken))

    def _plan_background(self) -> None:
        for hour in BEATS:
            steps = partial(outsiders.put, self.stores[0], "flag:search", f"on-{hour}")
            self.outside((hour + 0.1) * HOUR, outsiders.job("nightly"), steps)


def _site(stage: Stage, name: str, files: int, number: int) -> Wanted:
    mine = namespace(APP, stage.name, name)
    entries = {"metadata": json.dumps({"version": number}), **{f"/file-{n}.txt": "s3" for n in range(files)}}
    route = f"site,{mine},,/{stage.name}/{name.lower()}"
    return {
        (KV_KEYS, f"{name}KvKeys"): Props(stage.store, mine, tuple(entries.items()), purge=True),
        (KV_ROUTES, f"{name}RoutesUpdate"): Props(stage.store, stage.router, entry=route),
    }
