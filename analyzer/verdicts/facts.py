"""What is known of each write whose store and key the log names, before anything is concluded from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from analyzer.tables import TIME
from analyzer.verdicts.absence import absence
from analyzer.verdicts.attempts import failed_attempts, own_calls, reads_for, without_strangers
from analyzer.verdicts.causes import cause_of
from analyzer.verdicts.clock import by_the_clock
from analyzer.verdicts.exchange import no_fits
from analyzer.verdicts.match import about_keys, assigned, candidates, inside
from analyzer.verdicts.within import within

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
        fits: `write, partner`: the call that answers for `partner` fits `write` too.
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
    pairs = without_strangers(candidates(writes, material.calls), writes)
    hits = assigned(pairs)
    failed = failed_attempts(pairs, hits, writes)
    open_writes = writes.join(hits, left_on="id", right_on="write", how="anti")
    narrowed = by_the_clock(writes, pairs, material.calls)
    spans = with_deploy_span(narrowed)
    sure = absence(spans, material.calls, material.chain, material.reach, material.covered)
    parts = [
        _answers(pairs, hits, writes),
        failed_summary(failed, hits),
        reads_for(open_writes, narrowed, material.calls, hits, pairs),
        sure,
        _last_effects(open_writes, material.calls),
        _near_misses(writes, material.calls, hits),
    ]
    table = writes.join(stores_unread(material.calls), on="store", how="left")
    for part in parts:
        table = table.join(part, left_on="id", right_on="write", how="left")
    landed = landed_rows(writes, hits.select("write", "event_id", "store", "key"))
    return Facts(table, failed, landed, _fits(pairs, hits, narrowed))


def _fits(pairs: pl.DataFrame, hits: pl.DataFrame, narrowed: pl.DataFrame) -> pl.DataFrame:
    """`write, partner`: the call of `partner` lies in the time of `write` too, by what is known of the clocks."""
    spans = narrowed.select("clock_known", write="id", from_="low", to="high")
    in_time = pl.when("clock_known").then(pl.col("at").is_between("from_", "to")).otherwise(inside())
    good = pairs.filter("ok").join(spans, on="write").filter(in_time)
    claims = good.select("write", "call").join(hits.select("call", partner="write"), on="call")
    return claims.filter(pl.col("write") != pl.col("partner")).select("write", "partner")


def landed_rows(writes: pl.DataFrame, hits: pl.DataFrame) -> pl.DataFrame:
    """What `loss.losses` takes, from `hits`: the `write`, and the `event_id, store, key` of a call that answers."""
    said = writes.select("action", "value", "deploy", "name", "start", write="id")
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


def failed_summary(failed: pl.DataFrame, hits: pl.DataFrame) -> pl.DataFrame:
    """Per write: `recovered` (attempts that were tried again with success) and the last attempt that was not."""
    landed = hits.select("write", hit_writer="writer")
    # SST tries a stale ETag again without end: it never is what ended an operation.
    stale = cause_of(pl.col("error_code"), pl.col("error_message")) == "precondition_failed"
    known = failed.join(landed, on="write", how="left").sort(~stale, "at", "event_id")
    again = pl.col("resolved") & (pl.col("hit_writer") == pl.col("writer")).fill_null(False)
    last_word = ~pl.col("resolved")
    return known.group_by("write").agg(
        recovered=pl.col("event_id").filter(again).n_unique().cast(pl.Int64),
        failed_event=pl.col("event_id").filter(last_word).last(),
        failed_request=pl.col("request_id").filter(last_word).last(),
        failed_code=pl.col("error_code").filter(last_word).last(),
        failed_message=pl.col("error_message").filter(last_word).last(),
    )


def _answers(pairs: pl.DataFrame, hits: pl.DataFrame, writes: pl.DataFrame) -> pl.DataFrame:
    """Per write the call that answers for it and how sure that is; and whether the call is contested.

    It is contested where a write that got no call could claim it with the same right.
    """
    said = writes.select("op", "reported", write="id")
    good = pairs.filter("ok")
    rivals = (
        good.join(hits.select("write"), on="write", how="anti")
        .join(said, on="write")
        .select("call", "write", "reported", claim="phase")
    )
    # What an operation without an end may have done, another that ended well did as well as not: only an update that
    # set its outputs surely wrote.
    killed = (pl.col("reported") == "unfinished") & (pl.col("claim") == 1) & (pl.col("op") != "update")
    contests = (
        hits.select("call", "phase", holder="write")
        .join(said.select("op", holder="write"), on="holder")
        .join(rivals, on="call")
        .filter((pl.col("claim") <= pl.col("phase")) | killed)
    )
    disputed = contests.select("call", contested=pl.lit(value=True)).unique()
    identities = hits.join(writes.select("deploy", write="id"), on="write").select(
        "write", callers=pl.col("caller").n_unique().over("deploy")
    )
    writers = good.group_by("write").agg(writers=pl.col("writer").n_unique())
    sure = inside() & (pl.col("writers") == 1) & (pl.col("callers") == 1)
    answered = (
        hits.join(writers, on="write")
        .join(identities, on="write")
        .join(disputed, on="call", how="left")
        .with_columns(pl.col("contested").fill_null(False))
        .select(
            "write",
            "event_id",
            "contested",
            hit_at="at",
            hit_value="value",
            hit_confidence=pl.when("contested")
            .then(pl.lit("low"))
            .when(sure)
            .then(pl.lit("proven"))
            .otherwise(pl.lit("high")),
        )
    )
    unanswered = contests.select("write", contested=pl.lit(value=True)).unique("write")
    return pl.concat([answered, unanswered], how="diagonal")


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
    spare = (
        about_keys(calls, open_writes)
        .filter(pl.col("ok") & (pl.col("effect") != "read"))
        .join(hits, on="event_id", how="anti")
        .select("store", "key", "effect", "at", "caller", near_event="event_id")
    )
    near = own_calls(_around(open_writes, spare, SURPLUS), hits, writes).select("write", "at", "near_event")
    far = _around(lonely, spare, ADRIFT).join(lonely.select("deploy", write="id"), on="write")
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


def _around(writes: pl.DataFrame, spare: pl.DataFrame, margin: pl.Expr) -> pl.DataFrame:
    """Pairs of a write and a call of `spare` that would answer for it, were its window wider by `margin`."""
    effects = pl.when(pl.col("action") == "delete").then(pl.lit("delete")).otherwise(pl.lit("put"))
    asked = writes.select(
        "store",
        "key",
        low=(pl.col("start") - margin).cast(TIME),
        high=(pl.col("end") + margin).cast(TIME),
        write="id",
        effect=effects,
    )
    return within(asked, spare, ["store", "key", "effect"])
