"""The schemas of the tables about what happened to writes after they landed, in the order in which they are made."""

from __future__ import annotations

import polars as pl

from analyzer.tables import TIME
from analyzer.verdicts.columns import COUNT, NUMBER
from analyzer.verdicts.matching.tables import LANDINGS

TURNS = pl.Schema(
    {
        **LANDINGS,
        "urn": pl.String(),
        "op": pl.String(),
        "entry": pl.String(),
        "was": pl.String(),
        "pattern": pl.Boolean(),
        "end": TIME,
        "stack": pl.String(),
        "at": TIME,
        "run": pl.Int64(),
        "position": pl.Int64(),
        "turn": COUNT,  # the call's order among the writes of the key
    }
)
"""LANDINGS with their place in KEY_HISTORY; deletes apart, which nothing takes away."""

KEY_HISTORY = pl.Schema(
    {
        "store": pl.String(),
        "key": pl.String(),
        "event_id": pl.String(),  # a successful write of the key
        "at": TIME,
        "api": pl.String(),
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
        "by_urn": pl.String(),
        "by_op": pl.String(),
        "by_start": TIME,
        "by_since": TIME,  # the same, as early as the difference of the clocks allows
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
        "copied_at": TIME,  # the same, but before the list's first put where the read found no list
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
        "copied_at": TIME,
        "earliest": TIME,
    }
)

LOSSES = pl.Schema(
    {
        "write": pl.String(),
        "loss_cause": pl.String(),  # lost_update, deleted, namespace_collision; null: only `threat` is set
        "loss_confidence": pl.String(),
        "loss_event_id": pl.String(),
        "loss_distance": pl.Int64(),  # how many writes later in one run; null between two runs
        "loss_detail": pl.String(),
        "loss_is_its_own": pl.Boolean(),  # whichever of the calls that fit it was its own, the write was lost
        "threat": pl.String(),  # a later call that may have taken the write away
        "threat_detail": pl.String(),  # what it may have done, for a line of evidence
        "threat_by_next": pl.Boolean(),  # the logs of later deploys, of which none is available, would tell
    }
)

GAPS_AFTER = pl.Schema(
    {
        "write": pl.String(),
        "gap_event": pl.String(),  # the first record beyond the gap in which a call may have taken the write away
        "gap_explained": pl.Boolean(),  # an operation of an available log may have made the call that is missing
    }
)

LAST_BEHIND_GAPS = pl.Schema(
    {
        "write": pl.String(),  # of a list: its call is the last record of its store, and a gap is before it
        "last_behind_gap": pl.String(),  # the first record beyond the gap, which is in the time of its deploy
    }
)

AMBIGUITIES = pl.Schema(
    {
        "write": pl.String(),
        "or_else": pl.String(),  # the resources of the other writes that the loss, or the doubt, may be of
        "ambiguous_cause": pl.String(),  # the cause of the loss
        "threatened": pl.Boolean(),  # none was surely lost, but one of them is uncertain
    }
)
