"""The facts about each write whose store and key the log names, before anything is concluded from them.

In comes `Material` (the writes, calls, chain and coverage). Out go `Facts`: FACTS, one row for each write, and the
calls behind it. `patterns` does the same for the writes whose key the log does not name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from analyzer.tables import TIME, conform, empty
from analyzer.verdicts.absence import absence
from analyzer.verdicts.columns import COUNT, widened
from analyzer.verdicts.matching.answers import answers, fits
from analyzer.verdicts.matching.attempts import failed_attempts, failed_summary, own_claims
from analyzer.verdicts.matching.claims import ANYBODY
from analyzer.verdicts.matching.clock import by_the_clock
from analyzer.verdicts.matching.match import about_keys, assigned, candidates, without_strangers
from analyzer.verdicts.matching.reads import reads_for
from analyzer.verdicts.matching.tables import (
    FACTS,
    FAILED_ATTEMPTS,
    FITS,
    LANDINGS,
    LAST_EFFECTS,
    NEAR_MISSES,
    SPANS,
    UNREAD_STORES,
)
from analyzer.verdicts.ranges import ranges

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from analyzer.verdicts.columns import Stage

SURPLUS = pl.duration(seconds=60)
"""A call that no operation claims, this near to a window, may be the operation's own by a clock that is off."""


ADRIFT = pl.duration(minutes=15)
"""How far a clock may be off before a deploy fails: AWS refuses a signature that is older (SigV4)."""


