"""What a trail speaks for, as values that can be hashed: by them is seen whether a judgement still holds."""

from __future__ import annotations

from collections import defaultdict
from hashlib import sha256
from typing import TYPE_CHECKING

import polars as pl

from analyzer.audit.plan import Spoken

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from analyzer.trail.trail import Trail


def spoken(  # noqa: PLR0913 - all that a trail speaks for
    trail: Trail,
    *,
    has_trail: bool,
    wrong_trail: bool,
    listings: pl.DataFrame,
    keys: pl.DataFrame,
    few_lists: bool,
) -> Spoken:
    """What the trail speaks for.

    Args:
        trail: without its calls.
        has_trail: whether it is of use.
        wrong_trail: whether it is of another account or Region.
        listings: LISTINGS that fit.
        keys: KEYS of them.
        few_lists: whether it has few stores with lists.
    """
    dated: list[tuple[datetime | None, Any]] = []
    dated += [(row["start"], row) for row in trail.digests.to_dicts()]
    dated += [(row["at"], row) for row in trail.selectors.to_dicts()]
    dated += [(at, "outage") for at in trail.outages]
    of_stores: dict[str | None, list[Any]] = defaultdict(list)
    for change in trail.store_changes:
        if change.store:
            of_stores[change.store].append(change)
    for row in listings.to_dicts():
        held = keys.filter(pl.col("listing") == row.pop("listing")).drop("listing").sort(pl.all())
        of_stores[row["store"]].append([row, sha256(held.write_json().encode()).hexdigest()])
    unplaced = of_stores.pop(None, [])  # listings that name no store: every unit sees them
    return Spoken(trail.first, trail.reach, dated, of_stores, [has_trail, wrong_trail, few_lists, unplaced])
