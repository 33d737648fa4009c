"""The judgement as a list of stages, each of which makes one table. Begin here to read `verdicts/`.

In come WRITES and DEPLOYS (from the logs), CALLS, CHAIN and COVERED (from the trail), LISTINGS and KEYS (from the
store). Out goes a `Judgement`: VERDICTS, EVIDENCE and the remedies. docs/architecture.md#6-verdicts has the order of
the stages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from analyzer.advisories.advisories import affected
from analyzer.tables import (
    ALIGNMENTS,
    COVERED,
    EVIDENCE,
    KEYS,
    LISTINGS,
    SETTLE,
    STORE_LIVES,
    VERDICTS,
    empty,
)
from analyzer.verdicts.absence import Extent
from analyzer.verdicts.alignment.align import align
from analyzer.verdicts.closing import closed_chain, dated, undated
from analyzer.verdicts.conclude import conclude, verdicts_table
from analyzer.verdicts.evidence import evidence
from analyzer.verdicts.groups import Groups, groups, has_open_writes
from analyzer.verdicts.homes import HOMES, homes_of, homes_of_listings, requests_of
from analyzer.verdicts.listed import listed
from analyzer.verdicts.losses.ambiguous import ambiguities_of_all, where_all_calls_are_theirs
from analyzer.verdicts.losses.gaps import gaps_after, last_behind_gaps
from analyzer.verdicts.losses.loss import losses
from analyzer.verdicts.matching.facts import Material, exact_facts
from analyzer.verdicts.matching.match import ordered_calls, windows
from analyzer.verdicts.matching.own import clock_states, own_writers
from analyzer.verdicts.matching.patterns import pattern_facts
from analyzer.verdicts.relevant import relevant_calls
from analyzer.verdicts.remedies.advice import advised
from analyzer.verdicts.remedies.remedy import remedies
from analyzer.verdicts.remedies.told import told
from analyzer.verdicts.settle.settle import settle
from analyzer.verdicts.stacks import told_apart
from analyzer.verdicts.status import statuses, with_status
from analyzer.verdicts.tables import REMEDIES, STORE_REMEDIES
from analyzer.verdicts.unrecorded import unrecorded
from analyzer.verdicts.unseen import unseen_stores
from analyzer.verdicts.wild_lists import wild_lists

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from datetime import datetime

    from analyzer.verdicts.alignment.window import Given
    from analyzer.verdicts.columns import Stage


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of every write.

    Attributes:
        verdicts: VERDICTS, in the order of the writes.
        evidence: EVIDENCE.
        remedies: REMEDIES: for writes that did not land, the command that puts each right, and whether a redeploy
            would.
        store_remedies: STORE_REMEDIES: the command for all writes of a store.
        alignments: ALIGNMENTS.
        settle: SETTLE: what would decide the writes that are in doubt.
        groups: which deploys and stores say something of each other.
        places: `write, place`: the store of each write, as the log says it, else as trail or listing show it.
    """

    verdicts: pl.DataFrame
    evidence: pl.DataFrame
    remedies: pl.DataFrame
    store_remedies: pl.DataFrame
    alignments: pl.DataFrame
    settle: pl.DataFrame
    groups: Groups
    places: pl.DataFrame


