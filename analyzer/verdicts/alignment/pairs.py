"""Which attempts may be an operation's own: those whose keys all are the operation's.

In come the operations, the attempts and windows of time. Out go PAIRS. One test is worth more than all weights: one
batch never holds the keys of two resources (docs/facts/alignment.md#1-event-logs-the-estimator).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.tables import conform
from analyzer.verdicts.alignment.tables import PAIRS
from analyzer.verdicts.columns import COUNT
from analyzer.verdicts.ranges import ranges, rows_of

if TYPE_CHECKING:
    from analyzer.verdicts.alignment.attempts import Attempts
    from analyzer.verdicts.alignment.operations import Operations

REACH = 3700.0
"""Seconds by which a clock may be off, and some more: runs beyond it are rivals all the same."""

BUSY = 200
"""A key on which there are more attempts in reach only confirms an offset, unless the deploy has no other."""


def in_reach(ops: Operations, found: Attempts) -> tuple[pl.DataFrame, pl.DataFrame]:
    """PAIRS that vote for an offset, and the lanes (as `windows`) of the operations that only confirm one.

    Args:
        ops: the operations.
        found: the attempts.
    """
    spans = ops.table.select(
        "number", "deploy", "lists", low=pl.col("start") - REACH, high=pl.col("end") + REACH
    )
    windows = windows_of(ops, found).join(spans, on="number", how="left", maintain_order="left")
    wide = windows.hstack(ranges(windows, found.keys, ["lane"]))
    fitting = pl.col("past") - pl.col("first")
    counted = wide.with_columns(busy=(fitting > BUSY) | pl.col("lists"))
    idle = ((fitting > 0) & ~pl.col("busy")).any().over("number")
    calm = (idle & ~pl.col("lists")).any().over("deploy")
    voting = counted.with_columns(votes=pl.when(calm).then(idle).otherwise(~pl.col("lists")), idle=idle)
    looked = voting.filter(pl.col("votes") & (~pl.col("busy") | ~pl.col("idle")))
    pairs = _pairs(looked, ops, found)
    confirming = voting.filter(~pl.col("votes")).select("number", "lane", "apis")
    return pairs, confirming


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
    """`pairs` whose attempt names nothing but what the operation writes, by the API that it uses."""
    lanes = windows_of(ops, found).select("number", "lane")
    named = (
        pairs.select("number", "attempt")
        .join(found.keys.select("attempt", "lane", "names"), on="attempt")
        .join(lanes, on=["number", "lane"], how="semi")
        .group_by("number", "attempt")
        .agg(pl.col("names").sum().cast(COUNT))
    )
    whole = (
        pairs.join(named, on=["number", "attempt"])
        .join(found.table, on="attempt")
        .filter((pl.col("names") == pl.col("size")) & pl.col("api").is_in(pl.col("apis")))
        .sort("number", "at", "attempt")
    )
    return conform(whole, PAIRS)