@dataclass(frozen=True, slots=True)
class Material:
    """The tables from which facts are computed.

    Attributes:
        writes: WINDOWS.
        calls: ORDERED_CALLS.
        chain: CHAIN.
        deploys: DEPLOYS.
        reach: the latest time that the trail speaks for.
        covered: COVERED.
    """

    writes: pl.DataFrame
    calls: pl.DataFrame
    chain: pl.DataFrame
    deploys: pl.DataFrame
    reach: datetime | None
    covered: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts about each write, and the calls behind them.

    Attributes:
        table: FACTS.
        failed: FAILED_ATTEMPTS.
        landings: LANDINGS: the calls that answer for writes.
        fits: FITS.
    """

    table: pl.DataFrame
    failed: pl.DataFrame
    landings: pl.DataFrame
    fits: pl.DataFrame


def exact_facts(material: Material, stage: Stage) -> Facts:
    """Facts about the writes whose key the log names.

    Args:
        material: of all writes.
        stage: gets each table on the way.
    """
    writes = material.writes.filter(~pl.col("pattern"))
    if writes.is_empty():
        return no_facts()
    claims = without_strangers(candidates(writes, material.calls))
    stage("zones", claims.zones)
    stage("request_pairs", claims.request_pairs)
    hits = stage("hits", assigned(claims))
    open_writes = writes.join(hits, left_on="id", right_on="write", how="anti")
    narrowed = stage("clock_windows", by_the_clock(writes, claims, material.calls))
    failed = failed_attempts(claims, own_claims(claims, hits, writes), hits)
    parts = [
        stage("answers", answers(claims, hits, writes)),
        stage("last_failures", failed_summary(failed)),
        stage("reads", reads_for(open_writes, narrowed, material.calls, claims)),
        stage("absence", _absence(with_deploy_span(narrowed), material)),
        stage("last_effects", _last_effects(open_writes, material.calls)),
        stage("near_misses", _near_misses(writes, material.calls, hits)),
    ]
    unread = writes.join(stores_unread(material.calls), on="store", how="left")
    landings = landed_rows(writes, hits.select("write", "event_id", "store", "key"))
    return Facts(joined_up(unread, parts), failed, landings, fits(claims, hits, narrowed))


def _absence(spans: pl.DataFrame, material: Material) -> pl.DataFrame:
    return absence(spans, material.calls, material.chain, material.reach, material.covered)


def joined_up(writes: pl.DataFrame, parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """FACTS: `writes` with the columns of `parts`, each of which has at most one row for a `write`."""
    for part in parts:
        writes = writes.join(part, left_on="id", right_on="write", how="left")
    return widened(writes, FACTS)


def landed_rows(writes: pl.DataFrame, hits: pl.DataFrame) -> pl.DataFrame:
    """LANDINGS of `hits`: the `write`, and the `event_id, store, key` of a call that answers."""
    operations = writes.select("action", "value", "deploy", "type", "name", "start", write="id")
    return conform(hits.join(operations, on="write", maintain_order="left"), LANDINGS)


def no_facts() -> Facts:
    """The facts if there are no writes."""
    return Facts(empty(FACTS), empty(FAILED_ATTEMPTS), empty(LANDINGS), empty(FITS))


def with_deploy_span(writes: pl.DataFrame) -> pl.DataFrame:
    """SPANS: the window of each write, and the window of its deploy."""
    spans = writes.select(
        "deploy",
        "store",
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


def _near_misses(writes: pl.DataFrame, calls: pl.DataFrame, hits: pl.DataFrame) -> pl.DataFrame:
    """NEAR_MISSES: a call by the deploy's own principal that no operation claims, outside the window.

    It counts within a minute; and within a quarter of an hour where no call answers for any write of the deploy and
    each of them has such a call: then the clock is off.
    """
    open_writes = writes.join(hits, left_on="id", right_on="write", how="anti")
    deploys_with_hits = (
        writes.join(hits.select("write"), left_on="id", right_on="write").select("deploy").unique()
    )
    lonely = open_writes.join(deploys_with_hits, on="deploy", how="anti")
    unclaimed = (
        about_keys(calls, open_writes)
        .filter(pl.col("ok") & (pl.col("effect") != "read"))
        .join(hits, on="event_id", how="anti")
        .select("store", "key", "effect", "by", "at", near_event="event_id")
    )
    spare = pl.concat([unclaimed, unclaimed.with_columns(by=pl.lit(ANYBODY, COUNT))]).sort(
        "store", "key", "effect", "by", "at", "near_event"
    )
    near = _first_around(open_writes.join(_whose(writes, hits), on="deploy"), spare, SURPLUS)
    anybodys = lonely.with_columns(by=pl.lit(ANYBODY, COUNT))
    far = _first_around(anybodys, spare, ADRIFT).join(lonely.select("deploy", write="id"), on="write")
    expected = lonely.group_by("deploy").agg(expected=pl.len())
    adrift = far.join(expected, on="deploy").filter(
        pl.col("write").n_unique().over("deploy") == pl.col("expected")
    )
    first = (
        pl.concat([near, adrift.select(near.columns)])
        .sort("at", "near_event")
        .unique("write", keep="first", maintain_order=True)
    )
    return conform(first, NEAR_MISSES)


def _whose(writes: pl.DataFrame, hits: pl.DataFrame) -> pl.DataFrame:
    """`deploy, by`: the callers whose calls may belong to each deploy: those of its hits, else any caller."""
    own = hits.select("write", "by").join(writes.select("deploy", write="id"), on="write")
    callers = own.select("deploy", "by").unique()
    others = writes.select("deploy").unique().join(callers, on="deploy", how="anti")
    return pl.concat([callers, others.with_columns(by=pl.lit(ANYBODY, COUNT))])


def _first_around(writes: pl.DataFrame, spare: pl.DataFrame, margin: pl.Expr) -> pl.DataFrame:
    """`write, at, near_event`: the first call of `spare` that would answer for each write, were its window wider."""
    effects = pl.when(pl.col("action") == "delete").then(pl.lit("delete")).otherwise(pl.lit("put"))
    wider = writes.select(
        "store",
        "key",
        "by",
        low=(pl.col("start") - margin).cast(TIME),
        high=(pl.col("end") + margin).cast(TIME),
        write="id",
        effect=effects,
    )
    rows = wider.select("write").hstack(ranges(wider, spare, ["store", "key", "effect", "by"]))
    around = rows.filter(pl.col("first") < pl.col("past"))
    return around.select("write").hstack(spare[around["first"]].select("at", "near_event"))
