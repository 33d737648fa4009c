"""Where the chain of a store's writes is open around a deploy: LINKS, by the calls in hand. Nothing is called here.

A chain proves that nothing was written only between two of its writes (docs/facts/cloudtrail.md#34-semantics). So a
deploy needs, of each store, the write before it and the write after it, and no break from the one to the other. Before
the first write of a new store there is none. After the last there is none either where the store's ETag is still the
one that it returned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import polars as pl

from analyzer.tables import TIME, conform
from analyzer.trail.calls.chain import chain

if TYPE_CHECKING:
    from collections.abc import Mapping

LINKS: Final = pl.Schema(
    {
        "store": pl.String(),
        "deploy": pl.Int64(),
        "written": pl.Boolean(),  # some write is in hand that was made during it
        "before": TIME,  # the last write in hand that was made before it
        "after": TIME,  # the first one after it
        "linked_before": pl.Boolean(),  # nothing is missing between that one and the next
        "linked_after": pl.Boolean(),
    }
)
"""One store and one deploy."""


def links(
    needs: pl.DataFrame, writes: pl.DataFrame, lives: pl.DataFrame, etags: Mapping[str, str]
) -> pl.DataFrame:
    """LINKS of `needs`.

    Args:
        needs: `store, deploy, low, high`.
        writes: CALLS, those that write.
        lives: STORE_LIVES.
        etags: the ETag that each store has now, where that is known.
    """
    records = (
        chain(writes)
        .join(_fresh(writes), on=["store", "event_id"], how="left")
        .with_columns(pl.col("fresh").fill_null(False))
        .sort("at", "run", "position")
    )
    found = needs.select("store", "deploy", "low", "high")
    for side in _SIDES:
        found = _nearest(found, records, side)
    now = pl.DataFrame(
        {"store": list(etags), "now": list(etags.values())},
        schema={"store": pl.String, "now": pl.String},
    )
    born = lives.group_by("store").agg(pl.col("created_at").max())
    found = found.join(now, on="store", how="left").join(born, on="store", how="left")
    new = (pl.col("created_at") <= pl.col("first_at")).fill_null(False) & (
        pl.col("before_at").is_null() | (pl.col("before_at") < pl.col("created_at"))
    )
    new |= pl.col("before_at").is_null() & pl.col("first_fresh").fill_null(False)
    unborn = (pl.col("created_at") > pl.col("high")).fill_null(False)
    still = (pl.col("last_etag") == pl.col("now")).fill_null(False)
    one_before = (pl.col("before_run") == pl.col("first_run")).fill_null(False)
    one_after = (pl.col("after_run") == pl.col("last_run")).fill_null(False)
    linked = found.with_columns(
        written=(pl.col("first_at") <= pl.col("high")).fill_null(False),
        before="before_at",
        after="after_at",
        linked_before=one_before
        | new
        | unborn
        | (pl.col("first_at").is_null() & pl.col("before_at").is_not_null()),
        linked_after=one_after
        | unborn
        | still
        | (pl.col("last_at").is_null() & pl.col("after_at").is_not_null()),
    )
    return conform(linked.sort("deploy", "store"), LINKS)


class _Side(NamedTuple):
    """Which record is looked for: the nearest on one side of an edge, on the edge itself or not."""

    name: str
    edge: Literal["low", "high"]
    strategy: Literal["backward", "forward"]
    exact: bool


_SIDES: Final = (
    _Side("before", "low", "backward", exact=False),
    _Side("first", "low", "forward", exact=True),
    _Side("last", "high", "backward", exact=True),
    _Side("after", "high", "forward", exact=False),
)


def _nearest(needs: pl.DataFrame, records: pl.DataFrame, side: _Side) -> pl.DataFrame:
    """`needs` with the record of a side: its time, its run, its ETag, and whether the store was empty before it."""
    named = records.select("store", pl.col("at", "run", "etag", "fresh").name.prefix(f"{side.name}_"))
    return needs.sort(side.edge).join_asof(
        named,
        left_on=side.edge,
        right_on=f"{side.name}_at",
        by="store",
        strategy=side.strategy,
        allow_exact_matches=side.exact,
        check_sortedness=False,
    )


def _fresh(writes: pl.DataFrame) -> pl.DataFrame:
    """`store, event_id, fresh` of the writes that left their store with just the keys that they put: it was empty."""
    puts_alone = (pl.col("effect") == "put").all() & (pl.col("item_count").first() == pl.len())
    return (
        writes.filter(pl.col("ok"))
        .group_by("store", "event_id")
        .agg(fresh=puts_alone.fill_null(False))
        .filter("fresh")
    )
