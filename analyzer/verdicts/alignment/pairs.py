"""Which attempts may be an operation's own: those whose keys all are the operation's.

In come the operations, the attempts and windows of time. Out go PAIRS. One test is worth more than all weights: one
batch never holds the keys of two resources (docs/facts/alignment.md#1-event-logs-the-estimator).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from analyzer.tables import conform, empty
from analyzer.verdicts.alignment.tables import PAIRS
from analyzer.verdicts.columns import COUNT
from analyzer.verdicts.ranges import ranges, rows_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from analyzer.verdicts.alignment.attempts import Attempts
    from analyzer.verdicts.alignment.operations import Operations

REACH = 3700.0
"""Seconds by which a clock may be off, and some more: runs beyond it are rivals all the same."""

BUSY = 200
"""A key on which there are more attempts in reach only confirms an offset, unless the deploy has no other."""

CROWDED = 2000
"""Where a deploy has no other, and there are more than this, only offsets near zero are looked at."""

NARROW = 130.0
"""Seconds on either side that are looked at then; if there are too many even so, they do not vote."""

_FITTING = pl.col("past") - pl.col("first")


@dataclass(frozen=True, slots=True)
class Reach:
    """What may be each operation's own, within reach of its time.

    Attributes:
        voting: PAIRS that vote for an offset.
        confirming: `number, lane, apis, start, end, deploy`: what only confirms one, to be looked up `at_offsets`.
        narrow: deploys on whose keys there is so much that only offsets near zero were looked at.
    """

    voting: pl.DataFrame
    confirming: pl.DataFrame
    narrow: frozenset[str]


def in_reach(ops: Operations, found: Attempts) -> Reach:
    """The attempts within reach of each operation.

    Args:
        ops: the operations.
        found: the attempts.
    """
    times = ops.table.select("number", "deploy", "lists", "start", "end")
    lanes = windows_of(ops, found).join(times, on="number", how="left", maintain_order="left")
    wide = _ranged(lanes, found, REACH).with_columns(busy=(_FITTING > BUSY) | pl.col("lists"))
    idle = ((_FITTING > 0) & ~pl.col("busy")).any().over("number")
    calm = idle.any().over("deploy")
    sorted_out = wide.with_columns(
        idle=idle, calm=calm, votes=pl.when(calm).then(idle).otherwise(~pl.col("lists"))
    )
    votes = sorted_out.filter("votes")
    crowded = votes.filter(~pl.col("calm") & (_FITTING > CROWDED))
    near = crowded
    if not crowded.is_empty():
        near = _ranged(crowded.drop("first", "past"), found, NARROW).filter(_FITTING <= CROWDED)
    looked = votes.join(crowded, on=["number", "lane"], how="anti").filter(~pl.col("busy") | ~pl.col("idle"))
    pairs = _pairs(pl.concat([looked, near.select(looked.columns)]), ops, found)
    confirming = sorted_out.filter(~pl.col("votes")).select(
        "number", "lane", "apis", "deploy", "start", "end"
    )
    return Reach(pairs, confirming, frozenset(crowded["deploy"].to_list()))


def at_offsets(
    confirming: pl.DataFrame, offsets: Mapping[str, Collection[float]], ops: Operations, found: Attempts
) -> pl.DataFrame:
    """PAIRS of what only confirms an offset, at the offsets of each deploy that are looked at."""
    if confirming.is_empty():
        return empty(PAIRS)
    rows = [(deploy, offset) for deploy, of_deploy in offsets.items() for offset in set(of_deploy)]
    at = pl.DataFrame(rows, {"deploy": pl.String(), "offset": pl.Float64()}, orient="row")
    windows = confirming.join(at, on="deploy", maintain_order="left").with_columns(
        low=pl.col("start") - pl.col("offset") - 1,
        high=pl.col("end") - pl.col("offset") + 1,
        busy=pl.lit(value=True),
    )
    return _pairs(windows.hstack(ranges(windows, found.keys, ["lane"])), ops, found)


def _ranged(lanes: pl.DataFrame, found: Attempts, reach: float) -> pl.DataFrame:
    windows = lanes.with_columns(low=pl.col("start") - reach, high=pl.col("end") + reach)
    return windows.hstack(ranges(windows, found.keys, ["lane"])).drop("low", "high")


def windows_of(ops: Operations, found: Attempts) -> pl.DataFrame:
    """`number, lane, apis`: the lanes on which each operation writes."""
    on = ["store", "key", "namespace", "effect"]
    return ops.needs.join(found.lanes, on=on, nulls_equal=True, maintain_order="left").select(
        "number", "lane", "apis"
    )


def _pairs(windows: pl.DataFrame, ops: Operations, found: Attempts) -> pl.DataFrame:
    rows = rows_of(windows)
    keys = found.keys[rows["row"]]
    many = windows.select("number", "apis", "busy")[rows["span"]].hstack(
        keys.select("attempt", "run", "lane")
    )
    by_lane = many.group_by("number", "lane").agg(runs=pl.col("run").n_unique(), busy=pl.col("busy").any())
    lone = by_lane.filter((pl.col("runs") == 1) & ~pl.col("busy")).select("number", "lane", lone=True)
    pairs = (
        many.join(lone, on=["number", "lane"], how="left")
        .group_by("number", "attempt")
        .agg(pl.col("apis").first(), sole=pl.col("lone").any().fill_null(value=False))
    )
    return _fitting(pairs, ops, found)


def _fitting(pairs: pl.DataFrame, ops: Operations, found: Attempts) -> pl.DataFrame:
    """`pairs` whose attempt names nothing but what the operation writes, by the API that it uses.

    What an operation deletes by a listing of the store no log names: there the puts decide. SST sends all keys that are
    new or changed, in batches: a call with fewer keys than the one batch has is another run's
    (docs/facts/sst-output.md#42-calls-per-operation).
    """
    lanes = windows_of(ops, found).select("number", "lane")
    named = (
        pairs.select("number", "attempt")
        .join(found.keys.select("attempt", "lane", "names", own_puts="puts"), on="attempt")
        .join(lanes, on=["number", "lane"], how="semi")
        .group_by("number", "attempt")
        .agg(pl.col("names", "own_puts").sum().cast(COUNT))
        .join(ops.table.select("number", "by_listing", "born", "batches", "keys"), on="number", how="left")
    )
    fewer = (pl.col("born") != 0) & (pl.col("batches") == 1) & (pl.col("names") < pl.col("keys"))
    its_puts = pl.col("by_listing") & (pl.col("puts") > 0) & (pl.col("own_puts") == pl.col("puts"))
    whole = (
        pairs.join(named, on=["number", "attempt"])
        .join(found.table, on="attempt")
        .filter(((pl.col("names") == pl.col("size")) | its_puts) & pl.col("api").is_in(pl.col("apis")))
        .filter(~fewer)
        .with_columns(size="names")
        .sort("number", "at", "attempt")
    )
    return conform(whole, PAIRS)
