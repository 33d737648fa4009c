"""Writes and calls: which recorded call answers for which write.

A call can answer for a write where store, key and effect agree and the call's time lies in the operation's window.
One call answers for one operation: N overlapping operations on one key need N successful calls. Calls are assigned
in the order of time (within a second, of the chain), each to the open operation that ends first (DESIGN 6). A call
within an operation's own time is its own before it is that of another, to which only a clock that is off could bring
it; an operation of which the log shows that it wrote nothing gets none; and an operation that the log calls a success
comes before one that it does not.
"""

from __future__ import annotations

import polars as pl

from analyzer.tables import TIME
from analyzer.verdicts.within import within

INNER = pl.duration(seconds=1)
"""eventTime and the log's times are whole seconds, cut off: a call within the operation may look a second away."""

OUTER = pl.duration(seconds=5)
"""How far the log's clock may be off from the endpoint's before a call no longer counts as the operation's."""

EFFECTS = pl.DataFrame(
    {
        "action": ["put", "append", "remove", "remove", "delete"],
        "effect": ["put", "put", "put", "delete", "delete"],
    }
)
"""The effect that a call has on the key when it does an action: an entry is removed by putting the shorter list."""

_SWAPS = 8
"""Rounds in which calls are handed on; each gives at least one more write its call."""

_FAR_AND_FAILED = 3
"""The phase of a call outside the time of an operation that failed or never ended."""

_NEEDED = (
    "store",
    "event_id",
    "request_id",
    "at",
    "api",
    "effect",
    "key",
    "value",
    "ok",
    "error_code",
    "error_message",
    "item_count",
    "caller",
)

_OF_CALL = (
    "call",
    "event_id",
    "request_id",
    "ok",
    "at",
    "run",
    "position",
    "writer",
    "error_code",
    "error_message",
    "value",
    "caller",
)


def ordered_calls(calls: pl.DataFrame, chain: pl.DataFrame) -> pl.DataFrame:
    """What verdicts need of CALLS, with `run` and `position` of the chain (null for reads and failures) and `writer`.

    A writer is who made the call: a principal on one machine. Two jobs of one role are two writers.
    """
    who = ["caller", "source_ip"]
    writers = calls.select(who).unique(maintain_order=True).with_row_index("writer")
    # Joined apart: the columns of CALLS are a million rows wide, and stay where they are.
    joined = (
        calls.select("event_id", *who)
        .join(writers, on=who, how="left", nulls_equal=True, maintain_order="left")
        .join(chain.select("event_id", "run", "position"), on="event_id", how="left", maintain_order="left")
        .select("writer", "run", "position")
    )
    return calls.select(*_NEEDED).with_row_index("call").hstack(joined)


def reads_of_keys(calls: pl.DataFrame) -> pl.DataFrame:
    """The reads of single keys that told their caller what is there, or that nothing is.

    Args:
        calls: what `ordered_calls` gives.
    """
    return calls.filter((pl.col("api") == "GetKey") & (pl.col("ok") | not_found()))


def not_found() -> pl.Expr:
    """Whether a failed call says that the key or the store does not exist."""
    return pl.col("error_code").str.starts_with("ResourceNotFound").fill_null(False)


def windows(writes: pl.DataFrame) -> pl.DataFrame:
    """WRITES with `low` and `high`, the times between which a call may be the operation's (null without a window)."""
    return writes.with_columns(
        low=(pl.col("start") - OUTER).cast(TIME), high=(pl.col("end") + OUTER).cast(TIME)
    )


