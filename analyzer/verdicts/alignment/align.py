"""Aligns each deploy with the trail: who made its calls, and how far its log's clock is from CloudTrail's.

In come WRITES, DEPLOYS and CALLS. Out goes an `Alignment`. It comes before any call is matched with a write, so that
windows are in the trail's time and another's call is never the deploy's. Begin here to read this folder.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from analyzer.verdicts.alignment.attempts import attempts
from analyzer.verdicts.alignment.claims import claimed
from analyzer.verdicts.alignment.extras import Activity
from analyzer.verdicts.alignment.logs import Logs
from analyzer.verdicts.alignment.notes import notes, with_source
from analyzer.verdicts.alignment.operations import operations
from analyzer.verdicts.alignment.outcome import alignments, operation_times, states, writers_of
from analyzer.verdicts.alignment.place import Trail, placed
from analyzer.verdicts.alignment.reads import Reads
from analyzer.verdicts.alignment.untimed import align_untimed
from analyzer.verdicts.alignment.untimed_scripts import untimed_deploys

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from analyzer.verdicts.alignment.window import Given


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


def align(  # noqa: PLR0913 - what the trail and the person say of the deploys, each by its name
    writes: pl.DataFrame,
    deploys: pl.DataFrame,
    calls: pl.DataFrame,
    *,
    together: bool = True,
    given: Given | None = None,
    groups: pl.DataFrame | None = None,
    homes: pl.DataFrame | None = None,
    wild: pl.DataFrame | None = None,
    unrecorded: pl.DataFrame | None = None,
    context: Collection[str] = (),
) -> Alignment:
    """Aligns each deploy that has writes.

    Args:
        writes: WRITES.
        deploys: DEPLOYS.
        calls: CALLS.
        together: whether the logs vote for an offset, and claim calls before each other.
        given: when the deploy ran, as a person says; WRITES has it where the log has no times of its own.
        groups: `deploy, group`: only the logs of one group vote together; None: all do.
        homes: HOMES.
        wild: WILD_LISTS.
        unrecorded: UNRECORDED.
        context: deploys that the person did not ask for: the window that is given is not meant for them.
    """
    without_times = untimed_deploys(deploys)["id"]
    untimed = pl.col("deploy").is_in(without_times.implode())
    timed = writes.filter(~untimed) if len(without_times) else writes
    ops = operations(timed, deploys, homes, wild, unrecorded)
    of = {} if groups is None else dict(groups.select("deploy", "group").iter_rows())
    found = attempts(calls, ops)
    logs = Logs(deploys, ops, found)
    trail = Trail(found.writers["caller"].to_list(), Activity(calls, found), Reads(calls, ops, found))
    asked = set(writes["deploy"].unique()).difference(context)
    meant = given if len(asked) == 1 else None  # else it may be meant for another
    places = placed(logs, trail, together=together, given=meant, asked=asked, of=of)
    names = dict(ops.table.select("number", pl.col("name").fill_null("?")).rows())
    said = with_source(notes(places, trail.callers, names), deploys)
    ids = deploys.filter(deploys["id"].is_in(timed["deploy"].unique().implode()))["id"].to_list()
    theirs = found.table["event_id"].gather(sorted(claimed(places.by_deploy)))
    others = align_untimed(writes.filter(untimed), deploys, calls, theirs.to_list(), of)
    order = deploys["id"].to_list()
    return Alignment(
        _ordered([alignments(ids, places, found, said), others.table], order),
        pl.concat([operation_times(places, ops), others.times]),
        pl.concat([writers_of(places, found.writers), others.writers]),
        _ordered([states(ids, places), others.states], order),
    )


def _ordered(parts: Sequence[pl.DataFrame], deploys: Sequence[str]) -> pl.DataFrame:
    """The rows of all parts, in the order of the deploys."""
    place = pl.col("deploy").replace_strict(deploys, range(len(deploys)), return_dtype=pl.Int64)
    return pl.concat([part for part in parts if not part.is_empty()] or parts[:1]).sort(place)
