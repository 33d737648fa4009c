"""What every key of every store held, and since which call: the history of the world, read back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.world.resources import Intent
    from tests.world.service import Done, Service


@dataclass(frozen=True, slots=True)
class Change:
    """A key's value from one call on; None: the key is gone. `done` is None for what the store began with."""

    done: Done | None
    value: str | None


class Timeline:
    """The changes of each key, in the order in which they took effect."""

    def __init__(self, service: Service) -> None:
        self._changes: dict[tuple[str, str], list[Change]] = {}
        self._pieces: dict[tuple[str, str], dict[str, str]] = {}
        for store, values in service.first.items():
            for key, value in values.items():
                self._changes[store, key] = [Change(None, value)]
        self._stores = service.stores
        held = {store: dict(values) for store, values in service.first.items()}
        for done in service.history:
            if done.writes:
                self._take(done, held[done.call.store])

    def _take(self, done: Done, held: dict[str, str]) -> None:
        held.update(done.call.puts)
        for key in done.call.deletes:
            held.pop(key, None)
        touched = set(done.call.keys)
        heads = {_head(key) for key in touched}
        for key in touched | {head for head in heads if head}:
            value = held.get(key)
            whole = _joined(key, value, held)
            self._changes.setdefault((done.call.store, key), []).append(Change(done, whole))

    def changes(self, store: str, key: str) -> list[Change]:
        """Every change of a key; a list of routes that is cut is given whole."""
        return self._changes.get((store, key), [])

    def deleted(self, store: str) -> bool:
        """Whether the store is gone at the end."""
        return self._stores[store].deleted

    def after(self, intent: Intent, done: Done) -> Iterator[Change]:
        """The changes of the intent's key that follow `done`."""
        for change in self.changes(intent.store, intent.key):
            if change.done is not None and change.done.number > done.number:
                yield change

    def value_at(self, store: str, key: str, at: float) -> str | None:
        """What the key held at a moment."""
        value = None
        for change in self.changes(store, key):
            if change.done is None or change.done.at <= at:
                value = change.value
        return value


def holds(intent: Intent, value: str | None) -> bool:
    """Whether a key that holds `value` is as the intent wants it."""
    match intent.action:
        case "put":
            return value == intent.value
        case "delete":
            return value is None
        case "append":
            return intent.entry in routes(value)
        case _:
            return intent.entry not in routes(value)


def routes(value: str | None) -> list[str]:
    """The entries of a list of routes; none where it cannot be read."""
    try:
        parsed = json.loads(value or "[]")
    except ValueError:
        return []
    return parsed if isinstance(parsed, list) else []


def _head(key: str) -> str | None:
    """The key of the list that a chunk belongs to."""
    head, _, number = key.rpartition(":")
    return head if number.isdigit() and head.endswith(":routes") else None


def _joined(key: str, value: str | None, held: dict[str, str]) -> str | None:
    """A cut list of routes put together; anything else as it is."""
    if not key.endswith(":routes") or value is None or not value.startswith('{"parts"'):
        return value
    count = json.loads(value)["parts"]
    return "".join(held.get(f"{key}:{n}", "") for n in range(count))
