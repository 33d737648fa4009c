"""What all inputs show together: what the trail speaks for, which listings fit, whether the trail is the right one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from analyzer.audit.spoken import spoken
from analyzer.audit.unit import fitting
from analyzer.store.fit import trail_misfit
from analyzer.tables import MISFITS, empty
from analyzer.trail.joined import across, trail_facts
from analyzer.trail.usable import is_blank
from analyzer.verdicts.homes import homes_together
from analyzer.verdicts.wild_lists import has_few_lists

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.audit.catalogue.held import Held
    from analyzer.audit.plan import Spoken
    from analyzer.sources.input_stats import InputStats
    from analyzer.trail.across import Across
    from analyzer.trail.reading import Reading
    from analyzer.trail.trail import Trail


@dataclass(frozen=True, slots=True)
class Whole:
    """What is known of all inputs together.

    Attributes:
        trail: what the trail speaks for; without its calls.
        found: what only all parts of it show together (repeats, contradictions, addenda).
        has_trail: whether it is of use.
        wrong_trail: whether it is of another account or Region.
        listings: LISTINGS that fit.
        keys: KEYS.
        misfits: MISFITS.
        few_lists: whether it has few stores with lists of routes.
    """

    trail: Trail
    found: Across
    has_trail: bool
    wrong_trail: bool
    listings: pl.DataFrame
    keys: pl.DataFrame
    misfits: pl.DataFrame
    few_lists: bool

    def spoken(self) -> Spoken:
        """The same as values that can be hashed."""
        return spoken(
            self.trail,
            has_trail=self.has_trail,
            wrong_trail=self.wrong_trail,
            listings=self.listings,
            keys=self.keys,
            few_lists=self.few_lists,
        )


def whole_of(held: Held, unread: Sequence[InputStats], how: Reading) -> Whole:
    """What all that was read shows together.

    Args:
        held: all that was read.
        unread: stats of the words for a trail that gave none.
        how: how a trail is read.
    """
    found = across(held.trail)
    trail = trail_facts(held.trail, found, unread, how)
    writes = held.all_writes()
    table, keys = held.listings()
    homes = homes_together(held.homes())
    listings, strange = fitting(table, keys, writes, homes)
    files = trail.inputs.filter(pl.col("kind") != "unusable")["source"]
    first = "" if files.is_empty() else str(files.first())
    of_stores = held.stores().select("store")
    misfit = trail_misfit(writes, of_stores, trail.accounts, trail.regions, first)
    is_wrong = not misfit.is_empty()
    return Whole(
        trail=trail,
        found=found,
        has_trail=not (is_blank(trail.inputs) or is_wrong),
        wrong_trail=is_wrong,
        listings=listings,
        keys=keys,
        misfits=pl.concat([empty(MISFITS), strange, misfit]),
        few_lists=has_few_lists(homes),
    )