def candidates(writes: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """Pairs of a write whose store and key are known and a write call in its window, successful or not.

    Args:
        writes: WRITES with `windows`.
        calls: what `ordered_calls` gives.

    Returns:
        `write, low, high, start, end, phase` (the order in which pairs are considered), `named` (the log names the
        very call by its request id), the key's columns, and the columns `_OF_CALL` of the call.
    """
    wanted = (
        writes.filter(~pl.col("pattern") & pl.col("low").is_not_null() & pl.col("store").is_not_null())
        .filter(~pl.col("unset").fill_null(False) | (pl.col("reported") != "succeeded"))
        .select(
            "action",
            "store",
            "key",
            "start",
            "end",
            "low",
            "high",
            "reported",
            write="id",
            said_request="request_id",
        )
        .join(EFFECTS, on="action")
    )
    same = ["store", "key", "effect"]
    made = about_keys(calls, wanted).select(*same, *_OF_CALL, "api").filter(pl.col("effect") != "read")
    in_time = within(wanted, made, same)
    # The request id of an SDK error in the log names the very call, whatever the clocks say.
    named = wanted.join(made.with_columns(said_request="request_id"), on=[*same, "said_request"])
    pairs = pl.concat([in_time, named.select(in_time.columns)])
    # Of an operation that is not said to have succeeded, a call far from its time shows nothing, nor does one of an
    # API that SST never uses: PutKey and DeleteKey are somebody's at the console.
    return (
        pairs.unique(["write", "call"], keep="first", maintain_order=True)
        .with_columns(
            phase=2 * (~inside()).cast(pl.Int64) + (pl.col("reported") != "succeeded").cast(pl.Int64),
            named=(pl.col("request_id") == pl.col("said_request")).fill_null(False),
        )
        .filter((pl.col("phase") < _FAR_AND_FAILED) | pl.col("named") | ~pl.col("ok"))
        .filter((pl.col("phase") == 0) | (pl.col("api") == "UpdateKeys"))
        .drop("said_request", "reported", "api")
    )


def about_keys(calls: pl.DataFrame, asked: pl.DataFrame) -> pl.DataFrame:
    """The rows of `calls` on keys that `asked` names, in whatever store: a million others need not be joined."""
    keys = asked["key"].unique().implode()
    return calls.lazy().filter(pl.col("key").is_in(keys)).collect()


def inside() -> pl.Expr:
    """Whether a call lies within the operation's own time, to the second."""
    return pl.col("at").is_between((pl.col("start") - INNER).cast(TIME), (pl.col("end") + INNER).cast(TIME))


def assigned(pairs: pl.DataFrame) -> pl.DataFrame:
    """One call to one write: of `pairs` of successful calls the rows that are assigned.

    A write of which the log names the failed call by its request id gets none.
    """
    refused = pairs.filter(~pl.col("ok") & pl.col("named")).select("write").unique()
    open_pairs = pairs.filter("ok").join(refused, on="write", how="anti")
    taken = []
    for phase in sorted(open_pairs["phase"].unique()):
        offered = open_pairs.filter(pl.col("phase") == phase)
        given = _closer(_completed(_given_out(offered), offered), offered)
        taken.append(given)
        open_pairs = open_pairs.join(given, on="write", how="anti").join(given, on="call", how="anti")
    return pl.concat(taken) if taken else open_pairs


def _given_out(pairs: pl.DataFrame) -> pl.DataFrame:
    """As many of `pairs` as can be, one call to one write: each call, in order, to the open write that ends first.

    Most calls and writes have but each other; only the rest are gone through one by one.
    """
    alone = (pl.len().over("write") == 1) & (pl.len().over("call") == 1)
    contested = pairs.filter(~alone).sort("at", "run", "position", "call", "end", "start", "write")
    taken: set[object] = set()
    given = []
    for write, call in zip(contested["write"], contested["call"], strict=True):
        given.append(write not in taken and call not in taken)
        if given[-1]:
            taken |= {write, call}
    return pl.concat([pairs.filter(alone), contested.filter(pl.Series(given, dtype=pl.Boolean))])


def _completed(given: pl.DataFrame, offered: pl.DataFrame) -> pl.DataFrame:
    """`given`, and writes that got no call, where the holder of one that fits them can have another, which is free.

    Calls that a principal shuts out leave no plain intervals of time, for which the earliest end is the best choice.
    """
    for _ in range(_SWAPS):
        free = offered.join(given, on="call", how="anti").select(
            holder="write", other="call", free="event_id"
        )
        open_pairs = offered.join(given, on="write", how="anti").select("write", "call", "event_id")
        held = given.select("call", holder="write")
        swaps = open_pairs.join(held, on="call").join(free, on="holder").sort("write", "event_id", "free")
        for column in ("write", "holder", "other", "call"):
            swaps = swaps.unique(column, keep="first", maintain_order=True)
        if swaps.is_empty():
            break
        gained = pl.concat([swaps.select("write", "call"), swaps.select(write="holder", call="other")])
        kept = given.join(swaps, left_on="write", right_on="holder", how="anti")
        given = pl.concat([kept, offered.join(gained, on=["write", "call"], how="semi")])
    return given


def _closer(given: pl.DataFrame, offered: pl.DataFrame) -> pl.DataFrame:
    """`given`, with each call that is a second away from its write handed to one that got none, and fits it exactly.

    As many writes have a call as before.
    """
    exact = pl.col("at").is_between(pl.col("start").dt.truncate("1s"), "end")
    loose = given.filter(~exact)
    better = (
        offered.filter(exact)
        .join(given, on="write", how="anti")
        .join(loose, on="call", how="semi")
        .sort("end", "start", "write", "at", "run", "position", "event_id")
        .unique("call", keep="first", maintain_order=True)
        .unique("write", keep="first", maintain_order=True)
    )
    return pl.concat([given.join(better, on="call", how="anti"), better])
