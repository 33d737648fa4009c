"""SST's home on the real server: `/sst/bootstrap`, and the objects that each update leaves in the state bucket.

Source: docs/facts/sst-output.md#1-files (home state, update object). An update whose process was killed has no
event log and no snapshot; half of the objects are gzipped, as `state.compress` does.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from tests.world.archive import _update, update_id
from tests.world.chance import seeded
from tests.world.logs import event_log

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.world.deploy import Deploy
    from tests.world.scenario import Scenario

STATE: Final = "sst-state-abcdefghijkl"
PARAMETER: Final = "/sst/bootstrap"
SECRET: Final = "s3cr3t-of-the-state"  # noqa: S105 - no secret
"""Lies in objects that nothing needs: no bundle may contain it."""


@dataclass(repr=False)
class State:
    """What the bucket contains.

    Attributes:
        objects: bytes by key; a gzipped one has the encoding that S3 says.
        ids: of the updates, by the names of the story.
    """

    objects: dict[str, bytes] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    def of(self, name: str) -> str:
        """The update's object below `eventlog/`, `update/` and `snapshot/`."""
        return next(
            key.removeprefix("update/") for key in self.objects if key.endswith(f"{self.ids[name]}.json")
        )

    def prune(self, name: str) -> None:
        """As `state.retention` does: all objects of an update are gone."""
        place = self.of(name)
        for kind in ("eventlog", "snapshot", "update"):
            self.objects.pop(f"{kind}/{place}", None)

    def put(self, client: Any) -> None:
        """Puts everything into the server's bucket, which it makes."""
        client.create_bucket(Bucket=STATE)
        for key, data in self.objects.items():
            packed = {"ContentEncoding": "gzip"} if data[:2] == b"\x1f\x8b" else {}
            client.put_object(Bucket=STATE, Key=key, Body=data, **packed)


def state_of(world: Scenario, names: Mapping[str, Deploy]) -> State:
    """What the deploys of a scenario leave behind."""
    state, chance = State(), seeded(11)
    for number, (name, deploy) in enumerate(names.items()):
        began = world.base + timedelta(seconds=deploy.clock.shows(deploy.began))
        update = state.ids[name] = update_id(began, chance)
        place = f"{deploy.app}/{deploy.stage}/{update}.json"
        bodies = {f"update/{place}": _update(deploy, world, update, began)}
        if deploy.ended is not None:
            bodies[f"eventlog/{place}"] = event_log(deploy, world.base).encode()
            bodies[f"snapshot/{place}"] = _snapshot(deploy)
        for key, body in bodies.items():
            state.objects[key] = gzip.compress(body, 1, mtime=0) if number % 2 else body
    for deploy in names.values():
        stage = f"{deploy.app}/{deploy.stage}.json"
        state.objects[f"app/{stage}"] = _snapshot(deploy)
        state.objects[f"secret/{stage}"] = SECRET.encode()
    return state


def parameter() -> str:
    """What `/sst/bootstrap` says."""
    said = {"version": 4, "asset": "sst-asset-abcdefghijkl", "state": STATE, "assetEcrUrl": "x"}
    return json.dumps(said)


def lock_of(state: State, name: str, deploy: Deploy, world: Scenario) -> None:
    """Leaves the lock of an update that never ended."""
    at = world.base + timedelta(seconds=deploy.began)
    body = {"created": f"{at:%Y-%m-%dT%H:%M:%S.000000000Z}", "updateID": state.ids[name], "command": "deploy"}
    state.objects[f"lock/{deploy.app}/{deploy.stage}.json"] = json.dumps(body).encode()


def _snapshot(deploy: Deploy) -> bytes:
    """A checkpoint: resources with their outputs, and what a state has of secrets."""
    resources = [
        {
            "urn": deploy.urn(operation),
            "type": "pulumi-nodejs:dynamic:Resource",
            "outputs": {"store": operation.new.store, "namespace": operation.new.namespace},
        }
        for operation in deploy.operations
        if operation.new is not None
    ]
    secret = {"urn": "urn:pulumi:x::y::random:index:Password::P", "outputs": {"result": SECRET}}
    body = {"version": 3, "checkpoint": {"latest": {"resources": [*resources, secret]}}}
    return json.dumps(body).encode()
