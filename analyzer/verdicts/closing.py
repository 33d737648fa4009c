"""What the ETag of a listing adds to the chain, and what the chain says of a listing's time.

In come CHAIN and LISTINGS. Out go both again.

Every successful write gives the store a new ETag, so a listing that bears the ETag of a call was made after that call
and before the next one, whatever any clock says. So:

- A listing with the last ETag of a run closes the run: nothing was written from its last call to the listing. One with
  the ETag that the first call of a run replaced opens it. CHAIN gains a row for each, with `listing:N` for `event_id`:
  a link, and no call. A listing whose time is only that of a file's last change (a copied file is newer than what it
  holds) links nothing: it was made after the call whose ETag it bears, but by how much is not known. `undated` names
  it, for a person may know (`--keys-at`).
- A listing whose time contradicts its ETag gets the time of that ETag: that of the call that made it (`at_by` is then
  `chain`).

Source: docs/facts/cloudtrail.md#34-semantics.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import polars as pl

from analyzer.tables import CHAIN, LISTINGS, TIME, conform

LISTING: Final = "listing:"
"""How the `event_id` of a link begins that is a listing."""


def is_listing(event_id: pl.Expr) -> pl.Expr:
    """Whether a link of the chain is a listing, and no call."""
    return event_id.str.starts_with(LISTING).fill_null(False)


def closed_chain(chain: pl.DataFrame, listings: pl.DataFrame) -> pl.DataFrame:
    """CHAIN with a link for each listing that closes or opens a run.

    Args:
        chain: CHAIN.
        listings: LISTINGS, as `dated` gives them.
    """
    if listings["etag"].is_null().all():
        return chain
    links = pl.concat([_closing(chain, listings), _opening(chain, listings)])
    if links.is_empty():
        return chain
    # A link before the first call has a place below zero: `position` 0 stays the first call.
    return conform(pl.concat([chain, links]).sort("store", "run", "position"), CHAIN)


def dated(listings: pl.DataFrame, chain: pl.DataFrame) -> pl.DataFrame:
    """LISTINGS, those whose time contradicts their ETag with the time of the call that made this ETag.

    Args:
        listings: LISTINGS.
        chain: CHAIN, without listings in it.
    """
    if listings["etag"].is_null().all():
        return conform(listings, LISTINGS)
    made = _single(chain, "etag").select("store", "etag", "run", "position", made="at")
    following = chain.select("store", "run", pl.col("position") - 1, replaced="at")
    spans = made.join(following, on=["store", "run", "position"], how="left")
    # `eventTime` is cut to whole seconds: the call may have ended up to a second after it.
    too_early = pl.col("at") < pl.col("made")
    too_late = pl.col("at") > pl.col("replaced") + timedelta(seconds=1)
    wrong = (too_early | too_late).fill_null(False)
    both = listings.join(
        spans.select("store", "etag", "made", "replaced"),
        on=["store", "etag"],
        how="left",
        maintain_order="left",
    ).with_columns(
        at=pl.when(wrong).then("made").otherwise("at").cast(TIME),
        at_by=pl.when(wrong).then(pl.lit("chain")).otherwise("at_by"),
    )
    return conform(both, LISTINGS)


def undated(chain: pl.DataFrame, listings: pl.DataFrame) -> pl.DataFrame:
    """`store, undated`: a file for each store that would close its chain, if it were known when it was made.

    Args:
        chain: CHAIN, as `closed_chain` gives it.
        listings: LISTINGS.
    """
    last = pl.col("position") == pl.col("position").max().over("store", "run")
    ends = chain.filter(last & (pl.col("run") == pl.col("run").max().over("store")))
    timeless = listings.filter((pl.col("at_by") == "mtime") | pl.col("at").is_null()).drop_nulls("etag")
    found = (
        _single(chain, "etag")
        .select("store", "etag")
        .join(ends.select("store", "etag"), on=["store", "etag"], how="semi")
    )
    return (
        timeless.join(found, on=["store", "etag"], how="semi")
        .sort("listing")
        .select("store", undated="source")
        .unique("store", keep="first", maintain_order=True)
    )


def _of_clock(listings: pl.DataFrame) -> pl.DataFrame:
    """The listings with an ETag, and with a time that a person or the listing itself says."""
    return listings.filter(
        pl.col("store").is_not_null() & pl.col("etag").is_not_null() & pl.col("at_by").is_in(["file", "user"])
    ).select("store", "etag", "listing", "source", listed="at")


def _single(chain: pl.DataFrame, column: str) -> pl.DataFrame:
    """The rows whose ETag no other row has: records that contradict each other prove nothing."""
    return chain.filter(pl.col(column).is_not_null()).filter(pl.len().over("store", column) == 1)


def _closing(chain: pl.DataFrame, listings: pl.DataFrame) -> pl.DataFrame:
    last = pl.col("position") == pl.col("position").max().over("store", "run")
    next_run = chain.group_by("store", pl.col("run") - 1).agg(next_at=pl.col("at").min())
    ends = _single(chain, "etag").join(
        chain.filter(last).select("store", "run", "position"), on=["store", "run", "position"], how="semi"
    )
    closed = (
        ends.select("store", "etag", "at", "run", "position")
        .join(_of_clock(listings), on=["store", "etag"])
        .join(next_run, on=["store", "run"], how="left")
        .filter((pl.col("listed") > pl.col("at")) & ~(pl.col("listed") > pl.col("next_at")).fill_null(False))
        .sort("listed", "listing")
        .with_columns(nth=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("store", "run"))
    )
    return closed.select(
        "store",
        event_id=pl.format(LISTING + "{}", "listing"),
        at="listed",
        if_match="etag",
        etag=pl.lit(None, pl.String),
        run="run",
        position=pl.col("position") + pl.col("nth"),
        source="source",
    )


def _opening(chain: pl.DataFrame, listings: pl.DataFrame) -> pl.DataFrame:
    begins = _single(chain, "if_match").filter(pl.col("position") == 0)
    last_run = chain.group_by("store", pl.col("run") + 1).agg(last_at=pl.col("at").max())
    opened = (
        begins.select("store", "at", "run", etag="if_match")
        .join(_of_clock(listings), on=["store", "etag"])
        .join(last_run, on=["store", "run"], how="left")
        .filter((pl.col("listed") < pl.col("at")) & ~(pl.col("listed") < pl.col("last_at")).fill_null(False))
        .sort("listed", "listing", descending=True)
        .with_columns(nth=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("store", "run"))
    )
    return opened.select(
        "store",
        event_id=pl.format(LISTING + "{}", "listing"),
        at="listed",
        if_match=pl.lit(None, pl.String),
        etag="etag",
        run="run",
        position=-pl.col("nth"),
        source="source",
    )
