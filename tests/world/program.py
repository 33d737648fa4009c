"""The program of a stage: which sites it has, with which keys and routes, and how it changes from deploy to deploy."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.world.resources import KV_KEYS, KV_ROUTES, Props, Resource, namespace

if TYPE_CHECKING:
    from random import Random

    from tests.world.deploy import State, Wanted

APP = "shop"
NAMES = ("Web", "Docs", "Api", "Blog")


@dataclass
class Stage:
    """One stage of the app: where its keys lie, and what its state file and its program say."""

    name: str
    store: str
    router: str
    state: State = field(default_factory=dict)
    wanted: Wanted = field(default_factory=dict)


def first_program(chance: Random, stage: Stage, *, web: bool) -> Wanted:
    names = chance.sample(NAMES, chance.choice((1, 2, 2, 3)))
    if web and "Web" not in names:
        names.append("Web")
    wanted: Wanted = {}
    for name in names:
        wanted |= _site(chance, stage, name)
    return wanted


def _site(chance: Random, stage: Stage, name: str) -> Wanted:
    mine = namespace(APP, stage.name, name)
    entries = {"metadata": json.dumps({"version": chance.randrange(10**6)})}
    many = chance.random() < 0.06
    for number in range(chance.randrange(51, 121) if many else chance.randrange(4)):
        entries[f"/file-{number}.txt"] = "s3"
    keys = Props(stage.store, mine, tuple(entries.items()), purge=chance.random() < 0.3)
    entry = f"site,{mine},,/{stage.name}/{name.lower()}"
    if chance.random() < 0.1:
        entry += "/" + "long-" * 90
    routes = Props(stage.store, stage.router, entry=entry)
    return {(KV_KEYS, f"{name}KvKeys"): keys, (KV_ROUTES, f"{name}RoutesUpdate"): routes}


def has_been_deployed(stage: Stage, contents: dict[str, str]) -> None:
    key = f"{stage.router}:routes"
    routes = json.loads(contents.get(key, "[]"))
    for (kind, name), props in stage.wanted.items():
        stage.state[kind, name] = Resource(props, props)
        if kind == KV_KEYS:
            contents.update({f"{props.namespace}:{each}": value for each, value in props.entries})
        elif len(json.dumps([*routes, props.entry])) < 900:
            routes.append(props.entry)
    contents[key] = json.dumps(routes, separators=(",", ":"))


def changed(chance: Random, stage: Stage) -> Wanted:
    """The program after somebody worked on it."""
    after: Wanted = {}
    for (kind, name), props in stage.wanted.items():
        luck = chance.random()
        if luck < 0.15:
            continue  # removed
        after[kind, name] = props if luck < 0.4 else _edited(chance, kind, props)
    new = [name for name in NAMES if (KV_KEYS, f"{name}KvKeys") not in stage.wanted]
    if new and chance.random() < 0.4:
        after |= _site(chance, stage, chance.choice(new))
    return after


def _edited(chance: Random, kind: str, props: Props) -> Props:
    luck = chance.random()
    if kind == KV_ROUTES:
        return Props(props.store, props.namespace, entry=f"{props.entry[:60]}/v{chance.randrange(100)}")
    if luck < 0.1:
        other = namespace(APP, "moved", str(chance.randrange(10**6)))
        return Props(props.store, other, props.entries, props.purge)
    entries = props.mapping()
    entries["metadata"] = json.dumps({"version": chance.randrange(10**6)})
    if len(entries) > 1 and chance.random() < 0.5:
        entries.pop(chance.choice([key for key in entries if key != "metadata"]))
    if chance.random() < 0.5:
        entries[f"/new-{chance.randrange(100)}.txt"] = "s3"
    return Props(props.store, props.namespace, tuple(entries.items()), props.purge)