def judge(  # noqa: PLR0913 - the tables of docs/architecture.md#2-the-way-of-the-data, each by its name
    writes: pl.DataFrame,
    deploys: pl.DataFrame,
    calls: pl.DataFrame,
    chain: pl.DataFrame,
    *,
    reach: datetime | None,
    has_trail: bool,
    wrong_trail: bool = False,
    covered: pl.DataFrame | None = None,
    listings: pl.DataFrame | None = None,
    keys: pl.DataFrame | None = None,
    begin: datetime | None = None,
    lives: pl.DataFrame | None = None,
    given: Given | None = None,
    few_lists: bool | None = None,
    context: Collection[str] = (),
    keep: Callable[[str, pl.DataFrame], object] | None = None,
) -> Judgement:
    """Verdicts on all writes.

    Each line below is one stage: it makes one named table. `matching/tables.py`, `losses/tables.py` and `tables.py`
    declare these.

    Args:
        writes: WRITES.
        deploys: DEPLOYS.
        calls: CALLS.
        chain: CHAIN of these calls.
        reach: the latest time that the trail speaks for.
        has_trail: false where no trail was given, which is another thing than an empty one.
        wrong_trail: the trail that was given is of another account or Region, so that it is not used.
        covered: COVERED.
        listings: LISTINGS, each with its store and its time.
        keys: KEYS of them.
        begin: the earliest time that the trail speaks for, where that is known.
        lives: STORE_LIVES.
        given: when the deploy ran, as a person says.
        few_lists: `has_few_lists` of the whole trail; None: the calls are all of it.
        context: ids of deploys that are judged along, and left out of what is given.
        keep: gets each table with its name, for a person who must explain a verdict.
    """
    if writes.is_empty():
        return Judgement(
            empty(VERDICTS),
            empty(EVIDENCE),
            empty(REMEDIES),
            empty(STORE_REMEDIES),
            empty(ALIGNMENTS),
            empty(SETTLE),
            groups(writes, deploys, empty(HOMES)),
            pl.DataFrame(schema={"write": pl.String(), "place": pl.String()}),
        )
    stage = _stages(keep)
    deploys = told_apart(deploys)
    keys = empty(KEYS) if keys is None else keys
    homes = homes_of(calls) if has_open_writes(writes) else empty(HOMES)
    listed_homes = None if listings is None else homes_of_listings(listings, keys)
    wild = stage("wild_lists", wild_lists(writes, deploys, homes, few=few_lists))
    tied = groups(writes, deploys, homes, requests_of(calls, writes), listed_homes, wild=wild)
    of_groups = deploys.join(tied.deploys, left_on="id", right_on="deploy", how="left", maintain_order="left")
    near_calls = relevant_calls(calls, chain, writes)
    ordered = stage("ordered_calls", ordered_calls(near_calls, chain))
    covered = empty(COVERED) if covered is None else covered
    aligned = align(
        writes,
        deploys,
        calls,
        given=given,
        groups=tied.deploys,
        homes=homes,
        wild=wild,
        unrecorded=stage("unrecorded", unrecorded(covered, chain)),
        context=context,
    )
    stage("alignments", aligned.table)
    windowed = stage("windows", windows(writes, stage("operation_times", aligned.times)))
    listings = stage("dated_listings", dated(empty(LISTINGS) if listings is None else listings, chain))
    chain = stage("closed_chain", closed_chain(chain, listings))
    material = Material(
        windowed,
        ordered,
        calls,
        chain,
        deploys,
        Extent(begin, reach, covered),
        writers=stage("own_writers", own_writers(aligned.writers, ordered)),
        clocks=stage("clock_states", clock_states(aligned.states, aligned.table)),
        groups=tied,
        lives=empty(STORE_LIVES) if lives is None else lives,
    )
    exact = exact_facts(material, stage)
    pattern = pattern_facts(material, exact.landings["event_id"], stage)
    facts = stage("facts", pl.concat([exact.table, pattern.table]))
    failed = stage("failed_attempts", pl.concat([exact.failed, pattern.failed]))
    landings = stage("landings", pl.concat([exact.landings, pattern.landings]))
    fits = stage("fits", pl.concat([exact.fits, pattern.fits]))
    lost = stage(
        "losses", losses(landings, ordered, chain, of_groups, windowed, facts=facts, clocks=material.clocks)
    )
    loose = stage("loose_fits", pl.concat([exact.loose_fits, pattern.loose_fits]))
    surely_lost = where_all_calls_are_theirs(lost, facts)
    ambiguous = stage("ambiguities", ambiguities_of_all(fits, loose, surely_lost, windowed))
    gaps = stage("gaps_after", gaps_after(landings, ordered, chain, of_groups, windowed))
    last = stage("last_behind_gaps", last_behind_gaps(landings, chain, windowed))
    afterwards = _afterwards(facts, [lost, ambiguous, gaps, last], deploys)
    no_trail = _no_trail(has_trail=has_trail, wrong=wrong_trail)
    by_trail = stage("trail_verdicts", conclude(afterwards, no_trail=no_trail))
    final, lists = listed(by_trail, deploys, ordered, chain, listings, keys, aligned.table, reach)
    stage("final_verdicts", final)
    status = stage("status", statuses(final, ordered, of_groups, unseen_stores(chain, listings)))
    named = told(final, ordered).filter(~pl.col("deploy").is_in([*context]))
    final = final.filter(~pl.col("deploy").is_in([*context]))
    remedied = remedies(named, lists, status)
    return Judgement(
        stage("verdicts", with_status(verdicts_table(final), status)),
        stage("evidence", evidence(final, failed, calls, chain)),
        stage("remedies", advised(remedied.writes, final, status, calls)),
        stage("store_remedies", remedied.stores),
        _looked_for(aligned.table.filter(~pl.col("deploy").is_in([*context])), no_trail),
        stage("settle", settle(final, deploys, aligned.table, undated(chain, listings))),
        tied,
        final.select(write="id", place=pl.coalesce("store", "inferred_store", "told_store")),
    )


def _no_trail(*, has_trail: bool, wrong: bool) -> str | None:
    """The cause of every doubt where there is no trail to judge by."""
    if has_trail:
        return None
    return "wrong_trail" if wrong else "no_trail"


def _looked_for(alignments: pl.DataFrame, no_trail: str | None) -> pl.DataFrame:
    """ALIGNMENTS; none where no trail was given in which the deploys could have been looked for."""
    return alignments.clear() if no_trail == "no_trail" else alignments


def _stages(keep: Callable[[str, pl.DataFrame], object] | None) -> Stage:
    """The function that every table passes through: it keeps the table, if that is needed."""

    def stage(name: str, table: pl.DataFrame) -> pl.DataFrame:
        if keep is not None:
            keep(name, table)
        return table

    return stage


def _afterwards(
    fact_table: pl.DataFrame, later: Iterable[pl.DataFrame], deploys: pl.DataFrame
) -> pl.DataFrame:
    """FACTS with what happened `later`, of each `write`, and `always_writes`, in the order of the writes."""
    beside = fact_table
    for table in later:
        beside = beside.join(table, left_on="id", right_on="write", how="left")
    return beside.join(_always_writing(deploys), on="deploy", how="left").sort("number")


def _always_writing(deploys: pl.DataFrame) -> pl.DataFrame:
    """`deploy, always_writes`: whether SST surely writes the list of routes even if nothing changes in it."""
    skips = affected(deploys, "unchanged-list-not-written")
    return skips.select("deploy", always_writes=(~pl.col("affected")).fill_null(False))
