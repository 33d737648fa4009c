"""What the available trail holds and covers, narrowed to a store, a key and a time.

In comes a `Trail`. Out goes a `TrailReport`, which `lostwrite trail` prints: calls, chain, stores, coverage and, with
`--at`, the keys at a time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from analyzer.tables import COVERED, DIGESTS, REPLAY, SELECTORS, empty
from analyzer.trail.calls.chain import chain as chain_of
from analyzer.trail.calls.chain import forks
from analyzer.trail.calls.replay import replay
from analyzer.trail.coverage.stores import stores as stores_of
from analyzer.trail.delivery import DELIVERY_LAG

if TYPE_CHECKING:
    from datetime import datetime

    from analyzer.trail.calls.store_changes import StoreChange
    from analyzer.trail.trail import Trail


@dataclass(frozen=True, slots=True)
class TrailReport:
    """The available part of a trail: what `lostwrite trail` prints.

    Attributes:
        calls: CALLS, of the stores, keys and times that the user named.
        chain: CHAIN of the stores that the user named, whole: a chain of one key would be full of gaps.
        stores: STORES, of the same.
        inputs: INPUTS.
        first, reach: the times that the files speak for, as `Trail` has them.
        accounts, regions: those of the files.
        covered: COVERED.
        digests: DIGESTS.
        selectors: SELECTORS.
        store_changes: when the stores were created or deleted.
        narrowed: whether a store, a key or a time was given: then the calls are shown one by one.
        at: the time of the replay; None if none was given.
        keys: REPLAY at that time.
        exit_code: 3 where an input that was named is missing or could not be used, else 0.
        unread: those inputs, as they were named, and why each could not be used.
    """

    calls: pl.DataFrame
    chain: pl.DataFrame
    stores: pl.DataFrame
    inputs: pl.DataFrame
    first: datetime | None
    reach: datetime | None
    accounts: tuple[str, ...]
    regions: tuple[str, ...]
    covered: pl.DataFrame = field(default_factory=partial(empty, COVERED))
    digests: pl.DataFrame = field(default_factory=partial(empty, DIGESTS))
    selectors: pl.DataFrame = field(default_factory=partial(empty, SELECTORS))
    store_changes: tuple[StoreChange, ...] = ()
    narrowed: bool = False
    at: datetime | None = None
    keys: pl.DataFrame = field(default_factory=partial(empty, REPLAY))
    exit_code: int = 0
    unread: tuple[tuple[str, str], ...] = ()

    def errors(self) -> pl.DataFrame:
        """`store, api, error_code, records`: refused or failed calls by code, most first."""
        failed = self.calls.filter(~pl.col("ok")).unique("event_id")
        return (
            failed.group_by("store", "api", "error_code")
            .agg(records=pl.len().cast(pl.Int64))
            .sort("store", "records", "api", "error_code", descending=[False, True, False, False])
        )

    def forks(self) -> pl.DataFrame:
        """`store, if_match, records`: see `analyzer.trail.calls.chain.forks`."""
        return forks(self.chain)

    def settled(self) -> datetime | None:
        """The time before which all calls have surely been delivered; later ones may still be on their way."""
        return None if self.reach is None else self.reach - DELIVERY_LAG

    def forms(self) -> pl.DataFrame:
        """`kind, files, records`: what the files are."""
        return (
            self.inputs.group_by("kind")
            .agg(files=pl.col("files").sum(), records=pl.col("records").sum())
            .sort("kind")
        )

    def timeline(self) -> pl.DataFrame:
        """CALLS and their place in the chain (`run, position`), in the order of time, within a second of the chain."""
        placed = self.calls.join(
            self.chain.select("event_id", "run", "position"),
            on="event_id",
            how="left",
            maintain_order="left",
        )
        return placed.sort(
            "at", "store", "run", "position", "event_id", "key", nulls_last=False, maintain_order=True
        )


def trail_report(  # noqa: PLR0913 - the options of the command
    trail: Trail,
    covered: pl.DataFrame,
    *,
    store: str | None = None,
    key: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    at: datetime | None = None,
) -> TrailReport:
    """The available part of `trail`, narrowed to a store (by a part of its ARN), a key and a time.

    A key or a time narrows the calls only: the chain stays that of the whole store.
    """
    calls = trail.calls
    if store is not None:
        calls = calls.filter(pl.col("store").str.contains(store, literal=True).fill_null(False))
    linked = chain_of(calls)
    selected = calls if key is None else calls.filter((pl.col("key") == key).fill_null(False))
    keys = empty(REPLAY) if at is None else replay(calls, linked, at)
    if key is not None:
        keys = keys.filter(pl.col("key") == key)
    selected = selected.filter(_from(since) & _to(until))
    stores = set(calls["store"].unique())
    return TrailReport(
        calls=selected,
        chain=linked,
        stores=stores_of(calls, linked),
        inputs=trail.inputs,
        first=trail.first,
        reach=trail.reach,
        accounts=tuple(sorted(trail.accounts)),
        regions=tuple(sorted(trail.regions)),
        covered=covered.filter(pl.col("store").is_in(calls["store"].unique().implode())),
        digests=trail.digests,
        selectors=trail.selectors,
        store_changes=tuple(change for change in trail.store_changes if _is_of(change, stores)),
        narrowed=any(option is not None for option in (store, key, since, until)),
        at=at,
        keys=keys,
    )


def _is_of(change: StoreChange, stores: set[str | None]) -> bool:
    return change.store in stores and change.store is not None


def _from(since: datetime | None) -> pl.Expr:
    return pl.lit(value=True) if since is None else pl.col("at") >= since


def _to(until: datetime | None) -> pl.Expr:
    return pl.lit(value=True) if until is None else pl.col("at") <= until
