"""Lists that were written back from an old copy: the lost update (docs/facts/sst-output.md#44-fixes, d4c65da34).

In come the writes of lists, the history of their keys and all calls. Out goes COPIES, from when the copy of each writer
is, and OVERWRITES, which writer overwrote which write.

Every writer of a list reads it, changes it and writes it back. If a writer's last read came before our call, and its
own call came after it, then the writer overwrote our entry. Calls are ordered by the chain. A read carries no ETag, so
a read of the same second may have come before or after; but one that found no list came before the list's first put.

That a writer did not read again is inferred from the available records, and a record may be missing. Every sign of
that counts: fewer reads than calls that need one; no DescribeKeyValueStore that could have given the writer the ETag of
its call. SST 3.11.2 and later read again after each refusal, under the ETag that they then name: they never write an
old copy. Where no log says the version, a deploy that was refused, and read the list more often than it has operations
on it, is such a one; where no log of a writer is available, a call that was refused may have had a read of its own.

Who wrote a list without having read it, as far as records show, wrote nothing of what it held, or a copy of any age.
So it is with all APIs but SST's own, which always reads first: there it counts only where reads of the list are logged.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl

from analyzer.tables import TIME, conform, empty
from analyzer.verdicts.columns import COUNT
from analyzer.verdicts.losses.tables import COPIES, OVERWRITES
from analyzer.verdicts.matching.claims import INNER, OUTER
from analyzer.verdicts.matching.clock import LOOSE
from analyzer.verdicts.matching.match import about_keys, all_reads_of_keys, reads_of_keys
from analyzer.verdicts.ranges import ranges

if TYPE_CHECKING:
    from collections.abc import Sequence

_UNOWNED_LOOKBACK = pl.duration(seconds=120)
"""How long before its call a writer whose deploy log is not available may have read the key."""

_HELD = pl.duration(hours=1)
"""How long after its read a writer whose log is not available may still write what it read."""

_SST_API = "UpdateKeys"

_NEVER_STALE = pl.lit(datetime(9999, 1, 1, tzinfo=UTC), dtype=TIME)
_LONG_AGO = pl.lit(datetime(1970, 1, 1, tzinfo=UTC), dtype=TIME)
"""Of a copy: its writer had never read the list, as far as records show."""
_BEFORE_ANOTHER_CALL = pl.lit(datetime(1970, 1, 2, tzinfo=UTC), dtype=TIME)
"""Of a copy: another call, made since, may be what its writer had read the list for; or no reads are logged."""

_TICK = pl.duration(microseconds=1)
_KEY = ["store", "key"]


def overwritten(
    of_lists: pl.DataFrame, copies: pl.DataFrame, copied_at: str, *, strictly: bool
) -> pl.DataFrame:
    """OVERWRITES: the first later writer of the list whose copy is from before the write.

    Args:
        of_lists: writes of lists with their `turn, run, at`.
        copies: COPIES.
        copied_at: the column of `copies` that says from when the copy is.
        strictly: from an earlier second; else one of the same second counts too.
    """
    if copies.is_empty():
        return empty(OVERWRITES)
    older = (pl.col(copied_at) < pl.col("at")) if strictly else (pl.col(copied_at) <= pl.col("at"))
    # Of all later writers the one with the oldest copy decides: a minimum from the end of each key's order.
    oldest = copies.sort(*_KEY, "by_turn", descending=[False, False, True]).select(
        *_KEY, "by_turn", pl.col(copied_at).cum_min().over(_KEY)
    )
    threatened = (
        of_lists.sort("turn")
        .with_columns(after=pl.col("turn") + 1)
        .join_asof(
            oldest.sort("by_turn"),
            left_on="after",
            right_on="by_turn",
            by=_KEY,
            strategy="forward",
            check_sortedness=False,
        )
        .filter(older)
        .drop("by_turn")
    )
    if threatened.is_empty():
        return empty(OVERWRITES)
    return conform(_first_after(threatened, copies, copied_at), OVERWRITES)


def _first_after(threatened: pl.DataFrame, copies: pl.DataFrame, copied_at: str) -> pl.DataFrame:
    """`threatened` with the first of `copies` with the same `copied_at` that surely came later (`order.came_later`)."""
    same = [*_KEY, copied_at]
    in_run = copies.select(*same, run="by_run", in_run="by_turn").sort("in_run")
    # Of all copies of a later second the first in order; were it before the write, the times contradict the chain.
    by_time = copies.sort("by_at").select(
        *same, "by_at", in_time=pl.col("by_turn").cum_min(reverse=True).over(same)
    )
    following = (
        threatened.sort("after")
        .join_asof(
            in_run,
            left_on="after",
            right_on="in_run",
            by=[*same, "run"],
            strategy="forward",
            check_sortedness=False,
        )
        .sort("at")
        .join_asof(
            by_time,
            left_on="at",
            right_on="by_at",
            by=same,
            strategy="forward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        .drop("by_at", strict=False)
    )
    in_time = pl.when(pl.col("in_time") > pl.col("turn")).then("in_time")
    return (
        following.with_columns(by_turn=pl.min_horizontal("in_run", in_time))
        .join(copies, on=[*same, "by_turn"])
        .sort("write", "by_turn")
        .unique("write", keep="first", maintain_order=True)
    )


def with_copies(  # noqa: PLR0913 - each table by its name
    of_lists: pl.DataFrame,
    history: pl.DataFrame,
    calls: pl.DataFrame,
    chain: pl.DataFrame,
    writes: pl.DataFrame,
    *,
    writes_old_copies: pl.DataFrame,
) -> pl.DataFrame:
    """COPIES: the successful puts of the lists, and from when the copies are that they wrote.

    Args:
        of_lists: writes of lists, with `store, key`.
        history: KEY_HISTORY.
        calls: ORDERED_CALLS.
        chain: CHAIN.
        writes: WINDOWS.
        writes_old_copies: `deploy, affected`: whether the version of SST writes old copies; null where it is unknown.
    """
    if of_lists.is_empty():
        return empty(COPIES)
    lists = of_lists.select(_KEY).unique()
    of_version = writes_old_copies.select(by_deploy="deploy", affected="affected")
    too_early = (pl.col("at") < pl.col("by_start") - INNER).fill_null(False)
    puts = (
        history.filter(pl.col("effect") == "put")
        .join(lists, on=_KEY, how="semi")
        .join(of_version, on="by_deploy", how="left")
        # A call from before its operation may as well be another's, of which nothing shows when it began, nor by what.
        .with_columns(
            pl.when(~too_early).then(name).alias(name) for name in ("by_start", "by_since", "affected")
        )
    )
    about = about_keys(calls, lists)
    read = _with_last_read(puts, about).join(_etag_described(puts, calls, chain), on="call", how="left")
    rereading = _rereading(puts, about, writes)
    anew, perhaps = (
        pl.col("call").is_in(
            read.join(rereading.filter(again), on=[*_KEY, "by_deploy"], how="semi")["call"].implode()
        )
        for again in (pl.col("sure") >= pl.col("refused"), pl.col("possible") > 0)
    )
    never = ~pl.col("affected").fill_null(~anew)
    trusted = pl.col("trusted") & pl.col("described").fill_null(True)
    old = trusted & pl.col("affected").fill_null(~perhaps)
    since = _not_read_since(puts, about)
    copies = read.join(_before_first_put(read, history), on="call", how="left").join(
        since, on="call", how="left"
    )
    copies = copies.select(
        *_KEY,
        "by_name",
        by_event="event_id",
        by_turn="turn",
        by_run="run",
        by_position="position",
        by_at="at",
        read_at=pl.when(old).then("last_read").fill_null(_NEVER_STALE),
        copied_at=pl.when(old).then(pl.coalesce("before_put", "last_read")).fill_null(_NEVER_STALE),
        earliest=pl.when(never)
        .then(_NEVER_STALE)
        .when(trusted)
        .then("first_read")
        .otherwise(pl.min_horizontal((pl.col("began") - LOOSE).cast(TIME), "unread_since")),
    )
    return conform(copies, COPIES)


def sighted(copies: pl.DataFrame) -> pl.DataFrame:
    """COPIES, where those of writers that had never read the list, as far as records show, are never old."""
    return copies.with_columns(earliest=pl.when(~_blindly()).then("earliest").fill_null(_NEVER_STALE))


def blind_copies(copies: pl.DataFrame) -> pl.DataFrame:
    """COPIES, where only those of writers that had never read the list, as far as records show, are old."""
    return copies.with_columns(earliest=pl.when(_blindly()).then("earliest").fill_null(_NEVER_STALE))


def has_some_copy() -> pl.Expr:
    """Whether a writer that seems blind had read the list all the same, before another call of its caller."""
    return pl.col("earliest") == _BEFORE_ANOTHER_CALL


def _blindly() -> pl.Expr:
    return pl.col("earliest") <= _BEFORE_ANOTHER_CALL


def _not_read_since(puts: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """`call, unread_since`: when the caller of a put that no log explains had last read the list, if reads would show.

    `_LONG_AGO` where no such read is available. A read is of one put: of what its caller wrote with it before, or long
    after it, nothing shows that it still had the list; but two jobs may be one caller, and where no reads are logged
    anybody may have read it (`_BEFORE_ANOTHER_CALL`).
    """
    reads = reads_of_keys(calls).select(*_KEY, "caller", "at", unread_since="at").sort("at")
    logged = reads.select(_KEY).unique().with_columns(logged=pl.lit(value=True))
    by_caller = [*_KEY, "caller"]
    of_puts = puts.sort("turn").with_columns(put_before=pl.col("at").shift(1).over(by_caller))
    unexplained = (
        of_puts.filter(pl.col("by_deploy").is_null())
        .join(calls.select("call", "api"), on="call")
        .join(logged, on=_KEY, how="left")
        .filter((pl.col("api") != _SST_API) | pl.col("logged").fill_null(False))
    )
    held = pl.col("unread_since") >= pl.col("at") - _HELD
    is_its_own = (pl.col("unread_since") >= pl.col("put_before")).fill_null(True)
    since = pl.when(held & is_its_own).then("unread_since").when(held).then(_BEFORE_ANOTHER_CALL)
    return (
        unexplained.sort("at")
        .join_asof(reads, on="at", by=by_caller, check_sortedness=False)
        .select(
            "call", unread_since=pl.coalesce(since, pl.when("logged").then(_LONG_AGO), _BEFORE_ANOTHER_CALL)
        )
    )


def _with_last_read(puts: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """`puts` with `began`, when the operation did; `first_read, last_read`, its writer's first and last read since.

    One writer may run several operations at once: which of the reads was this one's, no record shows. `found_nothing`:
    none of them found the key. They are not `trusted` where a writer has tried to write the key more often in that time
    than it has read it: one of its reads is not available.
    """
    per_writer = [*_KEY, "writer"]
    count = pl.int_range(1, pl.len() + 1).over(per_writer)
    found = pl.col("ok").cast(COUNT).cum_sum().over(per_writer)
    reads = (
        reads_of_keys(calls).sort("at").select(*per_writer, "at", last_read="at", reads=count, found=found)
    )
    attempts = (
        calls.filter((pl.col("effect") == "put") & pl.col("key").is_not_null())
        .sort("at", "run", "position")
        .select(
            "call",
            *per_writer,
            "at",
            attempts=count,
            calls=pl.col("ok").cast(COUNT).cum_sum().over(per_writer),
        )
    )
    since = pl.coalesce(pl.col("by_start") - OUTER, pl.col("at") - _UNOWNED_LOOKBACK).cast(TIME)
    began = pl.coalesce(pl.col("by_since") - INNER, pl.col("at") - _UNOWNED_LOOKBACK).cast(TIME)
    joined = (
        puts.join(attempts.select("call", "attempts", "calls"), on="call", how="left")
        .with_columns(since=since, began=began)
        .sort("began")
        .join_asof(
            reads.select(*per_writer, began="at", next_read="at"),
            on="began",
            by=per_writer,
            strategy="forward",
            check_sortedness=False,
        )
        .sort("at")
        .join_asof(reads, on="at", by=per_writer, check_sortedness=False)
        .sort("since")
        .join_asof(_until(reads, "reads", "found"), on="since", by=per_writer, check_sortedness=False)
        .join_asof(_until(attempts, "attempts", "calls"), on="since", by=per_writer, check_sortedness=False)
    )
    read, found_since, attempted, called = (
        pl.col(what) - pl.col(f"{what}_before").fill_null(0)
        for what in ("reads", "found", "attempts", "calls")
    )
    # SST up to 3.11.1 tries a stale ETag again with the copy that it has; later ones read anew, and that read may not
    # be available. A refused call counts as having had one where a file is missing, as a gap in the chain shows, and
    # where no log of its writer is available, which could show its version.
    broken = pl.col("store").is_in(calls.filter(pl.col("run") > 0)["store"].unique().implode())
    unknown = pl.col("affected").is_null() & (broken | pl.col("by_deploy").is_null())
    tried = pl.when(unknown).then(attempted).otherwise(called)
    trusted = (pl.col("last_read") >= pl.col("since")) & (read >= tried)
    # Without a log of the operation its last read is as good as its first: no record shows when it began.
    of_many = pl.col("by_start").is_not_null() & (pl.col("next_read") <= pl.col("at"))
    first_read = pl.when(of_many).then(pl.min_horizontal("next_read", "last_read")).otherwise("last_read")
    return joined.with_columns(
        trusted=trusted.fill_null(False), first_read=first_read, found_nothing=found_since == 0
    )


def _until(numbered: pl.DataFrame, *what: str) -> pl.DataFrame:
    """How many of `what` each writer had made of a key before a time, as `since` and `..._before`."""
    return numbered.select(*_KEY, "writer", pl.col(what).name.suffix("_before"), since="at").sort("since")


def _before_first_put(read: pl.DataFrame, history: pl.DataFrame) -> pl.DataFrame:
    """`call, before_put`: just before the key's first put, where a writer found no key in the second of that put.

    The first put after the last delete: had the read come after it, it would have found the key. It counts within one
    run of the chain, in which no delete is missing.
    """
    in_run = [*_KEY, "run"]
    put_at = pl.when(pl.col("effect") == "put").then("at").backward_fill().over(in_run)
    ordered = history.sort("turn").with_columns(put_at=put_at)
    deletes = ordered.filter(pl.col("effect") == "delete").select(*in_run, "put_at", absent_since="at")
    begun = ordered.unique(in_run, keep="first", maintain_order=True)
    absent = pl.concat([begun.select(*in_run, "put_at", absent_since=_LONG_AGO), deletes])
    nothing = read.filter("found_nothing").select("call", *_KEY, "last_read", run="run")
    return (
        nothing.sort("last_read")
        .join_asof(
            absent.sort("absent_since", maintain_order=True),
            left_on="last_read",
            right_on="absent_since",
            by=in_run,
            check_sortedness=False,
        )
        .filter(pl.col("put_at") == pl.col("last_read"))
        .select("call", before_put=(pl.col("put_at") - _TICK).cast(TIME))
    )


def _etag_described(puts: pl.DataFrame, calls: pl.DataFrame, chain: pl.DataFrame) -> pl.DataFrame:
    """`call, described`: whether an available Describe can have given the writer the ETag that its call names.

    It must have come after the write that made the ETag. Null where that write is not available, or where the writer
    never describes the store: such calls are not logged then.
    """
    describes = (
        calls.filter(pl.col("api") == "DescribeKeyValueStore")
        .select("store", "writer", "at")
        .sort("store", "writer", "at")
    )
    sources = chain.select("store", "run", pl.col("position") + 1, low="at")
    since = puts.select("call", "store", "writer", "run", "position", high="at").join(
        sources, on=["store", "run", "position"]
    )
    usual = describes.select("store", "writer").unique()
    windows = since.join(usual, on=["store", "writer"], how="semi")
    rows = ranges(windows, describes, ["store", "writer"])
    return windows.select("call", described=rows["first"] < rows["past"])


def _rereading(puts: pl.DataFrame, calls: pl.DataFrame, writes: pl.DataFrame) -> pl.DataFrame:
    """`store, key, by_deploy, refused, sure, possible`: how often deploys were refused, and how often they read again.

    They read as often again as they read a list more often than there are operations on it in their time: `sure` and
    `possible` are such counts, the latter with what may be copies of records. Where their writer also made a call on
    the list that no operation of theirs explains, that call's read is among theirs.
    """
    spans = (
        writes.filter(~pl.col("pattern"))
        .group_by(*_KEY, by_deploy="deploy")
        .agg(low=(pl.col("start").min() - OUTER).cast(TIME), high=(pl.col("end").max() + OUTER).cast(TIME))
    )
    writers = puts.select(*_KEY, "by_deploy", "writer").drop_nulls().unique()
    by_writer = spans.join(writers, on=[*_KEY, "by_deploy"])
    per_writer, of_deploy = [*_KEY, "writer"], [*_KEY, "by_deploy"]
    operations = _counts(spans, writes.select(*_KEY, at="start").drop_nulls(), _KEY, "operations")
    read, perhaps_read, refused, strange = (
        _counts(by_writer, made.select(*per_writer, "at"), per_writer, what)
        for made, what in (
            (reads_of_keys(calls), "sure"),
            (all_reads_of_keys(calls), "possible"),
            (calls.filter((pl.col("effect") == "put") & ~pl.col("ok")), "refused"),
            (puts.filter(pl.col("by_deploy").is_null()), "others"),
        )
    )
    return (
        read.join(perhaps_read, on=of_deploy)
        .join(operations, on=of_deploy)
        .join(refused, on=of_deploy)
        .with_columns(pl.col("sure", "possible") - pl.col("operations"))
        .join(strange, on=of_deploy, how="anti")
    )


def _counts(spans: pl.DataFrame, moments: pl.DataFrame, on: Sequence[str], what: str) -> pl.DataFrame:
    """`store, key, by_deploy` and how many of `moments` each deploy's spans hold, where they hold any."""
    busy = spans.hstack(ranges(spans, moments.sort(*on, "at"), on)).filter(pl.col("first") < pl.col("past"))
    size = pl.col("past") - pl.col("first")
    return busy.group_by(*_KEY, "by_deploy").agg(size.sum().alias(what))
