"""From all that was read of logs, trail and stores to what the rules look at: `check` and an audit's unit share it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from analyzer.reports.report import Background, Report
from analyzer.rules.interface import Case
from analyzer.tables import KEYS, LISTINGS, MISFITS, empty
from analyzer.trail.calls.chain import chain as chain_of
from analyzer.trail.coverage.spans import covered
from analyzer.trail.coverage.stores import stores as stores_of
from analyzer.verdicts.judge import judge

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from analyzer.logs.read import Logs
    from analyzer.reports.given import GivenWindow
    from analyzer.trail.trail import Trail
    from analyzer.verdicts.alignment.window import Given
    from analyzer.verdicts.judge import Judgement


@dataclass(frozen=True, slots=True)
class Material:
    """All that is judged together.

    Attributes:
        logs: EVENTS and DEPLOYS, assembled; INPUTS of their sources.
        writes: WRITES of them.
        trail: its `calls` are those that are judged; all else is of the whole trail. Its `inputs` are not looked at.
        has_trail: false where none was given, or it is of another account.
        wrong_trail: it is of another account or Region.
        listings: LISTINGS that fit (`analyzer.store.fit.fitted`).
        keys: KEYS.
        given: when the deploy ran, as a person says.
        few_lists: `has_few_lists` of the whole trail; None: `trail.calls` are all of it.
        context: ids of deploys that are judged along, because the others depend on what they meant, and not reported.
    """

    logs: Logs
    writes: pl.DataFrame
    trail: Trail
    has_trail: bool
    wrong_trail: bool = False
    listings: pl.DataFrame = field(default_factory=partial(empty, LISTINGS))
    keys: pl.DataFrame = field(default_factory=partial(empty, KEYS))
    given: Given | None = None
    few_lists: bool | None = None
    context: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Concluded:
    """What became of it.

    Attributes:
        case: what the rules look at.
        judgement: the verdicts, and what belongs to them.
        chain: CHAIN of the calls.
    """

    case: Case
    judgement: Judgement
    chain: pl.DataFrame


def concluded(
    material: Material,
    *,
    inputs: pl.DataFrame | None = None,
    misfits: pl.DataFrame | None = None,
    window: GivenWindow | None = None,
    keep: Callable[[str, pl.DataFrame], object] | None = None,
) -> Concluded:
    """Judges `material`.

    Args:
        material: see there.
        inputs: INPUTS for the rules; None: those of the logs.
        misfits: MISFITS for the rules.
        window: the times that were given for logs without times.
        keep: gets each table of the judgement with its name.
    """
    logs, trail = material.logs, material.trail
    chain = chain_of(trail.calls)
    judgement = judge(
        material.writes,
        logs.deploys,
        trail.calls,
        chain,
        reach=trail.reach,
        has_trail=material.has_trail,
        wrong_trail=material.wrong_trail,
        covered=coverage(trail, chain, material.writes["store"]),
        listings=material.listings,
        keys=material.keys,
        lives=trail.store_lives,
        given=material.given,
        few_lists=material.few_lists,
        context=material.context,
        keep=keep,
    )
    reported = partial(_without, material.context)
    case = Case(
        deploys=reported(logs.deploys, "id"),
        writes=reported(material.writes, "deploy").join(
            judgement.verdicts, left_on="id", right_on="write", how="left", maintain_order="left"
        ),
        evidence=judgement.evidence,
        calls=trail.calls,
        stores=stores_of(trail.calls, chain),
        inputs=logs.inputs if inputs is None else inputs,
        misfits=empty(MISFITS) if misfits is None else misfits,
        alignments=judgement.alignments,
        window=window,
        events=reported(logs.events, "deploy"),
        groups=judgement.groups,
    )
    return Concluded(case, judgement, chain)


def _without(context: frozenset[str], table: pl.DataFrame, column: str) -> pl.DataFrame:
    """The rows of other deploys."""
    return table.filter(~pl.col(column).is_in([*context])) if context else table


def coverage(trail: Trail, chain: pl.DataFrame, *more: pl.Series) -> pl.DataFrame:
    """COVERED of the stores that the calls name, and of `more`.

    Args:
        trail: see there.
        chain: CHAIN of its calls.
        more: ARNs.
    """
    stores = pl.concat([trail.calls["store"], *more]).drop_nulls().unique().to_list()
    return covered(stores, trail.digests, trail.selectors, chain, trail.outages)


def with_remedies(result: Concluded) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The writes and the stores of a case, with the commands that put right what did not land."""
    judgement, case = result.judgement, result.case
    writes = case.writes.join(
        judgement.remedies, left_on="id", right_on="write", how="left", maintain_order="left"
    )
    stores = case.stores.join(
        judgement.store_remedies, on="arn", how="full", coalesce=True, maintain_order="left_right"
    )
    return writes, stores


def report_of(
    result: Concluded, findings: pl.DataFrame, listings: pl.DataFrame, reach: datetime | None
) -> Report:
    """The report of a case, before anything is known of its exit code.

    Args:
        result: see there.
        findings: FINDINGS.
        listings: LISTINGS that fit.
        reach: the latest time that the trail speaks for.
    """
    writes, stores = with_remedies(result)
    case, judgement = result.case, result.judgement
    return Report(
        deploys=case.deploys,
        writes=writes,
        evidence=case.evidence,
        findings=findings,
        stores=stores,
        inputs=case.inputs,
        exit_code=0,
        alignments=judgement.alignments,
        settle=judgement.settle,
        window=case.window,
        background=Background(case.events, case.calls, result.chain, listings),
        reach=reach,
    )
