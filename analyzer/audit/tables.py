"""The tables of the catalogue: those of `analyzer.tables`, with what a reader needs to query them alone.

Every table has `store_id` and `month` as the folders of its partitions, not as columns of its files (Hive's layout:
`<table>/store_id=<id>/month=<YYYY-MM>/data.parquet`); `unknown` where there is no store or no time. What is in them is
redacted already.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from analyzer.tables import (
    ALIGNMENTS,
    CALLS,
    CHAIN,
    DEPLOYS,
    EVENTS,
    EVIDENCE,
    FINDINGS,
    INPUTS,
    SETTLE,
    STORES,
    TIME,
    VERDICTS,
    WRITES,
)

UNKNOWN: Final = "unknown"
"""The partition of rows without a store, or without a time."""

_OF_DEPLOY: Final = {
    "app": pl.String(),
    "stage": pl.String(),
    "tool_version": pl.String(),
    "deployed_at": TIME,
}

AUDIT_DEPLOYS: Final = pl.Schema(
    {
        **DEPLOYS,
        "stores": pl.List(pl.String()),  # ARNs of its writes, where they are known
        "evidence_kind": pl.String(),  # event_log, text, update (no log: only the update object is left), state
        "told_errors": pl.Int64(),  # errors of the update object; null where none is available, or it has no end
    }
)
"""One deploy. `deployed_at` elsewhere is its `started_at`, by the log's clock."""

AUDIT_WRITES: Final = pl.Schema(
    {
        **{name: kind for name, kind in WRITES.items() if name not in ("value", "was")},
        **{name: kind for name, kind in VERDICTS.items() if name != "write"},
        **_OF_DEPLOY,
        "place": pl.String(),  # the store: as the log says it, else as the trail shows it; null: unknown
        "remedy": pl.String(),
        "remedy_note": pl.String(),
        "remedy_needs": pl.List(pl.String()),
        "redeploy": pl.String(),
    }
)
"""WRITES joined with VERDICTS and the remedies; `id` is `DEPLOY:N`, the N-th write of its deploy. No values."""

AUDIT_STORES: Final = pl.Schema(
    {
        **STORES,
        "remedy": pl.String(),  # one command for all writes of the store that are not in place
        "remedy_note": pl.String(),
        "remedy_needs": pl.List(pl.String()),
    }
)

AUDIT_FINDINGS: Final = pl.Schema({**FINDINGS, **_OF_DEPLOY})

AUDIT_INPUTS: Final = pl.Schema(
    {
        **INPUTS,
        "role": pl.String(),  # log, trail, keys
        "size": pl.Int64(),  # bytes as stored, when it was read
        "stamp": pl.String(),  # an object's ETag, or a file's time of change in nanoseconds: what is looked at first
        "sha256": pl.String(),  # of the bytes as stored; looked at where size or stamp differ, and by --verify
    }
)

TABLES: Final = {
    "deploys": AUDIT_DEPLOYS,
    "writes": AUDIT_WRITES,
    "calls": CALLS,
    "chains": CHAIN,
    "alignments": ALIGNMENTS,
    "findings": AUDIT_FINDINGS,
    "evidence": EVIDENCE,
    "settle": SETTLE,
    "events": EVENTS,
    "stores": AUDIT_STORES,
    "inputs": AUDIT_INPUTS,
}
"""The tables of a catalogue by the names of their folders. Schemas only gain columns."""

FOLLOWED: Final = pl.Schema(
    {
        "write": pl.String(),  # AUDIT_WRITES.id, of a write that is not in place, by its verdict or its leaning
        "deploy": pl.String(),
        "state": pl.String(),  # open, maybe_repaired, healed, doubt (it is not sure that anything is missing)
        "missing_since": TIME,  # when the deploy missed it, or when it was taken away; null: unknown
        "missing_until": TIME,  # when it was healed; null where it was not, or nobody knows when
        "taken_by": pl.String(),  # of a lost write: whose call took it away; null: unknown, or it never landed
        "healed_how": pl.String(),  # deploy, call, listing, removal; null where it is not
        "healer": pl.String(),  # the deploy's id, or the caller; null where unknown
        "loss": pl.String(),  # the first write of the loss that it is part of: LOSSES
    }
)
"""What became of each write that was not in place, in the deploys after it."""

LOSSES: Final = pl.Schema(
    {
        "loss": pl.String(),  # the id of its first write
        "latest": pl.String(),  # the id of its last write
        "state": pl.String(),  # that of the last write: open, maybe_repaired, healed, doubt
        "store": pl.String(),  # AUDIT_WRITES.place
        "key": pl.String(),
        "entry": pl.String(),
        "missing_since": TIME,  # the earliest of its writes; null: unknown
        "missing_until": TIME,  # when it was healed; null: it was not, or nobody knows when
        "deploys": pl.List(pl.String()),  # that missed it, one after the other
        "writes": pl.Int64(),
        "cause": pl.String(),  # of the last write, and so on
        "verdict": pl.String(),
        "confidence": pl.String(),
        "healed_how": pl.String(),
        "healer": pl.String(),
        "taken_by": pl.String(),
    }
)
"""What users miss: one key or entry, from when it was missed until it was healed, over all deploys in between."""

OVERLAPS: Final = pl.Schema(
    {
        "deploy": pl.String(),  # the one that began first
        "other": pl.String(),
        "store": pl.String(),  # that both write; null where they are of one stage
        "start": TIME,  # of the time that both ran
        "end": TIME,
        "same_stage": pl.Boolean(),  # the lock of SST should have kept them apart
    }
)
"""Deploys that ran at the same time on one stage, or on one store."""
