"""Writers that are no deploy: a job or Terraform that keeps flags in the same store, a person at the console."""

from __future__ import annotations

import json

from tests.world.calls import Call, Pause, Refused, Steps, describe, get, send
from tests.world.service import Actor

ACCOUNT = "111122223333"


def job(name: str = "flags") -> Actor:
    """Terraform in a role of its own."""
    return Actor(
        f"arn:aws:sts::{ACCOUNT}:assumed-role/terraform-{name}/atlantis",
        f"terraform-{name}",
        "APN/1.0 HashiCorp/1.0 Terraform/1.12.2 terraform-provider-aws/6.4.0 aws-sdk-go-v2/1.36.5",
        "203.0.113.90",
    )


def person() -> Actor:
    """Somebody at the console."""
    return Actor(
        f"arn:aws:sts::{ACCOUNT}:assumed-role/Administrator/alex",
        "Administrator",
        "Mozilla/5.0",
        "198.51.100.7",
    )


def put(store: str, key: str, value: str) -> Steps[None]:
    """Describe, PutKey; a stale ETag is an error and the end."""
    etag = yield from describe(store)
    try:
        yield from send(Call("PutKey", store, key=key, if_match=etag, puts=((key, value),)))
    except Refused:
        return


def remove(store: str, key: str) -> Steps[None]:
    """Describe, DeleteKey."""
    try:
        etag = yield from describe(store)
        yield from send(Call("DeleteKey", store, key=key, if_match=etag, deletes=(key,)))
    except Refused:
        return


def rewrite(store: str, key: str, pause: float) -> Steps[None]:
    """Edits a list of routes by hand: reads it, thinks, and puts it back, whatever was written meanwhile."""
    try:
        value = yield from get(store, key)
        yield Pause(pause)
        etag = yield from describe(store)
        routes = json.loads(value or "[]")
        text = json.dumps([*routes, "url,ffff,,/by-hand"] if isinstance(routes, list) else routes)
        yield from send(Call("PutKey", store, key=key, if_match=etag, puts=((key, text),)))
    except Refused:
        return
