"""What a listing of a store shows of each write, and how that changes the verdict of the trail.

In come TRAIL_VERDICTS and the listings. Out goes FINAL_VERDICTS. Only the newest listing of a store is used, and only
for writes that had ended before its time. It shows what is there, not who put it there or took it away:

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
entry, by a deploy or by a recorded call. A value that the log does not have (a secret) is not compared. A list that is
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
reaches it: a later deploy of which nothing is available may have meant what it shows. It is at most `high` where the
trail reaches it, and as sure as the listing where the chain is unbroken to beyond it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.store.routes import RouteList, assemble
from analyzer.tables import TIME
from analyzer.verdicts.closing import LISTING
from analyzer.verdicts.columns import widened
from analyzer.verdicts.listed_clocks import at_any_time, perhaps_later, too_soon
from analyzer.verdicts.listed_text import last_runs, of_text
from analyzer.verdicts.listed_words import LISTS, WRONG, listed_words
from analyzer.verdicts.signs import in_a_gap
from analyzer.verdicts.standing import calls_after_listing, chains_to_listing, contradicted, restored
from analyzer.verdicts.superseded import perhaps_superseded, superseded_by_call, superseded_by_write
from analyzer.verdicts.tables import FINAL_VERDICTS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

Lists = dict[tuple[str, str], RouteList]
"""The lists of routes that were listed, by store and key."""

_RANKS: Final = {"proven": 0, "high": 1, "low": 2}
_LOW: Final = _RANKS["low"]
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
            keys.rename({"value": "stored_value"}), on=["listing", "key"], how="left", maintain_order="left"
        )
    )
    lists, table = _lists(beside, keys)
    with_state = beside.join(table, on=["listing", "key"], how="left", maintain_order="left").with_columns(
        listed=pl.when("spoken").then(_state())
    )
    later = [
        superseded_by_write(at_any_time(with_state, calls, reach)),
        superseded_by_call(with_state, calls),
    ]
    standing = [
        restored(with_state, calls),
        contradicted(with_state, calls, chain),
        calls_after_listing(with_state, calls),
        chains_to_listing(with_state, chain),
    ]
    beside_later = with_state
    for table in (*later, *standing):
        beside_later = beside_later.join(table, on="id", how="left")
    late = perhaps_superseded(beside_later, perhaps_later(with_state, calls, reach), calls)
    flags = ["by_write", "by_call", "restored", "contradicted", "rewritten", "unbroken", "perhaps"]
    flagged = (
        beside_later.join(late, on="id", how="left")
        .with_columns(pl.col(flags).fill_null(False))
        .with_columns(superseded=pl.any_horizontal("by_write", "by_call", "perhaps"))
    )
    flagged = flagged.with_columns(
        guessed=(pl.col("store_by") == "keys").fill_null(False),
        too_soon=too_soon(calls, reach),
        later_rank=_later_rank(reach),
    )
    flagged = flagged.with_columns(
        wrong=pl.col("listed").is_in(WRONG).fill_null(False) & ~pl.col("superseded") & ~pl.col("contradicted")
    ).with_columns(reach_needed=_reach_needed())
    detailed = flagged.with_columns(
        listed_detail=listed_words(),
        listed_source=pl.format("{}#{}", "listing_source", "key"),
        open_cause=pl.when(pl.col("trail_verdict") == "unverifiable").then("trail_cause"),
        listed_value=pl.when(pl.col("listed").is_not_null()).then("stored_value"),
        verdict=_verdict(),
    ).with_columns(
        listed_at=pl.when(pl.col("listed_detail").is_not_null()).then("made_at"),
        confidence=_confidence(),
        cause=pl.when(pl.col("verdict") == pl.col("trail_verdict"))
        .then("trail_cause")
        .when((pl.col("verdict") == "lost") & _shared_loss())
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


_SOON: Final = pl.duration(hours=1)
"""How long after a deploy a listing is taken to show what it left, where no trail reaches it (as in `unseen`)."""


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


def _lists(beside: pl.DataFrame, keys: pl.DataFrame) -> tuple[Lists, pl.DataFrame]:
    """The lists of routes that the writes need; and `listing, key, entries, parts, list_problem` of each."""
    keys_of_lists = (
        beside.filter("spoken", pl.col("action").is_in(LISTS)).select("store", "listing", "key").unique()
    )
    stored: Mapping[int, dict[str, str]] = {
        number: dict(keys.filter(pl.col("listing") == number).select("key", "value").iter_rows())
        for number in keys_of_lists["listing"].unique()
    }
    lists: Lists = {}
    rows = []
    for store, listing, key in keys_of_lists.iter_rows():
        routes = lists[store, key] = assemble(stored[listing], key)
        entries = None if routes.entries is None else list(routes.entries)
        rows.append((listing, key, entries, max(len(routes.stored) - 1, 0), routes.problem))
    schema: dict[str, type[pl.DataType] | pl.DataType] = {
        "listing": pl.Int64,
        "key": pl.String,
        "entries": pl.List(pl.String),
        "parts": pl.Int64,
        "list_problem": pl.String,
    }
    return lists, pl.DataFrame(rows, schema=schema, orient="row")


def _state() -> pl.Expr:
    """What the listing shows of the write, a word of `listed`."""
    action, absent = pl.col("action"), pl.col("stored_value").is_null()
    has = pl.col("entries").list.contains(pl.col("entry")).fill_null(False)
    adds = action == "append"
    return (
        pl.when(action == "put")
        .then(
            pl.when(absent)
            .then(pl.lit("missing"))
            .when(pl.col("value").is_null())
            .then(pl.lit("present"))
            .when(pl.col("stored_value") == pl.col("value"))
            .then(pl.lit("there"))
            .otherwise(pl.lit("other_value"))
        )
        .when(action == "delete")
        .then(pl.when(absent).then(pl.lit("there")).otherwise(pl.lit("still_there")))
        .when(pl.col("list_problem").is_not_null() | pl.col("entry").is_null())
        .then(pl.when(pl.col("list_problem").is_not_null()).then(pl.lit("unreadable")))
        .when(has == adds)
        .then(pl.lit("there"))
        .otherwise(pl.when(adds).then(pl.lit("missing")).otherwise(pl.lit("still_there")))
    )


def _verdict() -> pl.Expr:
    verdict, there = pl.col("trail_verdict"), (pl.col("listed") == "there").fill_null(False)
    # A loss that a later listing does not show was repaired, or never was; one after the listing stands.
    since_restored = (verdict == "lost") & (pl.col("loss_at") <= pl.col("listing_at")).fill_null(False)
    unproven = (verdict == "dropped") & (pl.col("trail_confidence") != "proven")
    open_verdicts = verdict.is_in(["unverifiable", "unfinished", "mismatched"])
    shared = _shared_loss() & ~_younger_than_doubts()
    open_still = (open_verdicts & ~shared) | unproven | _may_have_landed()
    healed = since_restored | (open_still & ~pl.col("restored"))
    missing = pl.col("listed") == "missing"
    lost = pl.col("wrong") & ((verdict == "landed") | _shared_loss()) & missing & ~pl.col("guessed")
    doubtful = ~pl.col("guessed") | (pl.col("trail_confidence") == "low")
    landed_or_open = (verdict == "unverifiable") | ((verdict == "landed") & doubtful)
    return (
        pl.when(there & healed)
        .then(pl.lit("landed"))
        .when(lost & (_loss_rank() < _LOW))
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


def _shared_loss() -> pl.Expr:
    """Whether the trail says that this write or another was lost, and cannot decide which."""
    return ((pl.col("trail_verdict") == "unverifiable") & pl.col("ambiguous_cause").is_not_null()).fill_null(
        False
    )


def _threatened() -> pl.Expr:
    """Whether the trail itself doubts that the write outlived the next one."""
    return pl.col("threat").is_not_null() | pl.col("threatened").fill_null(False) | in_a_gap()


def _younger_than_doubts() -> pl.Expr:
    """Whether the listing was made after each call that took away what is of the same key, or may have.

    A call that is missing in a gap was made before the first record beyond it.
    """
    latest = pl.max_horizontal(
        pl.max_horizontal("loss_at", "threat_at").max().over("store", "key"),
        pl.when(in_a_gap()).then("gap_at"),
    )
    return (latest <= pl.col("listing_at")).fill_null(True)


def _later_rank(reach: datetime | None) -> pl.Expr:
    """How sure it is that no later deploy changed on purpose what the listing shows, as a rank.

    Where the chain is unbroken from the write to beyond the listing, the calls between are all there, and are looked at
    (`superseded_by_call`). Where the trail reaches the listing, one may be missing. Where it does not, a listing is
    taken to show what the deploy left if it was made within an hour of it.
    """
    reached = pl.lit(reach, dtype=TIME) >= pl.col("listing_at")
    return pl.when(~_hangs_on_reach()).then(0).when(reached).then(1).otherwise(_LOW)


def _reach_needed() -> pl.Expr:
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
        .then(_LOW)
        .when(pl.col("at_by").is_in(["file", "chain"]) & (pl.col("store_by") == "file"))
        .then(0)
        .otherwise(1)
    )


def _by_trail() -> pl.Expr:
    return pl.col("trail_confidence").replace_strict(_RANKS, return_dtype=pl.Int32)


def _loss_rank() -> pl.Expr:
    """How sure it is that what the listing lacks was lost."""
    by_listing_alone = _shared_loss() | _threatened()
    of_trail = pl.when(~by_listing_alone).then(_by_trail())
    return pl.max_horizontal(_by_listing(), of_trail, "later_rank")


def _confidence() -> pl.Expr:
    """That of the listing where it decided, else that of the trail."""
    verdict, before = pl.col("verdict"), pl.col("trail_verdict")
    there = pl.max_horizontal(_by_listing(), pl.lit(1))
    changed = verdict != before
    by_another_clock = pl.col("perhaps") & ~pl.col("by_write") & ~pl.col("by_call")
    chosen = (
        pl.when((verdict == "landed") & ~changed & pl.col("listed").is_in(WRONG) & by_another_clock)
        .then(_LOW)
        # Both are what a redeploy whose log is not available would have made good.
        .when((verdict == "landed") & before.is_in(["errored", "unfinished"]))
        .then(_LOW)
        .when((verdict == "landed") & changed)
        .then(pl.when("rewritten").then(_LOW).otherwise(there))
        .when((verdict == "landed") & (pl.col("listed") == "there") & _younger_than_doubts())
        .then(pl.min_horizontal(_by_trail(), there))
        .when((verdict == "lost") & changed)
        .then(_loss_rank())
        .when((verdict == "mismatched") & (pl.col("listed") == "missing") & (before == "landed"))
        .then(_LOW)
        .when((verdict == "mismatched") & pl.col("wrong") & changed)
        .then(pl.when("too_soon").then(_LOW).otherwise(pl.max_horizontal(_by_listing(), "later_rank")))
        .otherwise(_by_trail())
    )
    words = {number: word for word, number in _RANKS.items()}
    return chosen.replace_strict(words, return_dtype=pl.String)
