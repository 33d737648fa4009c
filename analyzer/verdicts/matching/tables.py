"""The schemas of the tables from intended writes and calls to FACTS, in the order in which the matching makes them.

The module that makes a table checks it with `conform` before it returns it. Only names and types are compared, so the
check of a table of a million rows costs no more than that of an empty one.
"""

from __future__ import annotations

import polars as pl

from analyzer.tables import TIME, WRITES
from analyzer.verdicts.columns import COUNT, NUMBER, columns_beside_write

# --- writes and calls, ready to be matched

WINDOWS = pl.Schema(
    {
        **WRITES,
        "number": NUMBER,  # its order among the writes
        "low": TIME,  # the earliest time at which a call may be the operation's; null without a window
        "high": TIME,  # the latest
        "slack": pl.Int64(),  # how many seconds the difference of the clocks may be off; null: it is not known
    }
)
"""WRITES; of a deploy that is aligned with the trail, `start` and `end` are in the trail's time."""

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
        "if_match": pl.String(),
        "item_count": pl.Int64(),
        "caller": pl.String(),
        "access_key": pl.String(),
        "writer": NUMBER,  # who made it: a principal on one machine
        "by": COUNT,  # a principal with one access key; `claims.NOBODY` where the record does not say
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
"""A write and the call that its log names by a request id; or the success of which that call was the retry."""

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
        **WINDOWS,  # `low` and `high` no wider than what the alignment leaves of the clocks' difference
        "clock_known": pl.Boolean(),
    }
)

# --- the match of writes whose key the log does not name

INFERRED_STORES = pl.Schema(
    {
        **WINDOWS,
        "inferred_store": pl.String(),  # the store that the trail ties the write to
    }
)

# --- facts, which are what is available on each write before anything is concluded from it; `write` is WRITES.id

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
        "spare": pl.Boolean(),  # more of these than the writes make: some are another run's, and none shows which
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
        "any_failed_read": pl.String(),  # of the last one that failed at all
        "read_failed_with": pl.String(),
        "absent_read": pl.String(),  # of one that found no such key
        "own_reads": COUNT,  # that went well in the operation's time
        "spare_reads": COUNT,  # beyond those that the attempts to write account for
        "reads_unknown": pl.Boolean(),  # no record shows how one of them ended
        "read_owned": pl.Boolean(),  # all of these are by the deploy's own writers
        "failed_elsewhere": pl.Boolean(),  # the deploy is not aligned, and a read failed within an hour
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
        "key": pl.String(),  # with a `*` where it is a pattern
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
        "absent": pl.String(),  # how sure it is that no call is missing in the window: proven, high; null
        "wide": pl.Boolean(),  # nor within an hour of the deploy, so that a wrong clock hides none
        "absent_doubt": pl.String(),  # the cause, where it is null
        "reach_needed": TIME,  # one that reaches so far shows as much absence as any; `listed` may make it later
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

OWN_WRITERS = pl.Schema(
    {
        "deploy": pl.String(),
        "caller": pl.String(),
        "access_key": pl.String(),
        "by": COUNT,  # as in ORDERED_CALLS
    }
)
"""Who made the calls of each deploy that is aligned with the trail."""

CLOCK_STATES = pl.Schema(
    {
        "deploy": pl.String(),
        "clock": pl.String(),  # aligned, ambiguous, unaligned; null: not tried
        "basis": pl.String(),
        "stepped": pl.Boolean(),  # the clock was, or may have been, set within the deploy
        "tied": pl.Boolean(),  # another run fits as well; only that a clock is right as a rule decided
        "shifted": pl.Boolean(),  # a second or two beside, as many other operations have the same calls
        "far": pl.Boolean(),  # away from a right clock, and all that it rests on a rerun would show as well
        "rivalled": pl.Boolean(),  # another run in the trail fits
    }
)

GUARDS = pl.Schema(
    {
        "write": pl.String(),
        "near_attempt": pl.String(),  # an attempt on the key within the operation's own time
        "near_ok": pl.Boolean(),  # one of them did not fail
        "near_owned": pl.Boolean(),  # all of them answer for other operations
        "near_unknown": pl.Boolean(),  # of one of them no record shows whether it succeeded
        "near_mine": pl.Boolean(),  # that one is by the deploy's own writer
        "near_event": pl.String(),  # the nearest attempt on the key that no operation claims, anywhere in the trail
        "near_distance": pl.Duration("us"),
        "near_taken": pl.String(),  # an attempt on the key that another operation of the deploy has, anywhere
        "own_spare": pl.String(),  # one of the deploy's own principal, within minutes
        "bracketed": pl.Boolean(),  # matched operations of the deploy end before it and begin after it
        "own_read": pl.String(),  # the writer's own read of the key in its window, and in no other operation's
    }
)

STRANGERS = pl.Schema(
    {
        "write": pl.String(),
        "strangers": pl.Boolean(),  # a call that fits was left out: another caller seems to have made it
    }
)

FACTS = pl.Schema(
    {
        **WINDOWS,
        "inferred_store": pl.String(),
        "reads_unlogged": pl.Boolean(),
        **{name: dtype for name, dtype in CLOCK_STATES.items() if name != "deploy"},
        **columns_beside_write(PATTERN_ANSWERS),
        **columns_beside_write(LAST_FAILURES),
        **columns_beside_write(READS),
        **columns_beside_write(ABSENCE),
        **columns_beside_write(LAST_EFFECTS),
        **columns_beside_write(GUARDS),
        **columns_beside_write(STRANGERS),
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
