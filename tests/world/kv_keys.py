"""SST's KvKeys, call by call (pkg/server/resource/aws-kv-keys.go).

Source: docs/facts/sst-output.md#42-calls-per-operation to 4.4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.world.calls import Call, Pause, Refused, Steps, describe, send, stale, update
from tests.world.resources import Props, Version

if TYPE_CHECKING:
    from random import Random

BATCH = 50
FORGETS_THE_REST = (Version.V3_10_0, Version.V3_10_1)
"""A retry submits the current batch alone; what was to follow is never sent (mended in v3.10.11)."""

Puts = list[tuple[str, str]]


def create(version: Version, new: Props, chance: Random) -> Steps[Props]:
    """Puts every entry."""
    yield from _upload(version, new, {}, chance)
    return new


def change(version: Version, new: Props, old: Props, chance: Random) -> Steps[Props]:
    """Puts what is new or changed against the old outputs; a changed namespace is not looked at (S2)."""
    before = old.mapping() if new.store == old.store else {}
    yield from _upload(version, new, before, chance)
    if new.purge:
        yield from _purge(version, new, new.mapping())
    return new


def delete(version: Version, old: Props) -> Steps[Props]:
    """Deletes every key that is listed under the namespace."""
    if not old.store:
        return Props()
    try:
        yield from _purge(version, old, {})
    except Refused as error:
        gone = error.api == "ListKeys" and error.code == "ResourceNotFoundException"
        if version in FORGETS_THE_REST or not gone:
            raise
    return Props()


def _upload(version: Version, new: Props, before: dict[str, str], chance: Random) -> Steps[None]:
    puts = [
        (f"{new.namespace}:{key}", value)
        for key, value in new.entries
        if key not in before or before[key] != value
    ]
    chance.shuffle(puts)  # Go's map order
    if puts:
        yield from _write(version, new.store, puts, [])


def _purge(version: Version, place: Props, keep: dict[str, str]) -> Steps[None]:
    prefix = f"{place.namespace}:"
    listed: list[str] = []
    token: int | None = 0
    while token is not None:
        page = yield from send(Call("ListKeys", place.store, token=token))
        listed.extend(page.keys)
        token = page.token
    extra = [key for key in listed if key.startswith(prefix) and key.removeprefix(prefix) not in keep]
    if extra:
        yield from _write(version, place.store, [], extra)


def _write(version: Version, store: str, puts: Puts, deletes: list[str]) -> Steps[None]:
    """Batches of 50; the ETag of the answer is the next batch's; a stale one is fetched anew."""
    etag: str | None = None
    while puts or deletes:
        etag = etag or (yield from describe(store))
        batch, gone = puts[:BATCH], deletes[: max(0, BATCH - len(puts))]
        try:
            etag = yield from update(store, etag, tuple(batch), tuple(gone))
        except Refused as error:
            if not stale(error):
                raise
            yield Pause(0.3)
            etag = None
            if version in FORGETS_THE_REST:
                puts, deletes = batch, gone
            continue
        puts, deletes = puts[len(batch) :], deletes[len(gone) :]
