"""The schema of every table that flows between the modules of this part, as `analyzer/tables.py` has the others.

They stand in the order in which a judgement makes them (`judge.py`). Who makes a table holds it to its schema with
`conform` where it returns it; only names and types are compared, so a table of a million rows costs no more than an
empty one. `LOSTWRITE_DEBUG=tables:DIR` writes the stages as files (CONTRIBUTING.md#explain-a-verdict).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.tables import TIME, WRITES, conform

if TYPE_CHECKING:
    from collections.abc import Callable

    Stage = Callable[[str, pl.DataFrame], pl.DataFrame]
    """Gives the table back, after it was kept under its name, where somebody asked for that."""

NUMBER: Final = pl.UInt32()
"""A row's number, as polars counts rows."""

COUNT: Final = pl.Int64()

# --- writes and calls, ready to be matched

WINDOWS = pl.Schema(
    {
        **WRITES,
        "number": NUMBER,  # its order among the writes
        "low": TIME,  # the earliest time at which a call may be the operation's; null without a window
        "high": TIME,  # the latest
    }
)

ORDERED_CALLS = pl.Schema(
    {
        "call": NUMBER,  # one row of CALLS: one key of one record
        "store": pl.String(),
        "event_id": pl.String(),
        "request_id": pl.String(),
        "at": TIME,
        "api": pl.String(),
        "effect": pl.String(),
        "key": pl.String(),
        "value": pl.String(),
        "ok": pl.Boolean(),
        "error_code": pl.String(),
        "error_message": pl.String(),
        "item_count": pl.Int64(),
        "caller": pl.String(),
        "writer": NUMBER,  # who made it: a principal on one machine
        "by": COUNT,  # the principal alone; `claims.NOBODY` where the record does not say
        "run": pl.Int64(),  # of CHAIN; null for reads and failed calls
        "position": pl.Int64(),
    }
)

# --- the match of writes whose key the log names: claims, and what is assigned of them

DEMAND = pl.Schema(
    {
        "deploy": pl.String(),
        "party": pl.String(),  # who makes its calls: SST, or Pulumi's providers, of one deploy
        "store": pl.String(),
        "key": pl.String(),
        "start": TIME,
        "end": TIME,
        "low": TIME,
        "high": TIME,
        "success": pl.Boolean(),  # the log says that the operation succeeded
        "write": pl.String(),
        "log_request": pl.String(),  # the request id that the log names
        "effect": pl.String(),  # that a call must have: a row for each
        "apis": pl.List(pl.String()),  # by which its kind of resource makes such writes
    }
)

CLAIMED_CALLS = ORDERED_CALLS
"""Of these, the calls that write keys of the writes."""

LANES = pl.Schema(
    {
        "lane": NUMBER,  # calls that are alike in all that decides whether a write may claim them, but for their time
        "store": pl.String(),
        "key": pl.String(),
        "effect": pl.String(),
        "ok": pl.Boolean(),
        "api": pl.String(),
        "by": COUNT,  # `claims.ANYBODY` for the lane of all callers
    }
)

LANE_CALLS = pl.Schema(
    {
        "lane": NUMBER,  # in the order of lane and time
        "by": COUNT,
        "writer": NUMBER,
        "at": TIME,
        "event_id": pl.String(),
        "ok": pl.Boolean(),
        "call": NUMBER,
    }
)

ZONES = pl.Schema(
    {
        "write": pl.String(),
        "deploy": pl.String(),
        "party": pl.String(),
        "store": pl.String(),
        "key": pl.String(),
        "effect": pl.String(),
        "ok": pl.Boolean(),
        "api": pl.String(),
        "phase": COUNT,  # the order in which claims are considered, 0 to 3 (see `claims`)
        "usual": pl.Boolean(),  # the write's kind of resource makes such calls
        "start": TIME,
        "end": TIME,
        "low": TIME,  # of the zone
        "high": TIME,
        "by": COUNT,
        "lane": NUMBER,
        "first": COUNT,  # the rows of LANE_CALLS that it holds: from `first`, up to but without `past`
        "past": COUNT,
    }
)

REQUEST_PAIRS = pl.Schema({**DEMAND, **CLAIMED_CALLS, "phase": COUNT})
"""A write and the call that its log names by a request id."""

PAIRS = pl.Schema({"write": pl.String(), "call": NUMBER})

CLAIM_COUNTS = pl.Schema({"write": pl.String(), "claims": COUNT})

ASSIGNMENTS = pl.Schema({**PAIRS, "phase": COUNT})
"""One successful call to one write."""

HITS = pl.Schema(
    {
        **ASSIGNMENTS,
        "event_id": pl.String(),
        "request_id": pl.String(),
        "ok": pl.Boolean(),
        "at": TIME,
        "run": pl.Int64(),
        "position": pl.Int64(),
        "writer": NUMBER,
        "error_code": pl.String(),
        "error_message": pl.String(),
        "value": pl.String(),
        "caller": pl.String(),
        "by": COUNT,
        "effect": pl.String(),
        "store": pl.String(),
        "key": pl.String(),
        "start": TIME,
        "end": TIME,
    }
)
"""ASSIGNMENTS with what the call and the operation are."""

