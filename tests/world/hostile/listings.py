"""Listings of a store's keys, made before, during or after the deploys; with or without its name and its ETag.

A listing shows the store at one moment. It may be older than the write that it is held against, and without a name
nobody knows whose it is.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path
    from random import Random

    from tests.world.deploy import Deploy
    from tests.world.service import Service

SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Listing:
    """A store at one moment; `named`: the file says of which store it is, when it was made, and its ETag."""

    store: str
    at: float
    values: dict[str, str]
    etag: str
    named: bool

    def write(self, path: Path, base: datetime) -> None:
        """As `lostwrite keys` or the AWS CLI prints it."""
        if not self.named:
            items = [{"Key": key, "Value": value} for key, value in self.values.items()]
            path.write_text(json.dumps({"Items": items}))
            return
        made = {
            "schema": "lostwrite.keys/v1",
            "store": self.store,
            "listed_at": (base + timedelta(seconds=self.at)).isoformat(),
            "etag": self.etag,
            "item_count": len(self.values),
            "items": [{"key": key, "value": value} for key, value in self.values.items()],
        }
        path.write_text(json.dumps(made))


def draw(service: Service, deploys: Sequence[Deploy], end: float, chance: Random) -> list[Listing]:
    """The listings of a scenario: of every store by name, or of one that nobody named, all of one moment."""
    if chance.random() >= SHARE:
        return []
    deploy = chance.choice(deploys)
    ended = deploy.ended or deploy.killed_at or deploy.began
    match chance.choice(("before", "during", "after", "after", "later", "later")):
        case "before":
            at = deploy.began - chance.uniform(20, 300)
        case "during":
            at = chance.uniform(deploy.began, ended)
        case "after":
            at = ended + chance.uniform(6, 120)
        case _:
            at = end + 3600
    at = float(int(max(at, 0))) + 0.5
    named = chance.random() < 0.7
    stores = [store for store in service.stores.values() if store.deleted_at is None or store.deleted_at > at]
    found = [listed(service, store.arn, at, named=named) for store in stores]
    found = [each for each in found if each.values]
    return found if named else chance.sample(found, min(1, len(found)))


def listed(service: Service, store: str, at: float, *, named: bool) -> Listing:
    """The store as it was at a moment."""
    values, etag = dict(service.first[store]), service.first_etags[store]
    for done in service.history:
        if done.at > at:
            break
        if done.writes and done.call.store == store:
            values.update(done.call.puts)
            for key in done.call.deletes:
                values.pop(key, None)
            etag = done.reply.etag if done.reply else etag
    return Listing(store, at, values, etag, named)
