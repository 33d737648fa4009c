"""The same stack is deployed again: a minute later, without a log; or at last, so that what was wrong is put right.

A rerun a minute later writes the same keys by the same role, session name and (mostly) address. Its calls are never
the first deploy's, though without its log they look as if they could be. What the first one lost stays lost.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.world.resources import KV_KEYS, Props

if TYPE_CHECKING:
    from random import Random

    from tests.world.deploy import Wanted
    from tests.world.scenario import World

SHARE, CALM = 0.25, 300.0
"""How many scenarios have one; seconds in which no other deploy of the stage may start (SST holds a lock)."""
HEALING = 0.2


def plan_rerun(world: World, chance: Random) -> list[str]:
    """A rerun of one of the deploys, of which no log is available."""
    if chance.random() >= SHARE:
        return []
    deploy = chance.choice(world.deploys)
    at = world.start_of(deploy) + chance.uniform(45, 90)
    starts = [world.start_of(other) for other in world.deploys if other.stage == deploy.stage]
    if any(at - 30 < start < at + CALM for start in starts):
        return []
    actor = deploy.actor
    if chance.random() < 0.3:
        actor = replace(actor, address="198.51.100.78")
    rerun = world.new_deploy(deploy.stage, built_again(deploy.wanted, chance), actor, chance)
    world.start(rerun, at, logged=False)
    return ["rerun"]


def plan_heal(world: World, chance: Random) -> list[str]:
    """A last deploy of a stage, which writes all its components again; its log is available."""
    if chance.random() >= HEALING:
        return []
    first = chance.choice(world.deploys)
    stage = world.stage_of(first)
    at = max(world.start_of(deploy) for deploy in world.deploys) + chance.uniform(300, 900)
    wanted = built_again(world.last_wanted(stage), chance)
    world.start(world.new_deploy(stage.name, wanted, first.actor, chance), at, logged=True)
    return ["healed at last"]


def built_again(wanted: Wanted, chance: Random) -> Wanted:
    """The same program, built again: every component has a new version, and some a new route."""
    after: Wanted = {}
    for (kind, name), props in wanted.items():
        if kind == KV_KEYS:
            entries = props.mapping() | {"metadata": json.dumps({"version": chance.randrange(10**6)})}
            after[kind, name] = Props(props.store, props.namespace, tuple(entries.items()), props.purge)
        elif chance.random() < 0.5:
            after[kind, name] = replace(props, entry=f"{props.entry[:60]}/r{chance.randrange(100)}")
        else:
            after[kind, name] = props
    return after
