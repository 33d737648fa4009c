"""What a listing of a store shows of each write, and how that changes the verdict of the trail.

In come TRAIL_VERDICTS and the listings. Out goes FINAL_VERDICTS. Only the newest listing of a store is used, and only
for writes that had ended before its time. It shows what is there, not who put it there or took it away:

- What was meant **is there**. A write that the trail cannot judge, or whose end no log shows, is then `landed`; so is
  one that the trail calls lost before the listing was made. This is never `proven`: another writer may have written the
  same. A write that failed, or that a chain proves was not made, keeps its verdict, and needs no remedy.
- **Another value** is there: `mismatched` (`other_value`), also where a call landed.
- The key, or the entry of a list, **is not there** (`missing`). Where a call had landed, the write is `lost`. Where the
  trail cannot decide, the listing cannot either: the write may never have been made, or may have been taken away since.
  `dropped` and `lost` both need proof. It is certain that the store does not hold what was meant, so the write is
  `mismatched`. A `dropped` write stays `dropped`.
- What was to go **is still there**: `mismatched` (`still_there`).

None of the last three holds where a later write supersedes the write: a put of the same key, or a removal of the same
entry, by a deploy or by a recorded call. A value that the log does not have (a secret) is not compared. A list that is
cut into parts is put together first (`store.routes`); a list that cannot be put together decides nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.store.routes import RouteList, assemble
from analyzer.tables import conform
from analyzer.verdicts.columns import widened
from analyzer.verdicts.superseded import superseded_by_call, superseded_by_write
from analyzer.verdicts.tables import FINAL_VERDICTS

if TYPE_CHECKING:
    from collections.abc import Mapping

Lists = dict[tuple[str, str], RouteList]
"""The lists of routes that were listed, by store and key."""

_LISTS: Final = ("append", "remove")
_WRONG: Final = ("other_value", "missing", "still_there")
_BY_TRAIL: Final = {"verdict": "trail_verdict", "cause": "trail_cause", "confidence": "trail_confidence"}


def listed(
    by_trail: pl.DataFrame,
    deploys: pl.DataFrame,
    calls: pl.DataFrame,
    listings: pl.DataFrame,
    keys: pl.DataFrame,
) -> tuple[pl.DataFrame, Lists]:
    """FINAL_VERDICTS: TRAIL_VERDICTS with what the listings change; and the lists of routes that they hold.

    Args:
        by_trail: TRAIL_VERDICTS.
        deploys: DEPLOYS.
        calls: ORDERED_CALLS.
        listings: LISTINGS, each with a store and a time.
        keys: KEYS of them.
    """
    if listings.is_empty():
        return widened(by_trail, FINAL_VERDICTS), {}
    newest = listings.sort("at", "listing").unique("store", keep="last", maintain_order=True)
    lost_by = calls.select("at", loss_event_id="event_id").unique("loss_event_id").rename({"at": "loss_at"})
    beside = (
        by_trail.rename(_BY_TRAIL)
        .join(deploys.select("stack", deploy="id"), on="deploy", how="left", maintain_order="left")
        .join(lost_by, on="loss_event_id", how="left", maintain_order="left")
        .join(_listing_columns(newest), on="store", how="left", maintain_order="left")
        .with_columns(spoken=_speaks())
        .join(
            keys.rename({"value": "stored_value"}), on=["listing", "key"], how="left", maintain_order="left"
        )
    )
    lists, table = _lists(beside, keys)
    with_state = beside.join(table, on=["listing", "key"], how="left", maintain_order="left").with_columns(
        listed=pl.when("spoken").then(_state())
    )
    beside_later = with_state.join(superseded_by_write(with_state), on="id", how="left").join(
        superseded_by_call(with_state, calls), on="id", how="left"
    )
    flagged = beside_later.with_columns(
        superseded=pl.col("by_write").fill_null(False) | pl.col("by_call").fill_null(False),
    ).with_columns(wrong=pl.col("listed").is_in(_WRONG).fill_null(False) & ~pl.col("superseded"))
    detailed = flagged.with_columns(
        listed_detail=_detail(),
        listed_source=pl.format("{}#{}", "listing_source", "key"),
        open_cause=pl.when(pl.col("trail_verdict") == "unverifiable").then("trail_cause"),
        listed_value=pl.when(pl.col("listed").is_not_null()).then("stored_value"),
        verdict=_verdict(),
    ).with_columns(
        listed_at=pl.when(pl.col("listed_detail").is_not_null()).then("listing_at"),
        confidence=_confidence(),
        cause=pl.when(pl.col("verdict") == pl.col("trail_verdict"))
        .then("trail_cause")
        .when((pl.col("verdict") == "lost") & _shared_loss())
        .then("trail_cause")
        .when(pl.col("verdict") != "landed")
        .then("listed"),
    )
    return conform(detailed.sort("number"), FINAL_VERDICTS), lists


def _listing_columns(newest: pl.DataFrame) -> pl.DataFrame:
    return newest.select(
        "store",
        "listing",
        "store_by",
        "at_by",
        listing_at="at",
        listing_source="source",
        listing_items="items",
    )


def _speaks() -> pl.Expr:
    """Whether the listing was made when the operation had surely ended."""
    return (~pl.col("pattern") & (pl.col("listing_at") >= pl.col("high"))).fill_null(False)


def _lists(beside: pl.DataFrame, keys: pl.DataFrame) -> tuple[Lists, pl.DataFrame]:
    """The lists of routes that the writes need; and `listing, key, entries, parts, list_problem` of each."""
    keys_of_lists = (
        beside.filter("spoken", pl.col("action").is_in(_LISTS)).select("store", "listing", "key").unique()
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
    healed = verdict.is_in(["unverifiable", "unfinished", "mismatched"]) | since_restored | unproven
    missing = pl.col("listed") == "missing"
    return (
        pl.when(there & healed)
        .then(pl.lit("landed"))
        .when(pl.col("wrong") & ((verdict == "landed") | _shared_loss()) & missing)
        .then(pl.lit("lost"))
        .when(pl.col("wrong") & verdict.is_in(["landed", "unverifiable"]))
        .then(pl.lit("mismatched"))
        .otherwise(verdict)
    )


def _shared_loss() -> pl.Expr:
    """Whether the trail says that this write or another was lost, and cannot decide which."""
    return ((pl.col("trail_verdict") == "unverifiable") & pl.col("ambiguous_cause").is_not_null()).fill_null(
        False
    )


def _threatened() -> pl.Expr:
    """Whether the trail itself doubts that the write outlived the next one."""
    return pl.col("threat").is_not_null() | pl.col("threatened").fill_null(False)


def _confidence() -> pl.Expr:
    """That of the listing where it decided: `low` by a file's time, `proven` only where the file itself says all."""
    rank = {"proven": 0, "high": 1, "low": 2}
    by_listing = (
        pl.when(pl.col("at_by") == "mtime")
        .then(2)
        .when((pl.col("at_by") == "file") & (pl.col("store_by") == "file"))
        .then(0)
        .otherwise(1)
    )
    verdict, before = pl.col("verdict"), pl.col("trail_verdict")
    by_trail = pl.col("trail_confidence").replace_strict(rank, return_dtype=pl.Int32)
    there = pl.max_horizontal(by_listing, pl.lit(1))
    chosen = (
        pl.when((verdict == "landed") & (before != "landed"))
        .then(there)
        .when((verdict == "landed") & (pl.col("listed") == "there"))
        .then(pl.min_horizontal(by_trail, there))
        .when((verdict == "lost") & (_shared_loss() | _threatened()))
        .then(by_listing)
        .when((verdict == "lost") & (before == "landed"))
        .then(pl.max_horizontal(by_listing, by_trail))
        .when((verdict == "mismatched") & pl.col("wrong") & (before != "mismatched"))
        .then(by_listing)
        .otherwise(by_trail)
    )
    return chosen.replace_strict({number: word for word, number in rank.items()}, return_dtype=pl.String)


def _detail() -> pl.Expr:
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
    no_list = pl.col("stored_value").is_null() & pl.col("action").is_in(_LISTS)
    of_list = pl.col("action").is_in(_LISTS)
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
        pl.when(state.is_in(_WRONG) & pl.col("superseded"))
        .then(pl.lit("; a later write explains that"))
        .otherwise(pl.lit(""))
    )
    clock = (
        pl.when(pl.col("at_by") == "mtime")
        .then(pl.lit("; the time is that of the file's last change, as no better one is available"))
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
        inferred_by.fill_null(""),
    )
