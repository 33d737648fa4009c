"""What is known of each write whose store and key the log names, before anything is concluded from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from analyzer.tables import TIME
from analyzer.verdicts.absence import absence
from analyzer.verdicts.attempts import failed_attempts, own_calls, reads_for
from analyzer.verdicts.loss import losses
from analyzer.verdicts.match import INNER, OUTER, assigned, candidates
from analyzer.verdicts.within import within

if TYPE_CHECKING:
    from datetime import datetime

SURPLUS = pl.duration(seconds=60)
"""A call that no operation claims, this near to a window, may be the operation's own by a clock that is off."""


@dataclass(frozen=True, slots=True)
class Material:
    """What the facts are made of.

    Attributes:
        writes: WRITES with `windows`.
        calls: what `match.ordered_calls` gives.
        chain: CHAIN.
        deploys: DEPLOYS.
        reach: the latest time that the trail speaks for.
    """

    writes: pl.DataFrame
    calls: pl.DataFrame
    chain: pl.DataFrame
    deploys: pl.DataFrame
    reach: datetime | None


@dataclass(frozen=True, slots=True)
class Facts:
    """Per write, and the calls behind it.

    Attributes:
        table: a row per write, the columns of WRITES and what `exact_facts` adds.
        failed: the failed write calls of each write, as `attempts.failed_attempts` gives them.
    """

    table: pl.DataFrame
    failed: pl.DataFrame


def exact_facts(material: Material) -> Facts:
    """Facts about the writes that are no pattern.

    Adds to WRITES: `event_id, hit_at, hit_confidence` of the call that answers; `contested` (another operation could
    claim the same call); `differs` (the call shows another value); `failed_*` and `recovered` (failed calls);
    `failed_read, read_failed_with, absent_read, spare_reads`; `absent, doubt, before, after, between`;
    `last_effect, last_run` (what the key's last call before the window did); `loss_*`.
    """
    writes = material.writes.filter(~pl.col("pattern"))
    if writes.is_empty():
        return no_facts(writes)
    pairs = candidates(writes, material.calls)
    hits = assigned(pairs)
    failed = failed_attempts(pairs, hits, writes)
    open_writes = writes.join(hits, left_on="id", right_on="write", how="anti")
    spans = with_deploy_span(writes)
    table = (
        writes.join(_answers(pairs, hits), left_on="id", right_on="write", how="left")
        .join(failed_summary(failed, hits), left_on="id", right_on="write", how="left")
        .join(reads_for(open_writes, material.calls, hits, pairs), left_on="id", right_on="write", how="left")
        .join(stores_unread(material.calls), on="store", how="left")
        .join(
            absence(spans, material.calls, material.chain, material.reach),
            left_on="id",
            right_on="write",
            how="left",
        )
        .join(_last_before(open_writes, material.calls), left_on="id", right_on="write", how="left")
        .join(_near_misses(open_writes, material.calls, hits), left_on="id", right_on="write", how="left")
        .join(
            losses(hits, writes, material.calls, material.deploys), left_on="id", right_on="write", how="left"
        )
    )
    return Facts(table, failed)


def no_facts(writes: pl.DataFrame) -> Facts:
    """Facts about no writes at all: `writes` is empty."""
    schema = {"write": pl.String(), "event_id": pl.String(), "resolved": pl.Boolean()}
    return Facts(writes, pl.DataFrame(schema=schema))


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
        calls.filter(pl.col("store").is_not_null())
        .group_by("store")
        .agg(reads_unlogged=(pl.col("effect") != "read").all())
    )


def failed_summary(failed: pl.DataFrame, hits: pl.DataFrame) -> pl.DataFrame:
    """Per write: `recovered` (attempts that were tried again with success) and the last attempt that was not."""
    landed = hits.select("write", hit_writer="writer")
    known = failed.join(landed, on="write", how="left").sort("at")
    again = pl.col("resolved") & (pl.col("hit_writer") == pl.col("writer")).fill_null(False)
    last_word = ~pl.col("resolved")
    return known.group_by("write").agg(
        recovered=pl.col("event_id").filter(again).n_unique().cast(pl.Int64),
        failed_event=pl.col("event_id").filter(last_word).last(),
        failed_request=pl.col("request_id").filter(last_word).last(),
        failed_code=pl.col("error_code").filter(last_word).last(),
        failed_message=pl.col("error_message").filter(last_word).last(),
    )


def _answers(pairs: pl.DataFrame, hits: pl.DataFrame) -> pl.DataFrame:
    """Per write the call that answers for it and how sure that is; and whether the call is contested."""
    good = pairs.filter("ok")
    writers = good.group_by("write").agg(writers=pl.col("writer").n_unique())
    left_over = good.join(hits.select("write"), on="write", how="anti")
    contested_calls = left_over.select("call", contested=pl.lit(value=True)).unique("call")
    inside = pl.col("at").is_between((pl.col("start") - INNER).cast(TIME), (pl.col("end") + INNER).cast(TIME))
    answered = (
        hits.join(writers, on="write", how="left")
        .join(contested_calls, on="call", how="left")
        .select(
            "write",
            "event_id",
            hit_at="at",
            hit_value="value",
            contested=pl.col("contested").fill_null(False),
            hit_confidence=pl.when(pl.col("contested").fill_null(False))
            .then(pl.lit("low"))
            .when(inside & (pl.col("writers") == 1))
            .then(pl.lit("proven"))
            .otherwise(pl.lit("high")),
        )
    )
    unanswered = left_over.select("write", contested=pl.lit(value=True)).unique("write")
    return pl.concat([answered, unanswered], how="diagonal")


def _last_before(writes: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """What the last successful write call before each window did with the key: `last_effect, last_run, last_event`."""
    made = (
        calls.filter(pl.col("ok") & (pl.col("effect") != "read") & pl.col("run").is_not_null())
        .sort("at", "run", "position")
        .select("store", "key", "at", last_effect="effect", last_run="run", last_event="event_id")
    )
    asked = writes.filter(pl.col("low").is_not_null()).select("store", "key", "low", write="id").sort("low")
    return asked.join_asof(
        made,
        left_on="low",
        right_on="at",
        by=["store", "key"],
        strategy="backward",
        allow_exact_matches=False,
        check_sortedness=False,
    ).select("write", "last_effect", "last_run", "last_event")


def _near_misses(writes: pl.DataFrame, calls: pl.DataFrame, hits: pl.DataFrame) -> pl.DataFrame:
    """`write, near_event`: a call by the deploy's own writer that no operation claims, just outside the window."""
    effects = pl.when(pl.col("action") == "delete").then(pl.lit("delete")).otherwise(pl.lit("put"))
    asked = writes.filter(pl.col("low").is_not_null()).select(
        "store",
        "key",
        low=(pl.col("low") + OUTER - SURPLUS).cast(TIME),
        high=(pl.col("high") - OUTER + SURPLUS).cast(TIME),
        write="id",
        effect=effects,
    )
    spare = (
        calls.filter(pl.col("ok") & (pl.col("effect") != "read"))
        .join(hits.select("event_id"), on="event_id", how="anti")
        .select("store", "key", "effect", "at", "writer", near_event="event_id")
    )
    seen = within(asked, spare, ["store", "key", "effect"])
    return (
        own_calls(seen, hits, writes)
        .sort("at", "near_event")
        .unique("write", keep="first", maintain_order=True)
        .select("write", "near_event")
    )
