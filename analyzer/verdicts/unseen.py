"""Writes of a store that a listing shows to have been made, or that may have been, and that no available call records.

In come the writes that are not in place by a listing, CHAIN and LISTINGS. Out go those that such a write may have made
right: a later deploy, of which neither log nor calls are available, may have meant what the listing shows. The ETag of
a listing is the proof: each successful write makes a new one (docs/facts/cloudtrail.md#34-semantics).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import polars as pl

from analyzer.verdicts.healing import heal
from analyzer.verdicts.listed_words import WRONG

_SOON: Final = timedelta(hours=1)
"""How long after a deploy a listing of a store without calls is taken to show what the deploy left."""


def unseen_stores(chain: pl.DataFrame, listings: pl.DataFrame) -> pl.DataFrame:
    """`store, recorded, unseen`: of each store whether it has calls, and whether its newest listing is after others.

    Args:
        chain: CHAIN.
        listings: LISTINGS.
    """
    newest = (
        listings.filter(pl.col("store").is_not_null() & ~pl.col("bare").fill_null(value=False))
        .sort(pl.col("live").is_not_null(), "at", "listing")
        .unique("store", keep="last", maintain_order=True)
        .select("store", "etag")
    )
    known = pl.concat([chain.select("store", "etag"), chain.select("store", etag="if_match")]).unique()
    of_calls = newest.join(known, on=["store", "etag"], how="semi")["store"].implode()
    return newest.select(
        "store",
        recorded=pl.col("store").is_in(chain["store"].unique().implode()),
        unseen=pl.col("etag").is_not_null() & ~pl.col("store").is_in(of_calls),
    )


def by_unseen(broken: pl.DataFrame, stores: pl.DataFrame) -> pl.DataFrame:
    """HEALS of the writes that a listing lacks, and that a write without a record may have made right.

    Args:
        broken: the writes that are not in place, with `since`, `place`, `listed` and `listed_at`.
        stores: what `unseen_stores` gives.
    """
    wrong = broken.filter(pl.col("listed").is_in(WRONG) & pl.col("verdict").is_in(["lost", "mismatched"]))
    late = (pl.col("listed_at") > pl.col("since") + _SOON).fill_null(value=False)
    found = wrong.join(stores, left_on="place", right_on="store")
    unrecorded = pl.col("recorded") & pl.col("unseen")
    by = (
        pl.when(unrecorded)
        .then(
            pl.lit(
                "a call that the trail does not have: the ETag of the listing is that of no available call"
            )
        )
        .when(~pl.col("recorded") & late)
        .then(pl.lit("a later deploy: no call between this one and the listing is available"))
    )
    how = pl.when(unrecorded).then(pl.lit("call")).otherwise(pl.lit("deploy"))
    return found.select("id", **heal(by, how)).drop_nulls("healed_by")
