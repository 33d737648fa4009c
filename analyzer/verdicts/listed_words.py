"""What a listing shows of a write, in words, and how far it can be trusted."""

from __future__ import annotations

from typing import Final

import polars as pl

LISTS: Final = ("append", "remove")
"""The actions on an entry of a list."""

WRONG: Final = ("other_value", "missing", "still_there")
"""The states in which the store does not hold what the write meant."""


def listed_words() -> pl.Expr:
    """What the listing shows, in words, and how far it can be trusted; null where it has nothing to say."""
    among = pl.format("no such key among {}", "listing_items")
    parts = pl.when(pl.col("parts") > 0).then(pl.format(" (in {} parts)", "parts")).otherwise(pl.lit(""))
    size = pl.col("entries").list.len()
    the_list = pl.format(
        "the list of {} {}{}",
        size,
        pl.when(size == 1).then(pl.lit("entry")).otherwise(pl.lit("entries")),
        parts,
    )
    no_list = pl.col("held").is_null() & pl.col("action").is_in(LISTS)
    of_list = pl.col("action").is_in(LISTS)
    state, action = pl.col("listed"), pl.col("action")
    bytes_of = [pl.col(name).str.len_bytes() for name in ("stored_value", "value")]
    statement = (
        pl.when(no_list)
        .then(pl.format("{}: there is no list", among))
        .when((state == "there") & of_list)
        .then(
            pl.concat_str(
                the_list,
                pl.when(action == "append")
                .then(pl.lit(" contains the entry"))
                .otherwise(pl.lit(" does not contain the entry")),
            )
        )
        .when((state == "there") & (action == "delete"))
        .then(among)
        .when(state == "there")
        .then(pl.lit("the key holds the value that was meant"))
        .when((state == "missing") & of_list)
        .then(pl.concat_str(the_list, pl.lit(" does not contain the entry")))
        .when(state == "missing")
        .then(among)
        .when(state == "other_value")
        .then(pl.format("the key holds another value ({} bytes, and {} were meant)", *bytes_of))
        .when((state == "still_there") & of_list)
        .then(pl.concat_str(the_list, pl.lit(" still contains the entry")))
        .when(state == "still_there")
        .then(pl.lit("the key is still there"))
        .when((state == "present") & pl.col("stored_value").is_null())
        .then(pl.lit("the key is there; its value is masked in the listing, so it cannot be compared"))
        .when(state == "present")
        .then(pl.lit("the key is there; the log does not have its value, so it cannot be compared"))
        .when(state == "unreadable")
        .then("list_problem")
    )
    too_early = pl.when(
        ~pl.col("spoken")
        & pl.col("listing").is_not_null()
        & ~pl.col("pattern")
        & (pl.col("trail_verdict") == "unverifiable")
    ).then(
        pl.lit("the store was listed when the write may not have ended yet, so the listing does not decide")
    )
    excuse = (
        pl.when(state.is_in(WRONG) & pl.col("superseded"))
        .then(
            pl.when(pl.any_horizontal("by_write", "by_call"))
            .then(pl.lit("; a later write explains that"))
            .otherwise(
                pl.lit(
                    "; another deploy's write may explain that: a clock may be wrong, and it may have come later"
                )
            )
        )
        .when("contradicted")
        .then(
            pl.lit(
                "; that contradicts the trail, whose chain is unbroken from the call to beyond the time of the listing "
                "and holds no call that explains it: the listing may be of another time or store"
            )
        )
        .when((state == "there") & pl.col("restored"))
        .then(pl.lit("; a later write may have put it there"))
        .otherwise(pl.lit(""))
    )
    clock = (
        pl.when(pl.col("at_by") == "mtime")
        .then(pl.lit("; the time is that of the file's last change, as no better one is available"))
        .when(pl.col("at_by") == "chain")
        .then(
            pl.lit("; its ETag shows that it was made after another call than its time says, and that counts")
        )
        .otherwise(pl.lit(""))
    )
    live = (
        pl.when(pl.col("live") == "server")
        .then(pl.lit("; it was listed live, at this time by the server's clock"))
        .when(pl.col("live") == "local")
        .then(pl.lit("; it was listed live, at this time by the clock of this computer"))
        .when(pl.col("live") == "gone")
        .then(pl.lit("; there is no such store any more, as the deploy deleted it"))
        .otherwise(pl.lit(""))
    )
    inferred_by = (
        pl.when(pl.col("store_by") == "keys")
        .then(pl.lit("; the file names no store, and its namespaces are those of this one"))
        .otherwise(pl.lit(""))
    )
    return pl.concat_str(
        pl.coalesce(statement, too_early),
        excuse.fill_null(""),
        clock.fill_null(""),
        live,
        inferred_by.fill_null(""),
    )
