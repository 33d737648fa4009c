"""The schemas of the tables of the alignment, in the order in which it makes them.

Seconds are since 1970, with a fraction: differences of clocks are computed from them without rounding.
"""

from __future__ import annotations

import polars as pl

from analyzer.tables import TIME
from analyzer.verdicts.columns import NUMBER

OPERATIONS = pl.Schema(
    {
        "number": NUMBER,  # one operation of one resource of one deploy, in the order of the log
        "deploy": pl.String(),
        "name": pl.String(),  # of the resource
        "start": pl.Float64(),  # seconds, by the log's clock
        "end": pl.Float64(),
        "route": pl.Boolean(),  # writes a list that others write too: one success is its own, and its refused tries
        "list": pl.String(),  # of a route: which list, with its store; null where the log does not say
        "lists": pl.Boolean(),  # any list of routes: its calls only confirm
        "succeeded": pl.Boolean(),  # the log says so: a success is needed
        "expected": pl.Boolean(),  # the log says that it made a call: without one it is a miss
        "born": pl.Int64(),  # 1: it creates its namespace; -1: it updates it; 0: the first call says nothing
        "keys": pl.Int64(),  # how many keys it writes; 0 where the log does not name them
        "batches": pl.Int64(),  # successful calls that it makes at most
        "party": pl.String(),  # whose credentials it uses: SST's or Pulumi's
        "unrecorded_since": pl.Float64(),  # seconds, by the trail: calls on its store have no record from then on
        "by_listing": pl.Boolean(),  # deletes what it finds in the store, in the same calls, be it in the log or not
    }
)

NEEDS = pl.Schema(
    {
        "number": NUMBER,
        "store": pl.String(),  # null where the log does not say: any
        "key": pl.String(),  # null for any key of the namespace
        "namespace": pl.String(),  # null where the key is known; `*` for any
        "effect": pl.String(),
        "apis": pl.List(pl.String()),  # by which calls
    }
)
"""What each operation writes."""

WRITERS = pl.Schema(
    {
        "writer": NUMBER,  # one access key of one principal and session; where it is unknown, one machine
        "caller": pl.String(),
        "access_key": pl.String(),
        "source_ip": pl.String(),
        "user_agent": pl.String(),
    }
)

ATTEMPTS = pl.Schema(
    {
        "attempt": NUMBER,  # one write record, successful or not, that names a key of an operation
        "event_id": pl.String(),
        "store": pl.String(),
        "api": pl.String(),
        "at": pl.Float64(),  # seconds
        "ok": pl.Boolean(),
        "size": pl.Int64(),  # how many keys it names
        "puts": pl.Int64(),  # how many of these it puts
        "first": pl.Boolean(),  # no earlier success is known on its namespace
        "known": pl.Boolean(),  # calls on its store are known for long before
        "writer": NUMBER,
        "source_ip": pl.String(),
        "user_agent": pl.String(),
    }
)

LANES = pl.Schema(
    {
        "lane": NUMBER,  # what operations write: a key of a store, or whatever is in a namespace
        "store": pl.String(),
        "key": pl.String(),
        "namespace": pl.String(),
        "effect": pl.String(),
    }
)

ATTEMPT_KEYS = pl.Schema(
    {
        "lane": NUMBER,
        "attempt": NUMBER,
        "at": pl.Float64(),
        "run": pl.Int64(),  # of one writer's attempts on the lane, without a pause over 30 s
        "names": pl.Int64(),  # how many keys of the attempt are on the lane
        "puts": pl.Int64(),  # how many of these it puts
    }
)
"""The attempts on each lane, in the order of lanes and times."""

NAMED = pl.Schema(
    {
        "number": NUMBER,  # of the operation
        "writer": NUMBER,
        "at": pl.Float64(),
        "source_ip": pl.String(),
        "user_agent": pl.String(),
    }
)
"""The calls that a log names by their request ids, whatever they did."""

PAIRS = pl.Schema(
    {
        "number": NUMBER,  # of the operation
        "attempt": NUMBER,
        "at": pl.Float64(),
        "ok": pl.Boolean(),
        "writer": NUMBER,
        "store": pl.String(),
        "size": pl.Int64(),  # keys of the call that are the operation's: all, but for deletes by listing
        "sole": pl.Boolean(),  # no other run in reach put one of them
        "first": pl.Boolean(),
        "known": pl.Boolean(),
    }
)
"""Each operation with the attempts in reach that may be its own, whatever the clocks show."""

OPERATION_TIMES = pl.Schema(
    {
        "write": pl.String(),
        "start": TIME,  # of its operation, by CloudTrail's clock
        "end": TIME,
        "slack": pl.Int64(),  # seconds by which both may be off
    }
)
"""The times of the writes of aligned deploys."""

ALIGNED_WRITERS = pl.Schema({"deploy": pl.String(), "caller": pl.String(), "access_key": pl.String()})
"""Whose calls are the deploy's own; null for a deploy that is not aligned: no row."""

STATES = pl.Schema(
    {
        "deploy": pl.String(),
        "state": pl.String(),  # as in ALIGNMENTS
        "basis": pl.String(),
        "stepped": pl.Boolean(),  # the log's clock stepped within the deploy: no drop is shown by it
        "tied": pl.Boolean(),  # another run fits as well, and only the clock decided: no drop is shown by it alone
        "shifted": pl.Boolean(),  # a second or two beside, as many other operations have the same calls
        "far": pl.Boolean(),  # away from a right clock, and a rerun of the stack would show all that it rests on
    }
)
"""What the verdicts ask of each deploy's alignment."""
