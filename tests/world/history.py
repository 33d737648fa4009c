"""A long scenario: the stages of one app, deployed again and again for months, with the same troubles and hostilities.

`scenario` makes a day with a few deploys; an audit needs years. What happens within a deploy, who else uses the stores,
what the trail loses and what is true of each write are the same model's.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from unittest.mock import patch

from tests.world.chance import seeded
from tests.world.hostile.switches import ALL, LISTINGS, TWINS
from tests.world.program import changed
from tests.world.scenario import FAULTS, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from tests.world.deploy import Deploy
    from tests.world.program import Stage
    from tests.world.scenario import Scenario

BEGIN = datetime(2025, 1, 6, tzinfo=UTC)
DAY = 86_400.0
CALM = 300.0
"""Seconds between two deploys of one stage: SST holds a lock."""
HOSTILE = ALL - {LISTINGS, TWINS}
"""A listing shows the end of a history alone; a twin is made of all deploys of a stage, in another account."""
_PER_FAULT = 7
"""Deploys for each thing that goes wrong."""


class History(World):
    """The deploys of one app over `days` days."""

    def __init__(self, seed: int, deploys: int, days: int, hostile: frozenset[str] = HOSTILE) -> None:
        self._wanted = deploys
        self._days = days
        super().__init__(seed, seeded(seed), hostile)
        self.base = BEGIN
        self.faults = [self.chance.choice(FAULTS) for _ in range(max(1, deploys // _PER_FAULT))]
        self.notes = [self.version.value, f"{len(self.faults)} faults"]

    def _plan_deploys(self) -> None:
        shared = self.chance.random() < 0.5
        last: dict[str, float] = {}
        for start in _starts(self._wanted, self._days, self.chance):
            stage = self.chance.choice(self.stages)
            if start - last.get(stage.name, -9e9) < CALM:
                continue
            again = stage.name in last
            last[stage.name] = start
            if again and not stage.wanted:
                self._begin_anew(stage)
            self._plan_deploy(stage, start, again=again, shared=shared)

    def _begin_anew(self, stage: Stage) -> None:
        """Everything was removed from the program: somebody adds a site."""
        while not stage.wanted:
            stage.wanted = changed(self.chance, stage)


def _starts(count: int, days: int, chance: Random) -> list[float]:
    """When deploys start: at random moments, a third of them within minutes of another one."""
    starts: list[float] = []
    while len(starts) < count:
        near = starts and chance.random() < 1 / 3
        start = (
            chance.choice(starts) + chance.uniform(CALM, 1500) if near else chance.uniform(1200, days * DAY)
        )
        starts.append(start)
    return sorted(starts)


def history(seed: int, deploys: int, days: int, app: str, hostile: frozenset[str] = HOSTILE) -> Scenario:
    """What happened to the app `app` in `days` days from `BEGIN` on, with about `deploys` deploys."""
    with _called(app):
        return History(seed, deploys, days, hostile).run()


def deploys_of(world: Scenario) -> list[Deploy]:
    """Its deploys whose logs are available, in the order of time."""
    return sorted(world.deploys, key=lambda deploy: deploy.began)


@contextmanager
def _called(app: str) -> Iterator[None]:
    """The model's app has this name."""
    with ExitStack() as names:
        for module in ("program", "scenario"):
            names.enter_context(patch(f"tests.world.{module}.APP", app))
        yield