CLOCK_WINDOWS = pl.Schema(
    {
        **WINDOWS,  # `low` and `high` no wider than what the deploy's own calls leave of the clocks' difference
        "clock_known": pl.Boolean(),
    }
)

# --- the match of writes of which the log names no key

INFERRED_STORES = pl.Schema(
    {
        **WINDOWS,
        "inferred_store": pl.String(),  # the store that the trail ties the write to
    }
)

# --- facts: what is to be said of each write before anything is concluded from it; `write` is WRITES.id

ANSWERS = pl.Schema(
    {
        "write": pl.String(),
        "event_id": pl.String(),  # the call that answers for it
        "hit_at": TIME,
        "hit_value": pl.String(),  # what the call shows; null where CloudTrail hides it
        "hit_confidence": pl.String(),
        "contested": pl.Boolean(),  # another operation could claim the same call
    }
)

PATTERN_ANSWERS = pl.Schema(
    {
        **ANSWERS,
        "rivals": NUMBER,  # writes that the same calls could answer for
        "fitting": NUMBER,  # successful calls that fit them
    }
)

FAILED_ATTEMPTS = pl.Schema(
    {
        "write": pl.String(),
        "event_id": pl.String(),
        "request_id": pl.String(),
        "at": TIME,
        "error_code": pl.String(),
        "error_message": pl.String(),
        "writer": NUMBER,
        "resolved": pl.Boolean(),  # the same writer succeeded later: it was tried again
        "total": COUNT,  # attempts of the write, of which only some have a row
        "recovered": COUNT,  # of these, those that its own writer tried again
    }
)

LAST_FAILURES = pl.Schema(
    {
        "write": pl.String(),
        "recovered": COUNT,
        "failed_event": pl.String(),  # the last attempt that was not tried again
        "failed_request": pl.String(),
        "failed_code": pl.String(),
        "failed_message": pl.String(),
    }
)

READS = pl.Schema(
    {
        "write": pl.String(),
        "failed_read": pl.String(),  # event id of a read that failed, and was not tried again
        "read_failed_with": pl.String(),
        "absent_read": pl.String(),  # of one that found no such key
        "own_reads": COUNT,  # that went well in the operation's time
        "spare_reads": COUNT,  # beyond those that the attempts to write account for
    }
)

UNREAD_STORES = pl.Schema(
    {
        "store": pl.String(),
        "reads_unlogged": pl.Boolean(),  # the trail knows the store and holds no read of it
    }
)

SPANS = pl.Schema(
    {
        "write": pl.String(),
        "deploy": pl.String(),
        "store": pl.String(),
        "low": TIME,
        "high": TIME,
        "deploy_low": TIME,  # of the whole deploy
        "deploy_high": TIME,
    }
)

ABSENCE = pl.Schema(
    {
        "write": pl.String(),
        "before": pl.String(),  # event id: the last write of the run before the window
        "after": pl.String(),  # the first one after it
        "between": pl.Int64(),  # writes of the run that lie between them
        "before_run": pl.Int64(),
        "open_end": pl.Boolean(),  # no later write is available, and no gap was seen
        "complete": pl.String(),  # why the trail is complete, where that is the proof
        "unlogged": pl.String(),  # which trail surely does not log the store, and why
        "absent": pl.String(),  # how sure it is that no call is missing: proven, high; null
        "absent_doubt": pl.String(),  # the cause, where it is null
    }
)

LAST_EFFECTS = pl.Schema(
    {
        "write": pl.String(),
        "last_effect": pl.String(),  # of the key's last call before the window
        "last_run": pl.Int64(),
        "last_event": pl.String(),
        "end_effect": pl.String(),  # of its last call before the window's end
    }
)

NEAR_MISSES = pl.Schema(
    {
        "write": pl.String(),
        "near_event": pl.String(),  # a call just outside the window that no operation claims
    }
)

STRANGERS = pl.Schema(
    {
        "write": pl.String(),
        "strangers": pl.Boolean(),  # a call that fits was left out: somebody else seems to have made it
    }
)


def _but_write(schema: pl.Schema) -> dict[str, pl.DataType]:
    """The columns of a table that is joined by its `write`."""
    return {name: dtype for name, dtype in schema.items() if name != "write"}


FACTS = pl.Schema(
    {
        **WINDOWS,
        "inferred_store": pl.String(),
        "reads_unlogged": pl.Boolean(),
        **_but_write(PATTERN_ANSWERS),
        **_but_write(LAST_FAILURES),
        **_but_write(READS),
        **_but_write(ABSENCE),
        **_but_write(LAST_EFFECTS),
        **_but_write(NEAR_MISSES),
        **_but_write(STRANGERS),
    }
)
"""One row for each write; columns that only one of the two matches has are null for writes of the other."""

LANDINGS = pl.Schema(
    {
        "write": pl.String(),
        "event_id": pl.String(),  # a call that answers for it: a row for each key
        "store": pl.String(),
        "key": pl.String(),
        "action": pl.String(),
        "value": pl.String(),
        "deploy": pl.String(),
        "type": pl.String(),
        "name": pl.String(),
        "start": TIME,
    }
)

