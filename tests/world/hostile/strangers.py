"""Others who use the store while a deploy runs: they read it, are refused, or write at the console.

None of their calls is ever a deploy's. A monitor reads the keys that the deploy writes, or is refused; a bot tries to
write them and has no right to; a person puts or deletes one at the console; a second job of (mostly) the same role,
address and session keeps the routes of another app in the same list, as SST does.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from tests.world import kv_routes, outsiders
from tests.world.calls import Call, Refused, Steps, describe, get, send
from tests.world.resources import KV_KEYS, Props
from tests.world.service import Actor
from tests.world.trail import ACCOUNT

if TYPE_CHECKING:
    from random import Random

    from tests.world.deploy import Deploy
    from tests.world.scenario import World

BOT, BLIND = "bot", "blind"
APIS = ("UpdateKeys", "PutKey", "DeleteKey")
DENIED = {BOT: APIS, BLIND: ("GetKey",)}


def monitor(role: str = "monitor") -> Actor:
    """A job that watches the keys of the site; or is refused, in the role `blind`."""
    return Actor(f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/watch", role, "Boto3/1.38.46", "203.0.113.20")


def bot() -> Actor:
    """A job whose role may read and not write."""
    return Actor(f"arn:aws:sts::{ACCOUNT}:assumed-role/{BOT}/run", BOT, "Boto3/1.38.46", "203.0.113.30")


def refuse(actor: Actor, call: Call) -> Refused | None:
    """The fault that refuses what a stranger has no right to."""
    if call.api not in DENIED.get(actor.session, ()):
        return None
    action = f"cloudfront-keyvaluestore:{call.api}"
    message = f"User: {actor.caller} is not authorized to perform: {action} on resource: {call.store}"
    return Refused("AccessDeniedException", message, 403)


def plan(world: World, chance: Random) -> list[str]:
    """Plans them around the deploys of the world; gives what was planned."""
    found = []
    world.service.faults.append(refuse)
    for deploy in list(world.deploys):
        keys = _keys(deploy, world.stage_of(deploy).router)
        for name, act, share in (
            ("monitor", _monitor, 0.3),
            ("bot", _bot, 0.2),
            ("put at the console", _console_put, 0.12),
            ("deleted at the console", _console_delete, 0.08),
            ("second job", _second_job, 0.15),
        ):
            if keys and chance.random() < share:
                act(world, deploy, keys, chance)
                found.append(name)
    return found


def _keys(deploy: Deploy, router: str) -> list[str]:
    own = [
        f"{props.namespace}:{key}"
        for (kind, _), props in deploy.wanted.items()
        if kind == KV_KEYS
        for key in props.mapping()
    ]
    return [*own, f"{router}:routes"]


def _monitor(world: World, deploy: Deploy, keys: list[str], chance: Random) -> None:
    store, watched = world.stage_of(deploy).store, chance.sample(keys, min(3, len(keys)))
    role = BLIND if chance.random() < 0.3 else "monitor"
    for number in range(8):
        at = world.start_of(deploy) - 4 + number * chance.uniform(1.5, 3)
        world.outside(at, monitor(role), partial(_read, store, chance.choice(watched)), chance)


def _read(store: str, key: str) -> Steps[None]:
    try:
        yield from get(store, key)
    except Refused:
        return


def _bot(world: World, deploy: Deploy, keys: list[str], chance: Random) -> None:
    store = world.stage_of(deploy).store
    for _ in range(chance.randrange(1, 4)):
        api, at = chance.choice(APIS), world.start_of(deploy) + chance.uniform(0, 6)
        world.outside(at, bot(), partial(_write, store, chance.choice(keys), api), chance)


def _write(store: str, key: str, api: str) -> Steps[None]:
    try:
        etag = yield from describe(store)
        deletes = (key,) if api == "DeleteKey" else ()
        puts = () if deletes else ((key, "by hand"),)
        named = None if api == "UpdateKeys" else key
        yield from send(Call(api, store, key=named, if_match=etag, puts=puts, deletes=deletes))
    except Refused:
        return


def _near(world: World, deploy: Deploy, chance: Random) -> float:
    """Within the deploy as a rule, else a while before or after it."""
    return world.start_of(deploy) + (
        chance.uniform(0.5, 6) if chance.random() < 0.7 else chance.uniform(-90, 90)
    )


def _console_put(world: World, deploy: Deploy, keys: list[str], chance: Random) -> None:
    key = chance.choice(keys)
    value = json.dumps(["url,ffff,,/by-hand"]) if key.endswith(":routes") else "by hand"
    store = world.stage_of(deploy).store
    put = partial(outsiders.put, store, key, value)
    world.outside(_near(world, deploy, chance), outsiders.person(), put, chance)


def _console_delete(world: World, deploy: Deploy, keys: list[str], chance: Random) -> None:
    remove = partial(outsiders.remove, world.stage_of(deploy).store, chance.choice(keys))
    world.outside(_near(world, deploy, chance), outsiders.person(), remove, chance)


def _second_job(world: World, deploy: Deploy, keys: list[str], chance: Random) -> None:  # noqa: ARG001 - as the others
    """A deploy of another app, of which no log is available: mostly same role, session name and address."""
    stage = world.stage_of(deploy)
    actor = deploy.actor
    luck = chance.random()
    if luck < 0.3:
        actor = replace(actor, address="198.51.100.77")
    elif luck < 0.5:  # the session name of every job of GitHub Actions, and another role
        actor = replace(
            actor, caller=f"arn:aws:sts::{ACCOUNT}:assumed-role/other/GitHubActions", session="other"
        )
    route = Props(stage.store, stage.router, entry=f"site,{chance.randrange(16**4):04x},,/other")
    world.outside(_near(world, deploy, chance), actor, partial(_routes, world, route), chance)


def _routes(world: World, route: Props) -> Steps[None]:
    try:
        yield from kv_routes.create(world.version, route)
    except (Refused, ValueError, TypeError):
        return
