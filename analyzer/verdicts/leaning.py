"""What is likely of the writes that are not proven either way (docs/architecture.md#6-verdicts).

In come FACTS with the verdict of each write, out go the columns `leaning` and `leaning_reason`.
"""

from __future__ import annotations

import polars as pl

from analyzer.verdicts.causes import cause_of
from analyzer.verdicts.matching.attempts import TRIED_AGAIN
from analyzer.verdicts.nothing import unchanged
from analyzer.verdicts.signs import by_order, never_set


def leaning() -> pl.Expr:
    """What is likely of a write that is not proven either way; null where nothing is, or where order alone decided.

    A successful call in its own time is likely its own, and landed, unless another may have taken it away later: then
    neither is. An aligned deploy of which no call is in the window, nor
    anywhere else, likely dropped it, though no later write closes the chain.
    """
    swallowed = (
        pl.col("tried")
        & pl.col("owned")
        & (pl.col("reported") == "succeeded")
        & pl.col("near_event").is_null()
        & (pl.col("absent").is_not_null() | (pl.col("doubt") == "chain_not_closed").fill_null(False))
        # What is throttled or stale is tried again, by a call that may have no record.
        & ~cause_of(pl.col("failed_code"), pl.col("failed_message")).is_in(TRIED_AGAIN).fill_null(False)
    )
    # A deploy that is not aligned may have run after what took the write away.
    lost = pl.when(~by_order() & pl.col("owned")).then(pl.lit("lost"))
    contested = pl.col("contested").fill_null(False) | pl.col("passed_on")
    return (
        pl.when(pl.col("verdict") != "unverifiable")
        .then(None)
        .when(pl.col("hit") & ~contested & pl.col("ambiguous_cause").is_null())
        .then(
            pl.when(pl.col("loss_event_id").is_not_null())
            .then(lost)
            .when(pl.col("threat").is_null())
            .then(pl.lit("landed"))
        )
        .when(contested | (pl.col("reported") != "succeeded") | pl.col("ambiguous_cause").is_not_null())
        .then(None)
        .when(pl.col("near_mine") & (pl.col("cause") == "outcome_unknown"))
        .then(pl.lit("landed"))
        .when(_stays())
        .then(pl.when(pl.col("last_effect").ne_missing(pl.lit("delete"))).then(pl.lit("landed")))
        .when(swallowed)
        .then(pl.lit("errored"))
        .when(_likely_dropped() & ~pl.col("tried"))
        .then(pl.lit("dropped"))
    )


def _stays() -> pl.Expr:
    """Whether no call was made for an entry that the list should have from before."""
    return unchanged() & ~pl.col("hit") & (never_set() | (pl.col("cause") == "maybe_nothing"))


def _likely_dropped() -> pl.Expr:
    """Whether the deploy is aligned, the trail reaches well beyond it, and no call anywhere could be this write."""
    silent = pl.col("near_event").is_null() & pl.col("near_attempt").is_null()
    # Before the first record of the store nothing shows that calls on it were recorded.
    recorded = pl.col("before").is_not_null() | pl.col("bracketed").fill_null(False)
    without_chain = pl.col("doubt").is_in(["chain_not_closed"]) & silent & recorded
    by_read = (
        pl.col("absent").is_not_null()
        & pl.col("doubt").is_in(["rivals", "no_window"])
        & (pl.col("own_read").is_not_null() | pl.col("bracketed").fill_null(False) | silent)
    )
    log_says = never_set()
    moved = (pl.col("shifted") & pl.col("near_taken").is_not_null()).fill_null(False)
    possible = ~pl.col("maybe_nothing") & ~pl.col("stepped").fill_null(False) & ~moved
    placed = ~pl.col("unplaced") & ~pl.col("strangers").fill_null(False)
    # Where several operations are without any call, it is rather the log's clock that is wrong.
    only_one = pl.col("operation").n_unique().over("deploy") == 1
    lonely = ~pl.col("owned") & ~pl.col("pattern") & silent & pl.col("absent").is_not_null() & only_one
    # What takes something away makes no call where it is gone: by a call that is not available, or with its store.
    possible &= pl.col("action").is_in(["put", "append"])
    return (possible & placed & ((pl.col("owned") & (without_chain | by_read)) | lonely)) | log_says


def leaning_reason() -> pl.Expr:
    """Why `leaning` is likely: one clause; null where it is."""
    return (
        pl.when((pl.col("leaning") == "landed") & (pl.col("cause") == "outcome_unknown"))
        .then(pl.lit("the deploy's own call for it is available, but not whether it succeeded"))
        .when((pl.col("leaning") == "landed") & _stays())
        .then(pl.lit("by the deploy's own state the list had the entry before, and nothing was to change"))
        .when(pl.col("leaning").is_in(["landed", "lost"]))
        .then(pl.lit("a call at its time fits it, but whose call it is is not known"))
        .when(pl.col("leaning") == "errored")
        .then(pl.lit("the deploy's own call for it failed, and no other call is available"))
        .when((pl.col("leaning") == "dropped") & never_set())
        .then(pl.lit("the log's own outputs show that the operation returned before it wrote"))
        .when(pl.col("leaning") == "dropped")
        .then(pl.lit("the deploy's other calls are available at its time, and none for this write"))
    )
