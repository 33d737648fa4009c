"""What is known of each write whose store and key the log names, before anything is concluded from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from analyzer.tables import TIME
from analyzer.verdicts.absence import absence
from analyzer.verdicts.answers import answers, fits
from analyzer.verdicts.attempts import failed_attempts, failed_summary, own_claims
from analyzer.verdicts.claims import ANYBODY
from analyzer.verdicts.clock import by_the_clock
from analyzer.verdicts.exchange import no_fits
from analyzer.verdicts.match import about_keys, assigned, candidates, without_strangers
from analyzer.verdicts.ranges import COUNT, ranges
from analyzer.verdicts.reads import reads_for

if TYPE_CHECKING:
    from datetime import datetime

SURPLUS = pl.duration(seconds=60)
"""A call that no operation claims, this near to a window, may be the operation's own by a clock that is off."""


ADRIFT = pl.duration(minutes=15)
"""How far a clock may be off before a deploy fails: AWS refuses a signature that is older (SigV4)."""


@dataclass(frozen=True, slots=True)
class Material:
    """What the facts are made of.

    Attributes:
        writes: WRITES with `windows`.
        calls: what `match.ordered_calls` gives.
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
    """Per write, and the calls behind it.

    Attributes:
        table: a row per write, the columns of WRITES and what `exact_facts` adds.
        failed: the failed write calls of each write, as `attempts.failed_attempts` gives them.
        landed: the calls that answer for writes, as `loss.losses` takes them.
        fits: `write, partner`: the call that answers for `partner` fits `write` too, as `exchange.arrows` has it.
    """

    table: pl.DataFrame
    failed: pl.DataFrame
    landed: pl.DataFrame
    fits: pl.DataFrame


def exact_facts(material: Material) -> Facts:
    """Facts about the writes that are no pattern.

    Adds to WRITES: `event_id, hit_at, hit_confidence` of the call that answers; `contested` (another operation could
    claim the same call); `hit_value` (what the call shows); `failed_*` and `recovered` (failed calls); what
    `reads_for` and `absence` give; `last_effect, last_run, last_event` (what the key's last call before the window
    did) and `end_effect` (what the last one before its end did); `near_event`.
    """
    writes = material.writes.filter(~pl.col("pattern"))
    if writes.is_empty():
        return no_facts(writes)
    claims = without_strangers(candidates(writes, material.calls))
    hits = assigned(claims)
    own = own_claims(claims, hits, writes)
    failed = failed_attempts(claims, own, hits)
    open_writes = writes.join(hits, left_on="id", right_on="write", how="anti")
    narrowed = by_the_clock(writes, claims, material.calls)
    spans = with_deploy_span(narrowed)
    sure = absence(spans, material.calls, material.chain, material.reach, material.covered)
    parts = [
        answers(claims, hits, writes),
        failed_summary(failed),
        reads_for(open_writes, narrowed, material.calls, claims),
        sure,
        _last_effects(open_writes, material.calls),
        _near_misses(writes, material.calls, hits),
    ]
    table = writes.join(stores_unread(material.calls), on="store", how="left")
    for part in parts:
        table = table.join(part, left_on="id", right_on="write", how="left")
    landed = landed_rows(writes, hits.select("write", "event_id", "store", "key"))
    return Facts(table, failed, landed, fits(claims, hits, narrowed))


def landed_rows(writes: pl.DataFrame, hits: pl.DataFrame) -> pl.DataFrame:
    """What `loss.losses` takes, from `hits`: the `write`, and the `event_id, store, key` of a call that answers."""
    said = writes.select("action", "value", "deploy", "type", "name", "start", write="id")
    return hits.join(said, on="write", maintain_order="left")


def no_facts(writes: pl.DataFrame) -> Facts:
    """Facts about no writes at all: `writes` is empty."""
    schema = {"write": pl.String(), "event_id": pl.String()}
    nothing = pl.DataFrame(schema=schema | {"resolved": pl.Boolean()})
    return Facts(writes, nothing, pl.DataFrame(schema=schema), no_fits())


def with_deploy_span(writes: pl.DataFrame) -> pl.DataFrame:
    """`write, deploy, store, low, high` of each write, and its deploy's own `deploy_low, deploy_high`."""
    return writes.select(
        "deploy",
        "store",
        "low",
        "high",
        deploy_low=pl.col("low").min().over("deploy"),
        deploy_high=pl.col("high").max().over("deploy"),
        write="id",
    )


def stores_unread(calls: pl.DataFrame) -> pl.DataFrame:
    """`store, reads_unlogged`: whether the trail holds no read of a store that it knows (a write-only selector)."""
    return (
        calls.select("store", "effect")
        .filter(pl.col("store").is_not_null())
        .group_by("store")
        .agg(reads_unlogged=(pl.col("effect") != "read").all())
    )


def _last_effects(writes: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """What the last successful write call before each window, and the last one before its end, did with the key.

    Gives `write, last_effect, last_run, last_event` (before the window) and `end_effect`.
    """
    made = (
        about_keys(calls, writes)
        .filter(pl.col("ok") & (pl.col("effect") != "read") & pl.col("run").is_not_null())
        .sort("at", "run", "position")
        .select("store", "key", "at", last_effect="effect", last_run="run", last_event="event_id")
    )
    asked = writes.filter(pl.col("low").is_not_null()).select("store", "key", "low", "high", write="id")
    place = ["store", "key"]
    before = asked.sort("low").join_asof(
        made, left_on="low", right_on="at", by=place, allow_exact_matches=False, check_sortedness=False
    )
    ended = made.select(*place, "at", end_effect="last_effect")
    return (
        before.drop("at", strict=False)
        .sort("high")
        .join_asof(ended, left_on="high", right_on="at", by=place, check_sortedness=False)
        .select("write", "last_effect", "last_run", "last_event", "end_effect")
    )


def _near_misses(writes: pl.DataFrame, calls: pl.DataFrame, hits: pl.DataFrame) -> pl.DataFrame:
    """`write, near_event`: a call by the deploy's own principal that no operation claims, outside the window.

    It counts within a minute; and within a quarter of an hour where no call answers for any write of the deploy and
    each of them has such a call: then it is the clock that is off.
    """
    open_writes = writes.join(hits, left_on="id", right_on="write", how="anti")
    answered = writes.join(hits.select("write"), left_on="id", right_on="write").select("deploy").unique()
    lonely = open_writes.join(answered, on="deploy", how="anti")
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
    return (
        pl.concat([near, adrift.select(near.columns)])
        .sort("at", "near_event")
        .unique("write", keep="first", maintain_order=True)
        .select("write", "near_event")
    )


def _whose(writes: pl.DataFrame, hits: pl.DataFrame) -> pl.DataFrame:
    """`deploy, by`: whose calls may be each deploy's: those of the callers of its hits, else anybody's."""
    own = hits.select("write", "by").join(writes.select("deploy", write="id"), on="write")
    known = own.select("deploy", "by").unique()
    others = writes.select("deploy").unique().join(known, on="deploy", how="anti")
    return pl.concat([known, others.with_columns(by=pl.lit(ANYBODY, COUNT))])


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
    found = wider.select("write").hstack(ranges(wider, spare, ["store", "key", "effect", "by"]))
    held = found.filter(pl.col("first") < pl.col("past"))
    return held.select("write").hstack(spare[held["first"]].select("at", "near_event"))
