"""SST's KvRoutesUpdate, call by call (pkg/server/resource/aws-kv-routes-update.go).

Source: docs/facts/sst-output.md#42-calls-per-operation to 4.5.

Up to v3.11.1 the list is read before the ETag is fetched, and a retry fetches a new ETag for the old list. From
v3.11.2 the ETag is fetched first. From v3.12.5 every operation writes, long lists are cut, and a failed read of the
list is taken for success where the ETag is unchanged (S1).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.world.calls import Call, Pause, Refused, Steps, describe, get, send, stale, update
from tests.world.resources import Props, Version

if TYPE_CHECKING:
    from collections.abc import Callable

CHUNK = 1000
READS_FIRST = (Version.V3_10_0, Version.V3_10_1, Version.V3_10_11)
NO_FIRST_ROUTE = Version.V3_10_0

Routes = list[str]


def create(version: Version, new: Props) -> Steps[Props | None]:
    """Appends the entry. Gives the outputs; None where the provider returned without setting them (S1)."""

    def edit(routes: Routes) -> Routes | None:
        if version is NO_FIRST_ROUTE and not routes:
            return None
        if new.entry in routes:
            return routes if version is Version.V3_12_5 else None
        return [*routes, new.entry]

    done = yield from _edit(version, new, edit)
    return new if done else None


def change(version: Version, new: Props, old: Props) -> Steps[Props | None]:
    """Replaces the old entry; in another place: a delete there, then a create here."""
    if (new.store, new.namespace) != (old.store, old.namespace):
        yield from delete(version, old)
        return (yield from create(version, new))

    def edit(routes: Routes) -> Routes:
        others = [route for route in routes if route != old.entry]
        return others if new.entry in others else [*others, new.entry]

    done = yield from _edit(version, new, edit)
    return new if done else None


def delete(version: Version, old: Props) -> Steps[Props]:
    """Removes the entry; the last one takes the key with it."""

    def edit(routes: Routes) -> Routes | None:
        others = [route for route in routes if route != old.entry]
        unchanged = len(others) == len(routes)
        return None if unchanged and version is not Version.V3_12_5 else others

    if not old.store:
        raise Refused("NoArn", "resolve endpoint: KVS ARN must be provided", 0, "DescribeKeyValueStore")
    yield from _edit(version, old, edit)
    return Props()


def _edit(version: Version, place: Props, edit: Callable[[Routes], Routes | None]) -> Steps[bool]:
    if version in READS_FIRST:
        yield from _read_then_etag(place, edit)
        return True
    if version is Version.V3_11_2:
        yield from _etag_then_read(place, edit)
        return True
    return (yield from _chunked(place, edit))


def _read_then_etag(place: Props, edit: Callable[[Routes], Routes | None]) -> Steps[None]:
    value = yield from get(place.store, place.routes_key)
    routes = edit(json.loads(value) if value else [])
    while routes is not None:
        etag = yield from describe(place.store)
        try:
            yield from _write_whole(place, etag, routes)
        except Refused as error:
            if not stale(error):
                raise
            yield Pause(0.3)  # then a new ETag for the same, now stale list
            continue
        return


def _etag_then_read(place: Props, edit: Callable[[Routes], Routes | None]) -> Steps[None]:
    while True:
        etag = yield from describe(place.store)
        value = yield from get(place.store, place.routes_key)
        routes = edit(json.loads(value) if value else [])
        if routes is None:
            return
        try:
            yield from _write_whole(place, etag, routes)
        except Refused as error:
            if not stale(error):
                raise
            yield Pause(0.3)
            continue
        return


def _write_whole(place: Props, etag: str, routes: Routes) -> Steps[None]:
    if routes:
        yield from update(place.store, etag, ((place.routes_key, _json(routes)),))
    else:
        yield from update(place.store, etag, (), (place.routes_key,))


def _chunked(place: Props, edit: Callable[[Routes], Routes | None]) -> Steps[bool]:
    """Whether the outputs are set: not where a failed read was taken for success."""
    while True:
        etag = yield from describe(place.store)
        try:
            routes, parts = yield from _read_chunks(place)
        except (Refused, ValueError, TypeError):
            if (yield from describe(place.store)) == etag:
                return False  # the shadowed error: nil is returned
            yield Pause(0.3)
            continue
        try:
            yield from _write_chunks(place, etag, edit(routes) or [], parts)
        except Refused as error:
            if not stale(error):
                raise
            yield Pause(0.3)
            continue
        return True


def _read_chunks(place: Props) -> Steps[tuple[Routes, int]]:
    head = yield from get(place.store, place.routes_key)
    if not head:
        return [], 1
    parsed = json.loads(head)
    if not (isinstance(parsed, dict) and parsed.get("parts", 0) > 0):
        return _strings(parsed), 1
    parts: int = parsed["parts"]
    text = ""
    for number in range(parts):
        reply = yield from send(Call("GetKey", place.store, key=f"{place.routes_key}:{number}"))
        text += reply.value
    return _strings(json.loads(text)), parts


def _strings(parsed: object) -> Routes:
    if not isinstance(parsed, list):
        message = "failed to unmarshal existing entries"
        raise TypeError(message) from None
    return [str(item) for item in parsed]


def _write_chunks(place: Props, etag: str, routes: Routes, parts: int) -> Steps[None]:
    key = place.routes_key
    if not routes:
        chunks = tuple(f"{key}:{n}" for n in range(parts)) if parts > 1 else ()
        yield from update(place.store, etag, (), (key, *chunks))
        return
    text = _json(routes)
    count = -(-len(text) // CHUNK)
    if count == 1:
        puts: tuple[tuple[str, str], ...] = ((key, text),)
    else:
        pieces = [(f"{key}:{n}", text[n * CHUNK : (n + 1) * CHUNK]) for n in range(count)]
        puts = ((key, _json({"parts": count})), *pieces)
    surplus = [f"{key}:{n}" for n in range(count, parts)]
    if parts > count == 1:
        surplus.append(f"{key}:0")
    yield from update(place.store, etag, puts, tuple(surplus))


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
