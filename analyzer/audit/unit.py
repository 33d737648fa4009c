"""The judgement of one pack of groups: what `check` does from assembled logs and joined calls on, and no more.

In comes `Material` of the pack: its deploys with their events, the calls on its stores and the listings of these,
calls and listings without a store, and what the whole trail speaks for. Out goes `Judged`: the tables of the catalogue.
A write is called `DEPLOY:N`, the N-th of its deploy in the order of its logs, so that its name does not hang on what
else is judged.

Listings and the trail as a whole are held against all writes of the audit before (`analyzer.store.fit`), and the rules
about the run itself run once, over all inputs (`rules.registry.codes`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.audit.case import concluded, with_remedies
from analyzer.audit.evidence_kinds import evidence_of
from analyzer.audit.tables import TABLES
from analyzer.logs.read import Logs
from analyzer.rules.registry import codes, run
from analyzer.store.fit import fitted
from analyzer.tables import TIME, conform, empty
from analyzer.verdicts.tables import FINAL_VERDICTS
from analyzer.writes.intended import intended_writes

if TYPE_CHECKING:
    from analyzer.audit.case import Concluded, Material

NOTES: Final = pl.Schema({"source": pl.String(), "problem": pl.String()})
REPEATS: Final = pl.Schema({"source": pl.String(), "duplicates": pl.Int64()})
NEEDED: Final = pl.Schema({"deploy": pl.String(), "needed": TIME})


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of the writes of a pack; each table has a schema of `analyzer.audit.tables.TABLES`.

    Attributes:
        tables: by the names of `TABLES`, but for `inputs`: deploys, writes, calls, chains, alignments, findings,
            evidence, settle, events, stores. They are **not redacted** yet.
        notes: `source, problem`: what only the assembled logs or the joined calls show of an input. Who assembled them
            adds it, like `repeats`.
        repeats: `source, duplicates`: records of each trail file that an earlier file had first.
        needed: `deploy, needed`: a trail that reaches so far says of its writes what any says that reaches farther, if
            both hold the same calls: the latest `reach_needed`, of absence and of listings.
    """

    tables: dict[str, pl.DataFrame]
    notes: pl.DataFrame = field(default_factory=partial(empty, NOTES))
    repeats: pl.DataFrame = field(default_factory=partial(empty, REPEATS))
    needed: pl.DataFrame = field(default_factory=partial(empty, NEEDED))


def named_writes(logs: Logs) -> pl.DataFrame:
    """WRITES of assembled logs, each called `DEPLOY:N`.

    Args:
        logs: EVENTS and DEPLOYS.
    """
    writes = intended_writes(logs.events, logs.deploys)
    nth = pl.int_range(1, pl.len() + 1).over("deploy")
    return writes.with_columns(id=pl.format("{}:{}", "deploy", nth))


def judged(material: Material) -> Judged:
    """Judges a pack as `check` judges everything: a group's rows are the same, whatever else is in the pack.

    Args:
        material: of the pack, with `named_writes`.
    """
    kept: dict[str, pl.DataFrame] = {}

    def keep(name: str, table: pl.DataFrame) -> None:
        if name == "final_verdicts":
            kept[name] = table

    result = concluded(material, keep=keep)
    final = kept.get("final_verdicts", empty(FINAL_VERDICTS))
    needed = final.group_by("deploy").agg(needed=pl.col("reach_needed").max()).drop_nulls()
    return Judged(_tables(result, run(result.case, codes(of_run=False))), needed=conform(needed, NEEDED))


def fitting(
    listings: pl.DataFrame, keys: pl.DataFrame, writes: pl.DataFrame, homes: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """LISTINGS that fit, each with its store, and MISFITS: `check`'s, by the index of the trail instead of its calls.

    Args:
        listings: LISTINGS.
        keys: KEYS of them.
        writes: WRITES of the whole audit; only `store, key, pattern, entry` are looked at.
        homes: HOMES of the whole trail.
    """
    named = homes.select("store", ok="put", effect=pl.lit("put"), key="namespace")
    return fitted(listings, keys, writes, named)


def _tables(result: Concluded, findings: pl.DataFrame) -> dict[str, pl.DataFrame]:
    case, judgement = result.case, result.judgement
    writes, stores = with_remedies(result)
    of_deploys = case.deploys.select("app", "stage", "tool_version", deploy="id", deployed_at="started_at")
    placed = writes.join(judgement.places, left_on="id", right_on="write", how="left", maintain_order="left")
    # Operations count within the pack while it is judged; in the catalogue within their deploy, as writes do.
    placed = placed.with_columns(pl.col("operation").rank("dense").over("deploy").cast(pl.Int64))
    tables = {
        "deploys": _deploys(result),
        "writes": placed.join(of_deploys, on="deploy", how="left", maintain_order="left"),
        "calls": case.calls,
        "chains": result.chain,
        "alignments": case.alignments,
        "findings": findings.join(of_deploys, on="deploy", how="left", maintain_order="left"),
        "evidence": case.evidence,
        "settle": judgement.settle,
        "events": case.events,
        "stores": stores,
    }
    return {name: conform(table, TABLES[name]) for name, table in tables.items()}


def _deploys(result: Concluded) -> pl.DataFrame:
    """AUDIT_DEPLOYS."""
    case = result.case
    stores = (
        case.writes.select("id", "deploy")
        .join(result.judgement.places, left_on="id", right_on="write")
        .drop_nulls("place")
        .group_by("deploy")
        .agg(stores=pl.col("place").unique().sort())
    )
    known = evidence_of(Logs(case.events, case.deploys, case.inputs)).drop("run_id")
    return (
        case.deploys.join(stores, left_on="id", right_on="deploy", how="left", maintain_order="left")
        .join(known, on="id", how="left", maintain_order="left")
        .with_columns(stores=pl.col("stores").fill_null(pl.lit([], pl.List(pl.String()))))
    )
