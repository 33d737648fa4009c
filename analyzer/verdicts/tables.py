"""The schemas of the tables from FACTS to the verdicts and remedies, in the order in which `judge` makes them.

The tables before FACTS are in `matching/tables.py`, those about losses in `losses/tables.py`. The tables that leave
this part, VERDICTS and EVIDENCE, are in `analyzer/tables.py`. With `LOSTWRITE_DEBUG=tables:DIR` each table is written
as a file (CONTRIBUTING.md#explain-a-verdict).
"""

from __future__ import annotations

import polars as pl

from analyzer.tables import TIME
from analyzer.verdicts.columns import columns_beside_write
from analyzer.verdicts.losses.tables import AMBIGUITIES, GAPS_AFTER, LAST_BEHIND_GAPS, LOSSES
from analyzer.verdicts.matching.tables import FACTS

TRAIL_VERDICTS = pl.Schema(
    {
        **FACTS,
        **columns_beside_write(LOSSES),
        **columns_beside_write(AMBIGUITIES),
        **columns_beside_write(GAPS_AFTER),
        **columns_beside_write(LAST_BEHIND_GAPS),
        "always_writes": pl.Boolean(),  # the deploy's SST writes the list of routes even if nothing changes in it
        "hit": pl.Boolean(),  # a call answers for it
        "nothing_to_do": pl.Boolean(),  # the store was as the deploy wanted it
        "maybe_nothing": pl.Boolean(),  # the operation may rightly have written nothing
        "tried": pl.Boolean(),  # a call was made, failed, and was not tried again
        "unplaced": pl.Boolean(),  # neither the log nor the trail says in which store, or under which key
        "owned": pl.Boolean(),  # it is known whose calls are the deploy's: it is aligned with the trail
        "doubt": pl.String(),  # why the absence of a call is not proven
        "sure": pl.String(),  # how sure it is
        "verdict": pl.String(),  # by the trail alone
        "cause": pl.String(),
        "confidence": pl.String(),
        "leaning": pl.String(),  # what is likely where the verdict is `unverifiable`
        "leaning_reason": pl.String(),
    }
)

LATER_WRITES = pl.Schema({"id": pl.String(), "by_write": pl.Boolean()})
"""Writes that a later one supersedes."""

LATER_CALLS = pl.Schema({"id": pl.String(), "by_call": pl.Boolean()})
"""Writes that a recorded call supersedes."""

PERHAPS_LATER = pl.Schema({"id": pl.String(), "perhaps": pl.Boolean()})
"""Writes that a deploy may have superseded whose clock may be wrong."""

PERHAPS_NEXT = pl.Schema({"id": pl.String(), "by_next": pl.Boolean()})
"""Entries of lists that the next deploy may have removed, of which no log is available."""

RESTORED = pl.Schema({"id": pl.String(), "restored": pl.Boolean()})
"""Writes whose work, which a listing shows, may be that of a later one."""

CONTRADICTED = pl.Schema({"id": pl.String(), "contradicted": pl.Boolean()})
"""Writes that, by the chain, a listing cannot lack."""

CALLS_AFTER_LISTING = pl.Schema({"id": pl.String(), "rewritten": pl.Boolean()})
"""Writes whose key was written after the listing."""

CHAINS_TO_LISTING = pl.Schema({"id": pl.String(), "unbroken": pl.Boolean()})
"""Writes from which on the chain is unbroken to beyond the listing."""

LISTED_STATES = pl.Schema(
    {
        "listed": pl.String(),  # there, present, unreadable, other_value, missing, still_there; null: it says nothing
        "listed_at": TIME,
        "listed_source": pl.String(),
        "listed_value": pl.String(),  # of the key, by a listing that says something; null: masked, or not there
        "listed_detail": pl.String(),
        "open_cause": pl.String(),  # why the trail alone could not judge the write
        "told_store": pl.String(),  # of a write whose key the log does not name: the store by a listing
        "told_key": pl.String(),  # the list of routes by a listing
    }
)

TEXT_STATES = pl.Schema(
    {
        "id": pl.String(),
        "text_state": pl.String(),  # a word of LISTED_STATES.listed
        "text_at": TIME,
        "text_source": pl.String(),
        "text_detail": pl.String(),
        "text_store": pl.String(),  # null where the listing does not say it
        "text_key": pl.String(),  # the list of routes
    }
)
"""What a listing shows of a write whose key no log names."""

FINAL_VERDICTS = pl.Schema({**TRAIL_VERDICTS, **LISTED_STATES})
"""TRAIL_VERDICTS with what the listings change in `verdict`, `cause` and `confidence`."""

HEALS = pl.Schema(
    {
        "id": pl.String(),
        "healed_by": pl.String(),
        "healed_at": TIME,
        "healed_how": pl.String(),
        "healer": pl.String(),
    }
)
"""What put a write right, or perhaps did: columns of VERDICTS."""

STATUS = pl.Schema(
    {
        "id": pl.String(),
        "status": pl.String(),
        **{name: kind for name, kind in HEALS.items() if name != "id"},
        "missing_since": TIME,
        "taken_by": pl.String(),
    }
)
"""What came after the writes that are not in place, as VERDICTS shows it."""

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

UNRECORDED = pl.Schema(
    {
        "store": pl.String(),
        "unrecorded_since": pl.Float64(),  # seconds, by the trail
    }
)
"""The stores of which a trail was told to record no more calls, and of which no call is recorded since."""
