"""Small logs of deploys and objects of SST's home, for tests of what belongs to one deploy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from analyzer.sources.source import Source

if TYPE_CHECKING:
    from collections.abc import Mapping

ID = "fe6aadedee0704c33ffb620d"  # 2025-03-01T14:17:50.840Z
BEGAN = 1_740_838_670
STORE = "arn:aws:cloudfront::111122223333:key-value-store/0f1e2d3c-0000-4000-8000-000000000001"
NAME = "WebKvKeys.sst.aws.KvKeys"


def event_log(
    app: str = "shop",
    stage: str = "prod",
    entries: Mapping[str, str] | None = None,
    old: Mapping[str, str] | None = None,
    began: int = BEGAN,
) -> bytes:
    """An event log of one KvKeys: a create, or an update where `old` entries are given."""
    urn = f"urn:pulumi:{stage}::{app}::sst:aws:Router$pulumi-nodejs:dynamic:Resource::{NAME}"
    of_type = {"urn": urn, "type": "pulumi-nodejs:dynamic:Resource"}

    def state(held: Mapping[str, str]) -> dict[str, object]:
        put = {"store": STORE, "namespace": "7c62", "entries": dict(held)}
        return of_type | {"custom": True, "inputs": put | {"purge": False}, "outputs": put}

    new = {"metadata": "{}"} if entries is None else entries
    about: dict[str, object] = of_type | {"op": "create" if old is None else "update", "new": state(new)}
    about |= {"old": None if old is None else state(old)}
    events: list[dict[str, object]] = [
        {"preludeEvent": {"config": {}}},
        {"resourcePreEvent": {"metadata": about}},
        {"resOutputsEvent": {"metadata": about}},
        {"summaryEvent": {"durationSeconds": 9, "resourceChanges": {"create": 1}}},
        {"cancelEvent": {}},
    ]
    numbered = ({"sequence": n, "timestamp": began + n} | event for n, event in enumerate(events))
    return "".join(json.dumps(event) + "\n" for event in numbered).encode()


def update_object(update: str = ID, **other: object) -> bytes:
    """An update object of a deploy that ended without errors; None takes a member away."""
    told = {
        "id": update,
        "version": "3.9.17",
        "command": "deploy",
        "errors": None,
        "timeStarted": "2025-03-01T14:17:50Z",
        "timeCompleted": "2025-03-01T21:18:50+07:00",
    } | other
    kept = {name: value for name, value in told.items() if name == "errors" or value is not None}
    return json.dumps(kept).encode()


def state_object(app: str = "shop", stage: str = "prod") -> bytes:
    """A snapshot of a stack, written 40 seconds after the update began."""
    latest = {"manifest": {"time": "2025-03-01T14:18:30Z", "version": "v3.146.0"}, "resources": []}
    checkpoint = {"stack": f"organization/{app}/{stage}", "latest": latest}
    return json.dumps({"version": 3, "checkpoint": checkpoint}).encode()


def terminal(*, app: str = "shop", stage: str = "prod", link: str | None = None, name: str = "Web") -> bytes:
    """SST's terminal output of the same deploy."""
    permalink = [f"↗  Permalink   https://sst.dev/u/{link}"] if link else []
    lines = [
        "SST 3.9.17  ready!",
        "",
        f"➜  App:        {app}",
        f"   Stage:      {stage}",
        "",
        "~  Deploy",
        "",
        f"|  Created     {name}KvKeys sst:aws:KvKeys (1.2s)",
        "",
        *permalink,
        "✓  Complete",
    ]
    return "\n".join([*lines, ""]).encode()


def source(name: str, content: bytes) -> Source:
    return Source(name, None, content)
