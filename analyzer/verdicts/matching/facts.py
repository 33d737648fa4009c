"""The facts about each write whose store and key the log names, before anything is concluded from them.

In comes `Material` (the writes, calls, chain and coverage). Out go `Facts`: FACTS, one row for each write, and the
calls behind it. `patterns` does the same for the writes whose key the log does not name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from analyzer.tables import STORE_LIVES, conform, empty
from analyzer.verdicts.absence import absence
from analyzer.verdicts.columns import beside, widened
from analyzer.verdicts.matching.answers import answers, fits
from analyzer.verdicts.matching.attempts import failed_attempts, failed_summary, own_claims
from analyzer.verdicts.matching.batches import of_one_batch
from analyzer.verdicts.matching.clock import by_the_clock, loosened
from analyzer.verdicts.matching.guards import guards
from analyzer.verdicts.matching.match import (
    about_keys,
    assigned,
    candidates,
    of_own_writers,
    refused_by_log,
)
from analyzer.verdicts.matching.reads import reads_for
from analyzer.verdicts.matching.refusals import (
    of_known_callers,
    within_their_time,
    without_failures_of_others,
    without_strangers,
)
from analyzer.verdicts.matching.tables import (
    FACTS,
    FAILED_ATTEMPTS,
    FITS,
    LANDINGS,
    LAST_EFFECTS,
    SPANS,
    UNREAD_STORES,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analyzer.verdicts.absence import Extent
    from analyzer.verdicts.columns import Stage
    from analyzer.verdicts.groups import Groups


@dataclass(frozen=True, slots=True)
class Material:
    """The tables from which facts are computed.

    Attributes:
        writes: WINDOWS.
        calls: ORDERED_CALLS: those that are relevant.
        whole: CALLS: all of them.
        chain: CHAIN.
        deploys: DEPLOYS.
        extent: what the trail speaks for.
        writers: OWN_WRITERS.
        clocks: CLOCK_STATES.
        groups: which deploys and stores are judged together.
        lives: STORE_LIVES.
    """

    writes: pl.DataFrame
    calls: pl.DataFrame
    whole: pl.DataFrame
    chain: pl.DataFrame
    deploys: pl.DataFrame
    extent: Extent
    writers: pl.DataFrame
    clocks: pl.DataFrame
    groups: Groups
    lives: pl.DataFrame = field(default_factory=partial(empty, STORE_LIVES))


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts about each write, and the calls behind them.

    Attributes:
        table: FACTS.
        failed: FAILED_ATTEMPTS.
        landings: LANDINGS: the calls that answer for writes.
        fits: FITS.
        loose_fits: FITS, were the clocks a little further apart than they seem.
    """

    table: pl.DataFrame
    failed: pl.DataFrame
    landings: pl.DataFrame
    fits: pl.DataFrame
    loose_fits: pl.DataFrame


def exact_facts(material: Material, stage: Stage) -> Facts:
    """Facts about the writes whose key the log names.

    Args:
        material: of all writes.
        stage: gets each table on the way.
    """
    writes = material.writes.filter(~pl.col("pattern"))
    if writes.is_empty():
        return no_facts()
    claims = of_own_writers(candidates(writes, material.calls), material.writers)
    stage("zones", claims.zones)
    stage("request_pairs", claims.request_pairs)
    matched = assigned(claims).join(refused_by_log(writes), on="write", how="anti")
    hits = stage("hits", of_one_batch(matched, claims, writes, material.whole))
    open_writes = writes.join(hits, left_on="id", right_on="write", how="anti")
    narrowed = stage("clock_windows", by_the_clock(writes))
    tried = failed_attempts(claims, own_claims(claims, hits, writes), hits)
    stacks = material.groups.deploys.join(
        material.deploys.select("stack", deploy="id").drop_nulls(), on="deploy"
    )
    own = without_strangers(tried, writes, material.writers, stacks, material.calls)
    failed = without_failures_of_others(within_their_time(own, narrowed), writes)
    parts = [
        stage("answers", answers(claims, hits, writes, material.calls)),
        stage(
            "last_failures",
            failed_summary(of_known_callers(failed, writes, material.calls)),
        ),
        stage("reads", reads_for(open_writes, narrowed, material.calls, claims, material.writers)),
        stage("absence", _absence(with_deploy_span(narrowed), material)),
        stage("last_effects", _last_effects(open_writes, material.calls)),
        stage("guards", guards(narrowed, material.calls, claims, hits, material.writers)),
    ]
    unread = writes.join(stores_unread(material.calls), on="store", how="left").join(
        material.clocks, on="deploy", how="left"
    )
    landings = landed_rows(writes, hits.select("write", "event_id", "store", "key"))
    return Facts(
        joined_up(unread, parts),
        failed,
        landings,
        fits(claims, hits, narrowed),
        fits(claims, hits, loosened(narrowed)),
    )


def _absence(spans: pl.DataFrame, material: Material) -> pl.DataFrame:
    return absence(spans, material.calls, material.chain, material.extent)


def joined_up(writes: pl.DataFrame, parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """FACTS: `writes` with the columns of `parts`, each of which has at most one row for a `write`."""
    return widened(beside(writes, parts, on="id"), FACTS)


def landed_rows(writes: pl.DataFrame, hits: pl.DataFrame) -> pl.DataFrame:
    """LANDINGS of `hits`: the `write`, and the `event_id, store, key` of a call that answers."""
    operations = writes.select("action", "value", "deploy", "type", "name", "start", write="id")
    return conform(hits.join(operations, on="write", maintain_order="left"), LANDINGS)


def no_facts() -> Facts:
    """The facts if there are no writes."""
    return Facts(empty(FACTS), empty(FAILED_ATTEMPTS), empty(LANDINGS), empty(FITS), empty(FITS))


def with_deploy_span(writes: pl.DataFrame) -> pl.DataFrame:
    """SPANS: the window of each write, and the window of its deploy."""
    spans = writes.select(
        "deploy",
        "store",
        "key",
        "low",
        "high",
        deploy_low=pl.col("low").min().over("deploy"),
        deploy_high=pl.col("high").max().over("deploy"),
        write="id",
    )
    return conform(spans, SPANS)


def stores_unread(calls: pl.DataFrame) -> pl.DataFrame:
    """UNREAD_STORES: whether the trail holds no read of a store that it knows (a write-only selector)."""
    stores = (
        calls.select("store", "effect")
        .filter(pl.col("store").is_not_null())
        .group_by("store")
        .agg(reads_unlogged=(pl.col("effect") != "read").all())
    )
    return conform(stores, UNREAD_STORES)


def _last_effects(writes: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """LAST_EFFECTS: what the last successful write before each window, and before its end, did with the key."""
    changes = (
        about_keys(calls, writes)
        .filter(pl.col("ok") & (pl.col("effect") != "read") & pl.col("run").is_not_null())
        .sort("at", "run", "position")
        .select("store", "key", "at", last_effect="effect", last_run="run", last_event="event_id")
    )
    windows = writes.filter(pl.col("low").is_not_null()).select("store", "key", "low", "high", write="id")
    on = ["store", "key"]
    before = windows.sort("low").join_asof(
        changes, left_on="low", right_on="at", by=on, allow_exact_matches=False, check_sortedness=False
    )
    ended = changes.select(*on, "at", end_effect="last_effect")
    both = (
        before.drop("at", strict=False)
        .sort("high")
        .join_asof(ended, left_on="high", right_on="at", by=on, check_sortedness=False)
    )
    return conform(both, LAST_EFFECTS)
