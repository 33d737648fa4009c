"""Aligns each deploy with the trail: who made its calls, and how far its log's clock is from CloudTrail's.

In come WRITES, DEPLOYS and CALLS. Out goes an `Alignment`. It comes before any call is matched with a write, so that
windows are in the trail's time and another's call is never the deploy's. Begin here to read this folder.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from analyzer.verdicts.alignment.attempts import attempts
from analyzer.verdicts.alignment.extras import Activity
from analyzer.verdicts.alignment.logs import Logs
from analyzer.verdicts.alignment.notes import notes
from analyzer.verdicts.alignment.operations import operations
from analyzer.verdicts.alignment.outcome import alignments, operation_times, states, writers_of
from analyzer.verdicts.alignment.place import Trail, placed
from analyzer.verdicts.alignment.reads import Reads


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where the deploys lie in the trail.

    Attributes:
        table: ALIGNMENTS: one row for each deploy that has writes, in the order of the deploys.
        times: OPERATION_TIMES: of the writes of aligned deploys.
        writers: ALIGNED_WRITERS.
        states: STATES: what verdicts ask of each row of `table`.
    """

    table: pl.DataFrame
    times: pl.DataFrame
    writers: pl.DataFrame
    states: pl.DataFrame


def align(
    writes: pl.DataFrame, deploys: pl.DataFrame, calls: pl.DataFrame, *, together: bool = True
) -> Alignment:
    """Aligns each deploy that has writes.

    Args:
        writes: WRITES.
        deploys: DEPLOYS.
        calls: CALLS.
        together: whether the logs vote for an offset, and claim calls before each other.
    """
    ops = operations(writes, deploys)
    found = attempts(calls, ops)
    logs = Logs(deploys, ops, found)
    trail = Trail(found.writers["caller"].to_list(), Activity(calls, found), Reads(calls, ops, found))
    places = placed(logs, trail, together=together)
    said = notes(
        places, trail.callers, dict(ops.table.select("number", pl.col("name").fill_null("?")).rows())
    )
    present = writes["deploy"].unique().implode()
    ids = deploys.filter(deploys["id"].is_in(present))["id"].to_list()
    return Alignment(
        alignments(ids, places, found.writers, said),
        operation_times(places, ops),
        writers_of(places, found.writers),
        states(ids, places),
    )