FITS = pl.Schema(
    {
        "write": pl.String(),
        "partner": pl.String(),  # a write whose call fits `write` too, or a node that leads to several of them
    }
)

# --- what happened to a write after it landed

KEY_HISTORY = pl.Schema(
    {
        "store": pl.String(),
        "key": pl.String(),
        "event_id": pl.String(),  # a successful write of the key
        "at": TIME,
        "effect": pl.String(),
        "run": pl.Int64(),
        "position": pl.Int64(),
        "call": NUMBER,
        "caller": pl.String(),
        "writer": NUMBER,
        "by_deploy": pl.String(),  # the resource behind it, where the call answers for a write
        "by_stack": pl.String(),
        "by_type": pl.String(),
        "by_name": pl.String(),
        "by_start": TIME,
        "turn": COUNT,  # its order among the writes of the key
    }
)

COPIES = pl.Schema(
    {
        "store": pl.String(),
        "key": pl.String(),
        "by_name": pl.String(),
        "by_event": pl.String(),  # a put of the list
        "by_turn": COUNT,
        "by_run": pl.Int64(),
        "by_position": pl.Int64(),
        "by_at": TIME,
        "read_at": TIME,  # when its writer last read the list; in the far future where its copy is never old
        "earliest": TIME,  # since when its copy may be
    }
)

OVERWRITES = pl.Schema(
    {
        "write": pl.String(),  # a write of a list
        "run": pl.Int64(),
        "position": pl.Int64(),
        "by_event": pl.String(),  # the first later writer with a copy from before it
        "by_run": pl.Int64(),
        "by_position": pl.Int64(),
        "by_name": pl.String(),
        "read_at": TIME,
        "earliest": TIME,
    }
)

LOSSES = pl.Schema(
    {
        "write": pl.String(),
        "loss_cause": pl.String(),  # lost_update, deleted, namespace_collision; null: only `threat` is said
        "loss_confidence": pl.String(),
        "loss_event_id": pl.String(),
        "loss_distance": pl.Int64(),  # how many writes later in one run; null between two runs
        "loss_detail": pl.String(),
        "threat": pl.String(),  # a later writer of the list, who may have read it before this write
    }
)

AMBIGUITIES = pl.Schema(
    {
        "write": pl.String(),
        "or_else": pl.String(),  # the resources of the other writes that the loss, or the doubt, may be of
        "ambiguous_cause": pl.String(),  # the cause of the loss
        "threatened": pl.Boolean(),  # none was surely lost, but of one of them nothing tells
    }
)

# --- verdicts

TRAIL_VERDICTS = pl.Schema(
    {
        **FACTS,
        **_but_write(LOSSES),
        **_but_write(AMBIGUITIES),
        "always_writes": pl.Boolean(),  # the deploy's SST writes the list of routes even if nothing changes in it
        "hit": pl.Boolean(),  # a call answers for it
        "nothing_to_do": pl.Boolean(),  # the store was as the deploy wanted it
        "maybe_nothing": pl.Boolean(),  # the operation may rightly have written nothing
        "tried": pl.Boolean(),  # a call was made, failed, and was not tried again
        "doubt": pl.String(),  # why the absence of a call is not proven
        "sure": pl.String(),  # how sure it is
        "verdict": pl.String(),  # by the trail alone
        "cause": pl.String(),
        "confidence": pl.String(),
    }
)

LATER_WRITES = pl.Schema({"id": pl.String(), "by_write": pl.Boolean()})
"""Writes that a later one supersedes."""

LATER_CALLS = pl.Schema({"id": pl.String(), "by_call": pl.Boolean()})
"""Writes that a recorded call supersedes."""

LISTED_STATES = pl.Schema(
    {
        "listed": pl.String(),  # there, present, unreadable, other_value, missing, still_there; null: it says nothing
        "listed_at": TIME,
        "listed_source": pl.String(),
        "listed_value": pl.String(),  # what the key holds by a listing that says something of the write
        "listed_detail": pl.String(),
        "open_cause": pl.String(),  # why the trail alone could not judge the write
    }
)

FINAL_VERDICTS = pl.Schema({**TRAIL_VERDICTS, **LISTED_STATES})
"""TRAIL_VERDICTS with what the listings change in `verdict`, `cause` and `confidence`."""

REMEDIES = pl.Schema(
    {
        "write": pl.String(),
        "remedy": pl.String(),
        "remedy_note": pl.String(),
        "remedy_needs": pl.List(pl.String()),
        "redeploy": pl.String(),
    }
)

STORE_REMEDIES = pl.Schema(
    {
        "arn": pl.String(),
        "remedy": pl.String(),
        "remedy_note": pl.String(),
        "remedy_needs": pl.List(pl.String()),
    }
)


def widened(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """`frame` with the columns of `schema`, in that order; those that it lacks are null.

    Raises:
        TypeError: a column has another type (a defect of this project).
    """
    lacking = [
        pl.lit(None, dtype=dtype).alias(name) for name, dtype in schema.items() if name not in frame.columns
    ]
    return conform(frame.with_columns(lacking), schema)
