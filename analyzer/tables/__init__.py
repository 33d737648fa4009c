"""The schema of every table that flows between the parts (docs/architecture.md#2-the-way-of-the-data), declared once.

Unknown is null, never an empty string. Times are UTC, with microseconds. A table only gains columns.
`empty(SCHEMA)` gives a table without rows; `conform(frame, SCHEMA)` gives the columns in order and refuses
a frame that lacks one or holds another type.

A module for each side: `of_logs`, `of_trail`, `of_store`, `of_verdicts`, `of_gate`, `of_inputs`. All names are
imported from here.
"""

from __future__ import annotations

from analyzer.tables.frames import TIME, conform, empty, from_columns
from analyzer.tables.of_gate import SUPPRESSION_STATES, SUPPRESSIONS
from analyzer.tables.of_inputs import INPUTS
from analyzer.tables.of_logs import (
    ACTIONS,
    DEPLOYS,
    EVENT_KINDS,
    EVENTS,
    FACTS,
    LOG_SEVERITIES,
    OUTCOMES,
    TIMES,
    WRITES,
    WRITING_OPS,
)
from analyzer.tables.of_store import KEYS, LISTINGS, MISFITS
from analyzer.tables.of_trail import CALLS, CHAIN, COVERED, DIGESTS, REPLAY, SELECTORS, STORE_LIVES, STORES
from analyzer.tables.of_verdicts import (
    ALIGNMENTS,
    CONFIDENCES,
    EVIDENCE,
    FINDINGS,
    LEANINGS,
    OFFSET,
    SETTLE,
    STATUSES,
    VERDICTS,
    VERDICTS_OF,
    WRITER,
)

__all__ = [
    "ACTIONS",
    "ALIGNMENTS",
    "CALLS",
    "CHAIN",
    "CONFIDENCES",
    "COVERED",
    "DEPLOYS",
    "DIGESTS",
    "EVENTS",
    "EVENT_KINDS",
    "EVIDENCE",
    "FACTS",
    "FINDINGS",
    "INPUTS",
    "KEYS",
    "LEANINGS",
    "LISTINGS",
    "LOG_SEVERITIES",
    "MISFITS",
    "OFFSET",
    "OUTCOMES",
    "REPLAY",
    "SELECTORS",
    "SETTLE",
    "STATUSES",
    "STORES",
    "STORE_LIVES",
    "SUPPRESSIONS",
    "SUPPRESSION_STATES",
    "TIME",
    "TIMES",
    "VERDICTS",
    "VERDICTS_OF",
    "WRITER",
    "WRITES",
    "WRITING_OPS",
    "conform",
    "empty",
    "from_columns",
]
