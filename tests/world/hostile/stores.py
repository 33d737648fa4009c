"""Stores that are not the deploy's, though their keys are called the same; and stores that are made anew.

A namespace is hashed from app, stage and component. So another account with the same app and stage (or a second copy
in this one) has a store with the same namespaces, and the trail may hold the calls of one, or of both. A store that is
replaced has the same keys under another ARN, and what was in the old one is gone with it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from tests.world import outsiders
from tests.world.resources import Props, Resource
from tests.world.service import Actor

if TYPE_CHECKING:
    from random import Random

    from tests.world.deploy import State, Wanted
    from tests.world.scenario import World

TWINS, RECREATED = 0.2, 0.3
"""How many scenarios have a twin; how many of those in which a stage alone on its store is deployed again."""
OTHER = "444455556666"
AVAILABLE = ("both",) * 3 + ("ours",) * 2 + ("theirs",)


def plan_twin(world: World, chance: Random) -> list[str]:
    """Another store where the same app and stage is deployed, at about the same times."""
    if chance.random() >= TWINS:
        return []
    stage = world.stage_of(chance.choice(world.deploys))
    here = chance.random() < 0.4
    account = stage.store.split(":")[4] if here else OTHER
    twin = world.new_arn(account)
    world.service.add_store(twin, dict(world.service.first[stage.store]))
    state: State = {
        at: Resource(replace(had.inputs, store=twin), replace(had.outputs, store=twin))
        for at, had in stage.state.items()
    }
    shift = chance.choice((0.0, chance.uniform(2, 60), chance.uniform(200, 900), -chance.uniform(200, 900)))
    for deploy in [each for each in world.deploys if each.stage == stage.name]:
        wanted = {at: replace(props, store=twin) for at, props in deploy.wanted.items()}
        session = deploy.actor.session
        caller = f"arn:aws:sts::{account}:assumed-role/{session}/GitHubActions"
        actor = Actor(caller, session, deploy.actor.agent, f"198.51.100.{chance.randrange(150, 200)}")
        copy = world.new_deploy(stage.name, wanted, actor, chance, state)
        start = max(1.0, world.start_of(deploy) + shift)
        world.start(copy, start, logged=False)
        for at in (start - 100, start + 200):
            beat = partial(outsiders.put, twin, "flag:search", "on")
            world.outside(at, replace(outsiders.job("twin"), caller=caller + "-flags"), beat, chance)
    available = chance.choice(AVAILABLE)
    world.not_logged |= {"both": set(), "ours": {twin}, "theirs": {stage.store}}[available]
    return [f"a twin {'here' if here else 'in another account'}, the trail has {available}"]


def plan_recreated(world: World, chance: Random) -> list[str]:
    """Between two deploys of a stage its store is replaced: the later one writes to the new store."""
    if chance.random() >= RECREATED:
        return []
    for stage in world.stages:
        mine = [deploy for deploy in world.deploys if deploy.stage == stage.name]
        others = [other for other in world.stages if other is not stage and other.store == stage.store]
        if len(mine) < 2 or others:
            continue
        old, new = stage.store, world.new_arn()
        world.service.add_store(new, {})
        for deploy in mine[1:]:
            deploy.wanted = _moved(deploy.wanted, old, new)
        stage.wanted = _moved(stage.wanted, old, new)

        def delete(store: str = old) -> None:
            if not world.service.stores[store].deleted:  # another fault may have deleted it before
                world.service.stores[store].deleted_at = world.service.clock.now

        world.service.clock.after(world.start_of(mine[1]) + chance.uniform(40, 90), delete)
        for at in (world.start_of(mine[1]) - 30, world.start_of(mine[-1]) + 200):
            beat = partial(outsiders.put, new, "flag:search", "on")
            world.outside(at, outsiders.job("nightly"), beat, chance)
        return ["store made anew"]
    return []


def _moved(wanted: Wanted, old: str, new: str) -> Wanted:
    return {at: _in(props, old, new) for at, props in wanted.items()}


def _in(props: Props, old: str, new: str) -> Props:
    return replace(props, store=new) if props.store == old else props
