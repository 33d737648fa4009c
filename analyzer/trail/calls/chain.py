"""The chain: the successful writes of one store, ordered by what they say they replaced.

Every write to a key-value store is a compare-and-swap on the store's ETag: it succeeds only if its `ifMatch` is
the current ETag, and it returns the next one. So `b.ifMatch == a.eTag` means that b directly followed a, and that
nothing was written in between. Time stamps play no part: they are whole seconds and come from another clock.
"""

from __future__ import annotations

import polars as pl

from analyzer.tables import CHAIN, conform, empty


def chain(calls: pl.DataFrame) -> pl.DataFrame:
    """CHAIN: one row per successful write record, with its run and its place in it.

    A record whose `ifMatch` no available record returned begins a run; so does one whose `ifMatch` another success
    claims too (a fork cannot happen in one store: the records contradict each other, and prove nothing).

    Args:
        calls: CALLS.
    """
    records = _records(calls)
    if records.is_empty():
        return empty(CHAIN)
    placed = _placed(records.with_columns(before=_predecessors(records)))
    # Runs do not overlap in the store: of two that begin in one second, the one that ends first was first.
    span = pl.struct(
        pl.col("at").min().over("store", "root"),
        pl.col("at").max().over("store", "root").alias("last"),
        "root",
    )
    runs = placed.with_columns(span=span).with_columns(
        run=(pl.col("span").rank("dense").over("store") - 1).cast(pl.Int64)
    )
    return conform(runs.sort("store", "run", "position"), CHAIN)


def forks(chain: pl.DataFrame) -> pl.DataFrame:
    """`store, if_match, records`: ETags that several successes claim to have replaced, and the eventIDs of these.

    Args:
        chain: CHAIN.
    """
    claims = chain.filter(pl.col("if_match").is_not_null()).group_by("store", "if_match", maintain_order=True)
    return claims.agg(records=pl.col("event_id").sort()).filter(pl.col("records").list.len() > 1)


def _records(calls: pl.DataFrame) -> pl.DataFrame:
    """Successful write records, one row each, in the order of time, numbered from 0."""
    return (
        calls.lazy()
        .filter(pl.col("ok") & (pl.col("effect") != "read"))
        .filter(
            pl.col("event_id").ne_missing(pl.col("event_id").shift())
        )  # the rows of a record lie together
        .select("store", "event_id", "at", "if_match", "etag", "source")
        .collect()
        .unique("event_id", keep="first", maintain_order=True)
        .sort("store", "at", "event_id")
        .with_row_index("index")
        .with_columns(pl.col("index").cast(pl.Int64))
    )


def _predecessors(records: pl.DataFrame) -> pl.Series:
    """For each record the index of the one that it directly followed; its own if none is available."""
    producers = (
        records.filter(pl.col("etag").is_not_null())
        .filter(pl.len().over("store", "etag") == 1)
        .select("store", if_match="etag", before="index")
    )
    forked = pl.len().over("store", "if_match") > 1
    joined = records.join(producers, on=["store", "if_match"], how="left", maintain_order="left")
    return joined.select(
        before=pl.when(forked).then(pl.col("index")).otherwise(pl.coalesce("before", "index"))
    ).to_series()


def _placed(records: pl.DataFrame) -> pl.DataFrame:
    """`records` with `root` (the index of the first record of its run) and `position` behind it.

    Pointer doubling: each round every record learns how far its current ancestor is from that one's ancestor, so a
    run of n records takes log2(n) rounds. A record that never reaches a root is on a circle, which a store cannot
    produce: it is taken out of the chain and stands alone.
    """
    root = records["before"]
    position = (root != records["index"]).cast(pl.Int64)
    for _ in range(records.height.bit_length() + 1):
        position = position + position.gather(root)
        root = root.gather(root)
    circular = records["before"].gather(root) != root
    return records.with_columns(root=root, position=position).with_columns(
        root=pl.when(circular).then("index").otherwise("root"),
        position=pl.when(circular).then(0).otherwise("position"),
    )
