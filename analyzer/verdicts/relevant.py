"""The calls that the verdicts on the given writes rest on. Most of a million calls are on keys that no deploy wrote."""

from __future__ import annotations

import polars as pl

from analyzer.verdicts.losses.pieces import head_of_piece


def relevant_calls(calls: pl.DataFrame, chain: pl.DataFrame, writes: pl.DataFrame) -> pl.DataFrame:
    """CALLS without what is relevant to no verdict; what the chain says of the others, it says as well without them.

    Kept are calls on the keys of the writes, and on the pieces of lists; calls without a key or a store, because they
    may be on any; failed ones; the first record of each chain, and one read of each store. Where a write's key is a
    pattern, all are kept.

    Args:
        calls: CALLS.
        chain: CHAIN of them.
        writes: WRITES.
    """
    if writes["pattern"].any():
        return calls
    keys = writes["key"].unique().implode()
    lists = writes.filter(pl.col("action").is_in(["append", "remove"]))["key"].unique()
    first = chain.filter((pl.col("run") == 0) & (pl.col("position") == 0))["event_id"]
    reads = calls.lazy().select("store", "effect", "event_id").filter(pl.col("effect") == "read")
    one_read = reads.unique("store", keep="any").collect()["event_id"]
    kept = (
        pl.col("key").is_in(keys)
        | head_of_piece().is_in((lists + ":").implode())
        | pl.any_horizontal(pl.col("key", "store").is_null())
        | ~pl.col("ok").fill_null(False)
        | pl.col("event_id").is_in(pl.concat([first, one_read]).implode())
    )
    return calls.lazy().filter(kept).collect()
