"""Writes, calls and coverage → verdicts, with their evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from analyzer.tables import COVERED, EVIDENCE, KEYS, LISTINGS, VERDICTS, empty
from analyzer.verdicts.asked import asked_calls
from analyzer.verdicts.conclude import conclude, fact_columns, verdicts_table
from analyzer.verdicts.evidence import evidence
from analyzer.verdicts.exchange import unclear
from analyzer.verdicts.facts import Material, exact_facts
from analyzer.verdicts.listed import listed
from analyzer.verdicts.loss import landed_columns, losses
from analyzer.verdicts.match import ordered_calls, windows
from analyzer.verdicts.patterns import pattern_facts
from analyzer.verdicts.remedy import Remedies, nothing, remedies

if TYPE_CHECKING:
    from datetime import datetime


_ALWAYS_WRITES = 3_012_005
"""SST 3.12.5, three digits to a part (docs/facts/sst-output.md#42-calls-per-operation)."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of every write.

    Attributes:
        verdicts: VERDICTS, in the order of the writes.
        evidence: EVIDENCE.
        remedies: `Remedies.writes`: for writes that did not land, the command that puts each right, and whether a
            redeploy would.
        store_remedies: `Remedies.stores`: the command for all writes of a store.
    """

    verdicts: pl.DataFrame
    evidence: pl.DataFrame
    remedies: pl.DataFrame
    store_remedies: pl.DataFrame


def judge(  # noqa: PLR0913 - the tables of docs/architecture.md#2-the-way-of-the-data, each by its name
    writes: pl.DataFrame,
    deploys: pl.DataFrame,
    calls: pl.DataFrame,
    chain: pl.DataFrame,
    *,
    reach: datetime | None,
    has_trail: bool,
    covered: pl.DataFrame | None = None,
    listings: pl.DataFrame | None = None,
    keys: pl.DataFrame | None = None,
) -> Judgement:
    """Verdicts on all writes.

    Args:
        writes: WRITES.
        deploys: DEPLOYS.
        calls: CALLS.
        chain: CHAIN of these calls.
        reach: the latest time that the trail speaks for.
        has_trail: false where no trail was given, which is another thing than an empty one.
        covered: COVERED.
        listings: LISTINGS, each with its store and its time.
        keys: KEYS of them.
    """
    if writes.is_empty():
        return _judgement(empty(VERDICTS), empty(EVIDENCE), nothing())
    material = Material(
        windows(writes.with_row_index("number")),
        ordered_calls(asked_calls(calls, chain, writes), chain),
        chain,
        deploys,
        reach,
        empty(COVERED) if covered is None else covered,
    )
    exact, pattern = exact_facts(material), pattern_facts(material)
    facts = pl.concat([fact_columns(), exact.table, pattern.table], how="diagonal_relaxed")
    landed = pl.concat([landed_columns(), exact.landed, pattern.landed], how="diagonal_relaxed")
    lost = losses(landed, material.calls, chain, deploys, material.writes)
    fits = pl.concat([exact.fits, pattern.fits])
    known = (
        facts.join(lost, left_on="id", right_on="write", how="left")
        .join(unclear(fits, lost, writes), left_on="id", right_on="write", how="left")
        .join(_always_writing(deploys), on="deploy", how="left")
        .sort("number")
    )
    by_trail = conclude(known, has_trail=has_trail)
    listings = empty(LISTINGS) if listings is None else listings
    keys = empty(KEYS) if keys is None else keys
    concluded, lists = listed(by_trail, deploys, material.calls, listings, keys)
    failed = pl.concat([exact.failed, pattern.failed], how="diagonal_relaxed")
    return _judgement(
        verdicts_table(concluded), evidence(concluded, failed, calls), remedies(concluded, lists)
    )


def _judgement(verdicts: pl.DataFrame, proofs: pl.DataFrame, remedied: Remedies) -> Judgement:
    return Judgement(verdicts, proofs, remedied.writes, remedied.stores)


def _always_writing(deploys: pl.DataFrame) -> pl.DataFrame:
    """`deploy, always_writes`: SST since 3.12.5 writes the list of routes even if nothing changes in it."""
    numbers = (
        pl.col("tool_version").str.extract_all("[0-9]+").list.eval(pl.element().cast(pl.Int64, strict=False))
    )
    major, minor, patch = (numbers.list.get(place, null_on_oob=True) for place in range(3))
    weighed = (major * 1000 + minor) * 1000 + patch
    since = (weighed >= _ALWAYS_WRITES) & (pl.col("tool") == "sst")
    return deploys.select(deploy="id", always_writes=since.fill_null(False))
