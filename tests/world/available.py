"""What is available of a scenario: the condition of its trail, and listings of its stores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.world.hostile import exports
from tests.world.hostile import listings as listing
from tests.world.hostile.switches import COPIES, EXPORTS, LISTINGS, UNREAD, chance_of
from tests.world.trail import Condition

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from tests.world.deploy import Deploy
    from tests.world.hostile.listings import Listing
    from tests.world.scenario import World

COPYING, NO_READS = 0.12, 0.15
"""How many trails have calls under two event IDs; how many log no reads, besides those of the conditions."""
DIGESTS = 0.4
"""How many trails have their digests in hand."""
CONDITIONS = ("intact",) * 8 + (
    "twice",
    "twice",
    "lost file",
    "lost file",
    "data events off",
    "writes only",
    "logged since",
    "logged until",
    "ends early",
    "begins late",
)


def drawn_condition(deploys: Sequence[Deploy], not_logged: set[str], chance: Random) -> Condition:
    """What the trail logs, and what of it is in hand, without hostility."""
    name = chance.choice(CONDITIONS)
    condition = Condition(name, digests=chance.random() < DIGESTS, not_logged=not_logged)
    deploy = chance.choice(deploys)
    middle = deploy.began + chance.uniform(0, 6)
    last = max((d.ended or d.killed_at or d.began) for d in deploys)
    match name:
        case "twice":
            condition.twice = True
        case "lost file":
            condition.lost_files = chance.choice((1, 1, 2))
        case "data events off":
            condition.logged_since = float("inf")
        case "writes only":
            condition.reads = False
        case "logged since":
            condition.logged_since = middle
        case "logged until":
            condition.logged_until = middle
        case "ends early":
            condition.files_until = last + chance.uniform(0, 1500)
        case "begins late":
            condition.files_since = middle + chance.uniform(0, 600)
        case _:
            pass
    return condition


def made_hostile(world: World, condition: Condition, end: float) -> list[Listing]:
    """Changes the condition as the switches say; gives the listings."""
    chances = {kind: chance_of(world.seed, kind) for kind in (COPIES, UNREAD, EXPORTS, LISTINGS)}
    if COPIES in world.hostile and chances[COPIES].random() < COPYING:
        condition.copied = chances[COPIES].choice((0.3, 1.0))
        world.notes.append("copies")
    if UNREAD in world.hostile and chances[UNREAD].random() < NO_READS:
        condition.reads = False
        world.notes.append("reads not logged")
    if EXPORTS in world.hostile:
        condition.export = exports.draw(world.service.history, chances[EXPORTS])
        if condition.export.kind:
            world.notes.append(f"export: {condition.export.kind}")
    if LISTINGS not in world.hostile:
        return []
    found = listing.draw(world.service, world.deploys, end, chances[LISTINGS])
    if found:
        world.notes.append(f"listed at {found[0].at:.0f}{'' if found[0].named else ', unnamed'}")
    return found
