"""What a listing of a store shows of each write, and how that changes the verdict of the trail.

In come TRAIL_VERDICTS and the listings. Out goes FINAL_VERDICTS. Only the newest listing of a store is used, and only
for writes that had ended before its time, or whose new value it shows already. It shows what is there, not who put it
there or took it away:

- What was meant **is there**. A write that the trail cannot judge, or whose end no log shows, is then `landed`; so is
  one that the trail calls lost before the listing was made, and one that the log says failed, unless the trail shows
  its own call fail. This is never `proven`: another writer may have written the same. Where a later write or call
  explains it, or a chain proves that the write was not made, the write keeps its verdict; it needs no remedy.
- **Another value** is there: `mismatched` (`other_value`), also where a call landed.
- The key, or the entry of a list, **is not there** (`missing`). Where a call had landed, the write is `lost`. Where the
  trail cannot decide, the listing cannot either: the write may never have been made, or may have been taken away since.
  `dropped` and `lost` both need proof. It is certain that the store does not hold what was meant, so the write is
  `mismatched`. A `dropped` write stays `dropped`.
- What was to go **is still there**: `mismatched` (`still_there`).

None of the last three holds where a later write supersedes the write: a put of the same key, or a removal of the same
entry, by a deploy or by a recorded call. A value that the log does not have (a secret) is not compared,
nor one that is masked in the listing: it is there, and no more is known of it. A list that is
cut into parts is put together first (`store.routes`); a list that cannot be put together decides nothing.

The chain is stronger than a listing. Where it is unbroken from a write's call to beyond the listing and holds no call
that took the key away, the write stays `landed`, and the evidence says that the two contradict each other. A listing
whose store is only that with which it shares namespaces makes nothing surer than `low`, and does not touch a write
that surely landed. Nor is it surer where it was made within an hour of a deploy that no recorded call of the store
surely fits (within five minutes, where no trail reaches the deploy): where the log's clock is wrong, the listing may
be older than the deploy. One that is older than a run which may be the deploy decides nothing, and one that is older
than a call that may have taken the write away leaves that doubt: what the listing alone calls `landed` is `low` where
its key was written later, and so is what a deploy may have replaced that fits the trail nowhere. A listing that the
check made itself (`live`) is younger than every write of the logs, whatever the clocks say: the logs were read before
it was made.

What the last three say of the deploy is `low` where the listing was made more than an hour after it and no trail
reaches it: a later deploy of which nothing is available may have meant what it shows. So it is with an entry of a list
that the deploy's principal wrote after the last log of the stack. It is at most `high` where the
trail reaches it, and as sure as the listing where the chain is unbroken to beyond it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.tables import TIME
from analyzer.verdicts.closing import LISTING
from analyzer.verdicts.columns import widened
from analyzer.verdicts.listed_clocks import at_any_time, perhaps_later, too_soon
from analyzer.verdicts.listed_next import perhaps_by_next
from analyzer.verdicts.listed_ranks import (
    LOW,
    confidence,
    later_rank,
    loss_rank,
    reach_needed,
    shared_loss,
    younger_than_doubts,
)
from analyzer.verdicts.listed_state import changed_by_then, lists_of, state
from analyzer.verdicts.listed_text import last_runs, of_text
from analyzer.verdicts.listed_words import WRONG, listed_words
from analyzer.verdicts.perhaps_superseded import perhaps_superseded
from analyzer.verdicts.standing import calls_after_listing, chains_to_listing, contradicted, restored
from analyzer.verdicts.superseded import superseded_by_call, superseded_by_write
from analyzer.verdicts.tables import FINAL_VERDICTS

if TYPE_CHECKING:
    from datetime import datetime

    from analyzer.verdicts.listed_state import Lists

_BY_TRAIL: Final = {"verdict": "trail_verdict", "cause": "trail_cause", "confidence": "trail_confidence"}


def listed(  # noqa: PLR0913, PLR0917 - each table by its name
    by_trail: pl.DataFrame,
    deploys: pl.DataFrame,
    calls: pl.DataFrame,
    chain: pl.DataFrame,
    listings: pl.DataFrame,
    keys: pl.DataFrame,
    alignments: pl.DataFrame | None = None,
    reach: datetime | None = None,
) -> tuple[pl.DataFrame, Lists]:
    """FINAL_VERDICTS: TRAIL_VERDICTS with what the listings change; and the lists of routes that they hold.

    Args:
        by_trail: TRAIL_VERDICTS.
        deploys: DEPLOYS.
        calls: ORDERED_CALLS.
        chain: CHAIN, with the listings that close it.
        listings: LISTINGS, each with a time.
        keys: KEYS of them.
        alignments: ALIGNMENTS.
        reach: the latest time that the trail speaks for.
    """
    if listings.is_empty():
        return widened(by_trail, FINAL_VERDICTS), {}
    by_trail = _by_given_times(by_trail, listings)
    whole = listings.filter(~pl.col("bare").fill_null(False))
    newest = (
        whole.filter(pl.col("store").is_not_null())
        .sort(pl.col("live").is_not_null(), "at", "listing")
        .unique("store", keep="last", maintain_order=True)
    )
    lost_by = calls.select("at", loss_event_id="event_id").unique("loss_event_id").rename({"at": "loss_at"})
    doubted = lost_by.rename({"loss_event_id": "threat", "loss_at": "threat_at"})
    beyond = chain.select(gap_event="event_id", gap_at="at").unique("gap_event")
    beside = (
        by_trail.rename(_BY_TRAIL)
        .join(deploys.select("stack", deploy="id"), on="deploy", how="left", maintain_order="left")
        .join(lost_by, on="loss_event_id", how="left", maintain_order="left")
        .join(doubted, on="threat", how="left", maintain_order="left")
        .join(beyond, on="gap_event", how="left", maintain_order="left")
        .join(_listing_columns(newest, by_trail["high"]), on="store", how="left", maintain_order="left")
        .join(last_runs(alignments), on="deploy", how="left", maintain_order="left")
        .with_columns(spoken=_speaks())
        .join(
            keys.select("listing", "key", stored_value="value", held=pl.lit(value=True)),
            on=["listing", "key"],
            how="left",
            maintain_order="left",
        )
    )
    lists, table = lists_of(beside, keys)
    with_state = (
        beside.join(table, on=["listing", "key"], how="left", maintain_order="left")
        .with_columns(shown=state())
        .with_columns(listed=pl.when(pl.col("spoken") | changed_by_then()).then("shown"))
    )
    later = [
        superseded_by_write(with_state),
        superseded_by_call(with_state, calls),
        restored(with_state, calls),
        contradicted(with_state, calls, chain),
        calls_after_listing(with_state, calls),
        chains_to_listing(with_state, chain),
        perhaps_by_next(with_state, calls),
    ]
    beside_later = with_state
    for table in later:
        beside_later = beside_later.join(table, on="id", how="left")
    # It asks whether the chain is `unbroken`, so it comes after the others.
    perhaps = perhaps_superseded(
        beside_later,
        at_any_time(with_state, calls, reach),
        perhaps_later(with_state, calls, reach),
        calls,
    )
    flags = ["by_write", "by_call", "by_next", "restored", "contradicted", "rewritten", "unbroken", "perhaps"]
    flagged = (
        beside_later.join(perhaps, on="id", how="left")
        .with_columns(pl.col(flags).fill_null(False))
        .with_columns(superseded=pl.any_horizontal("by_write", "by_call", "perhaps"))
    )
    flagged = flagged.with_columns(
        guessed=(pl.col("store_by") == "keys").fill_null(False),
        too_soon=too_soon(calls, reach),
        later_rank=later_rank(reach),
    )
    flagged = flagged.with_columns(
        wrong=pl.col("listed").is_in(WRONG).fill_null(False) & ~pl.col("superseded") & ~pl.col("contradicted")
    ).with_columns(reach_needed=reach_needed())
    detailed = flagged.with_columns(
        listed_detail=listed_words(),
        listed_source=pl.format("{}#{}", "listing_source", "key"),
        open_cause=pl.when(pl.col("trail_verdict") == "unverifiable").then("trail_cause"),
        listed_value=pl.when(pl.col("listed").is_not_null()).then("stored_value"),
        verdict=_verdict(),
    ).with_columns(
        listed_at=pl.when(pl.col("listed_detail").is_not_null()).then("made_at"),
        confidence=confidence(),
        cause=pl.when(pl.col("verdict") == pl.col("trail_verdict"))
        .then("trail_cause")
        .when((pl.col("verdict") == "lost") & shared_loss())
        .then("trail_cause")
        .when(pl.col("verdict") != "landed")
        .then("listed"),
    )
    final = widened(detailed.sort("number"), FINAL_VERDICTS)
    return of_text(final, deploys, whole, keys, alignments), lists


def _by_given_times(by_trail: pl.DataFrame, listings: pl.DataFrame) -> pl.DataFrame:
    """TRAIL_VERDICTS, none of them `proven` by a link of the chain whose time only the user says."""
    given = (
        listings.filter(pl.col("at_by") == "user").select(pl.format(LISTING + "{}", "listing")).to_series()
    )
    by_user = pl.any_horizontal(pl.col("before", "after").is_in(given.implode())).fill_null(False)
    lowered = by_user & (pl.col("confidence") == "proven") & pl.col("verdict").is_in(["dropped", "errored"])
    return by_trail.with_columns(confidence=pl.when(lowered).then(pl.lit("high")).otherwise("confidence"))


def _listing_columns(newest: pl.DataFrame, ends: pl.Series) -> pl.DataFrame:
    """The columns of the listings beside the writes. `listing_at` is not before any of `ends` where it is live."""
    live = pl.col("live").is_not_null()
    after_logs = pl.max_horizontal("at", pl.lit(ends.max(), dtype=TIME))
    return newest.select(
        "store",
        "listing",
        "store_by",
        "at_by",
        "live",
        listing_at=pl.when(live).then(after_logs).otherwise("at").cast(TIME),
        made_at="at",
        listing_source="source",
        listing_items="items",
    )


def _speaks() -> pl.Expr:
    """Whether the listing was made when the operation had surely ended.

    It ended after the beginning of every operation that the log shows before it, even if the clock was set back then.
    Where several runs may be the deploy, or one at another time than the log's, it may be the last of them.
    """
    begun = pl.col("start").cum_max().over("deploy", order_by="number")
    ended = pl.max_horizontal("high", "runs_end", (begun + (pl.col("high") - pl.col("end"))).cast(TIME))
    after = (pl.col("listing_at") >= ended) | pl.col("live").is_not_null()
    return (~pl.col("pattern") & after).fill_null(False)


def _verdict() -> pl.Expr:
    verdict, there = pl.col("trail_verdict"), (pl.col("listed") == "there").fill_null(False)
    # A loss that a later listing does not show was repaired, or never was; one after the listing stands.
    since_restored = (verdict == "lost") & (pl.col("loss_at") <= pl.col("listing_at")).fill_null(False)
    unproven = (verdict == "dropped") & (pl.col("trail_confidence") != "proven")
    open_verdicts = verdict.is_in(["unverifiable", "unfinished", "mismatched"])
    shared = shared_loss() & ~younger_than_doubts()
    open_still = (open_verdicts & ~shared) | unproven | _may_have_landed()
    healed = since_restored | (open_still & ~pl.col("restored"))
    missing = pl.col("listed") == "missing"
    lost = pl.col("wrong") & ((verdict == "landed") | shared_loss()) & missing & ~pl.col("guessed")
    doubtful = ~pl.col("guessed") | (pl.col("trail_confidence") == "low")
    landed_or_open = (verdict == "unverifiable") | ((verdict == "landed") & doubtful)
    return (
        pl.when(there & healed)
        .then(pl.lit("landed"))
        .when(lost & (loss_rank() < LOW))
        .then(pl.lit("lost"))
        .when(pl.col("wrong") & landed_or_open)
        .then(pl.lit("mismatched"))
        .otherwise(verdict)
    )


def _may_have_landed() -> pl.Expr:
    """Whether the log alone calls the write a failure: it may be of a batch that was sent before the failed one."""
    by_log = (pl.col("trail_verdict") == "errored") & (pl.col("trail_confidence") != "proven")
    unchanged = (pl.col("was") == pl.col("value")).fill_null(False)
    return by_log & pl.col("sure").is_null() & ~pl.col("tried") & ~unchanged
