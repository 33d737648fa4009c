"""How sure a listing makes a verdict, and whether what the trail doubts is older than it: as ranks, 0 for `proven`.

In come the columns of FINAL_VERDICTS beside the newest listing of the store. Out go expressions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.tables import TIME
from analyzer.verdicts.listed_words import WRONG
from analyzer.verdicts.signs import in_a_gap

if TYPE_CHECKING:
    from datetime import datetime

_RANKS: Final = {"proven": 0, "high": 1, "low": 2}
LOW: Final = _RANKS["low"]

_SOON: Final = pl.duration(hours=1)
"""How long after a deploy a listing is taken to show what it left, where no trail reaches it (as in `unseen`)."""


def shared_loss() -> pl.Expr:
    """Whether the trail says that this write or another was lost, and cannot decide which."""
    return ((pl.col("trail_verdict") == "unverifiable") & pl.col("ambiguous_cause").is_not_null()).fill_null(
        False
    )


def _threatened() -> pl.Expr:
    """Whether the trail itself doubts that the write outlived the next one."""
    return pl.col("threat").is_not_null() | pl.col("threatened").fill_null(False) | in_a_gap()


def younger_than_doubts() -> pl.Expr:
    """Whether the listing was made after each call that took away what is of the same key, or may have.

    A call that is missing in a gap was made before the first record beyond it.
    """
    latest = pl.max_horizontal(
        pl.max_horizontal("loss_at", "threat_at").max().over("store", "key"),
        pl.when(in_a_gap()).then("gap_at"),
    )
    return (latest <= pl.col("listing_at")).fill_null(True)


def later_rank(reach: datetime | None) -> pl.Expr:
    """How sure it is that no later deploy changed on purpose what the listing shows, as a rank.

    Where the chain is unbroken from the write to beyond the listing, the calls between are all there, and are looked at
    (`superseded_by_call`). Where the trail reaches the listing, one may be missing. Where it does not, a listing is
    taken to show what the deploy left if it was made within an hour of it.
    """
    reached = pl.lit(reach, dtype=TIME) >= pl.col("listing_at")
    return pl.when("by_next").then(LOW).when(~_hangs_on_reach()).then(0).when(reached).then(1).otherwise(LOW)


def reach_needed() -> pl.Expr:
    """`reach_needed` of ABSENCE; where `_later_rank` hangs on the trail's reach, not before the listing."""
    return pl.max_horizontal("reach_needed", pl.when(pl.col("wrong") & _hangs_on_reach()).then("listing_at"))


def _hangs_on_reach() -> pl.Expr:
    """Whether the listing was made long after the deploy, and no chain shows all calls between."""
    late = (pl.col("listing_at") > pl.col("high") + _SOON).fill_null(False)
    return late & ~pl.col("unbroken")


def _by_listing() -> pl.Expr:
    """How sure the listing is, as a rank: `low` by a file's time or a guessed store, `proven` if the file says all."""
    return (
        pl.when((pl.col("at_by") == "mtime") | pl.col("guessed"))
        .then(LOW)
        .when(pl.col("at_by").is_in(["file", "chain"]) & (pl.col("store_by") == "file"))
        .then(0)
        .otherwise(1)
    )


def _by_trail() -> pl.Expr:
    return pl.col("trail_confidence").replace_strict(_RANKS, return_dtype=pl.Int32)


def loss_rank() -> pl.Expr:
    """How sure it is that what the listing lacks was lost."""
    by_listing_alone = shared_loss() | _threatened()
    of_trail = pl.when(~by_listing_alone).then(_by_trail())
    return pl.max_horizontal(_by_listing(), of_trail, "later_rank")


def confidence() -> pl.Expr:
    """That of the listing where it decided, else that of the trail."""
    verdict, before = pl.col("verdict"), pl.col("trail_verdict")
    there = pl.max_horizontal(_by_listing(), pl.lit(1))
    changed = verdict != before
    by_another_clock = pl.col("perhaps") & ~pl.any_horizontal("by_write", "by_call")
    chosen = (
        pl.when((verdict == "landed") & ~changed & pl.col("listed").is_in(WRONG) & by_another_clock)
        .then(LOW)
        # Both are what a redeploy whose log is not available would have made good.
        .when((verdict == "landed") & before.is_in(["errored", "unfinished"]))
        .then(LOW)
        .when((verdict == "landed") & changed)
        .then(pl.when("rewritten").then(LOW).otherwise(there))
        .when((verdict == "landed") & (pl.col("listed") == "there") & younger_than_doubts())
        .then(pl.min_horizontal(_by_trail(), there))
        .when((verdict == "lost") & changed)
        .then(loss_rank())
        .when((verdict == "mismatched") & (pl.col("listed") == "missing") & (before == "landed"))
        .then(LOW)
        .when((verdict == "mismatched") & pl.col("wrong") & changed)
        .then(pl.when("too_soon").then(LOW).otherwise(pl.max_horizontal(_by_listing(), "later_rank")))
        .otherwise(_by_trail())
    )
    words = {number: word for word, number in _RANKS.items()}
    return chosen.replace_strict(words, return_dtype=pl.String)
