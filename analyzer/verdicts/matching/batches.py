"""Puts of one operation that were matched with more calls than it makes: the calls of its own batches are preferred.

SST sends the keys of an operation in batches of `BATCH`. Where two runs write the same keys in the same seconds, each
key alone fits the calls of both. A call with a key that the operation does not write is another's, if one of the
operation's own calls has the key as well, and no write has that one
(docs/facts/sst-output.md#42-calls-per-operation).

In come HITS, the writes and CALLS. Out goes HITS.
"""

from __future__ import annotations

import polars as pl

from analyzer.tables import conform
from analyzer.verdicts.columns import BATCH
from analyzer.verdicts.matching.claims import Claims, with_call
from analyzer.verdicts.matching.tables import HITS

_OPERATION = ["deploy", "operation", "store"]
_KEY = ["store", "key"]


def of_one_batch(
    hits: pl.DataFrame, claims: Claims, writes: pl.DataFrame, calls: pl.DataFrame
) -> pl.DataFrame:
    """HITS, with the calls of an operation's own batches in the place of another's.

    Args:
        hits: HITS.
        claims: the claims that were matched.
        writes: WINDOWS.
        calls: CALLS, also those on keys that no write names.
    """
    puts = writes.filter(pl.col("action") == "put").select(*_OPERATION, "key", write="id")
    matched = hits.select("write", "event_id").join(puts, on="write")
    made = matched.group_by(_OPERATION).agg(events=pl.col("event_id").n_unique())
    needed = puts.group_by(_OPERATION).agg(batches=(pl.len() + BATCH - 1) // BATCH)
    spread = made.join(needed, on=_OPERATION).filter(pl.col("events") > pl.col("batches"))
    if spread.is_empty():
        return hits
    events = matched.join(spread, on=_OPERATION, how="semi").select(*_OPERATION, "event_id").unique()
    of_puts = pl.col("event_id").is_in(events["event_id"].unique().implode()) & (pl.col("effect") == "put")
    named = calls.select("event_id", "effect", *_KEY).filter(of_puts).drop("effect").drop_nulls("key")
    of_events = events.join(named, on=["event_id", "store"])
    foreign = (
        of_events.join(puts, on=[*_OPERATION, "key"], how="anti").select(*_OPERATION, "event_id").unique()
    )
    better = (
        matched.join(foreign, on=[*_OPERATION, "event_id"], how="semi")
        .select("write", *_OPERATION, "key")
        .join(of_events.join(foreign, on=[*_OPERATION, "event_id"], how="anti"), on=[*_OPERATION, "key"])
        .join(claims.calls.select("event_id", *_KEY, "call"), on=["event_id", *_KEY])
        .join(hits.select("call"), on="call", how="anti")
        .sort("call", "write")
        .unique("write", keep="first", maintain_order=True)
        .unique("call", keep="first", maintain_order=True)
        .select("write", "call")
    )
    of_write = hits.select("write", "phase", "effect", *_KEY, "start", "end")
    moved = with_call(better, claims.calls).join(of_write, on="write")
    kept = hits.join(better, on="write", how="anti", maintain_order="left")
    return pl.concat([kept, conform(moved, HITS)])
