"""Parts, in their order → what reading all their files at once gives: a `Trail`, or pieces of it for an audit.

The order of calls is in `part`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import polars as pl

    from analyzer.sources.input_stats import InputStats
    from analyzer.trail.calls.once import Found
    from analyzer.trail.part import Part
    from analyzer.trail.reading import Reading
    from analyzer.trail.trail import Trail


def joined(parts: Sequence[Part], unread: Sequence[InputStats], how: Reading) -> Trail:
    """The trail, as `read_trail` gives it of all files at once."""
    raise NotImplementedError


def unhashed(parts: Sequence[Part]) -> list[int]:
    """The places of the parts that must be read again with `how.hashing`, because there are digests; else none."""
    raise NotImplementedError


def across(parts: Sequence[Part]) -> Found:
    """What only all parts show together: which records are repeats, contradicted or corrected. Small; it pickles."""
    raise NotImplementedError


def trail_facts(parts: Sequence[Part], found: Found, unread: Sequence[InputStats], how: Reading) -> Trail:
    """The trail without its calls; INPUTS are complete, `store_lives` know only the changes of stores."""
    raise NotImplementedError


def calls_of_stores(
    parts: Sequence[Part],
    found: Found,
    stores: Collection[str] | None,
    *,
    without_store: bool = False,
) -> pl.DataFrame:
    """CALLS of `stores` (None: of all), and of the records that name no store if `without_store`."""
    raise NotImplementedError
