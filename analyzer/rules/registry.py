"""Finds the rules of this folder (modules named `lw` and digits) and runs them over a case."""

from __future__ import annotations

import json
import pkgutil
from functools import cache
from hashlib import sha256
from importlib import import_module
from typing import TYPE_CHECKING

import polars as pl

from analyzer import rules as package
from analyzer.protocols import lacking
from analyzer.rules.interface import OfRun, Rule
from analyzer.severities import SEVERITIES
from analyzer.tables import FINDINGS, conform, empty

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from analyzer.rules.interface import Case

FOUND = pl.Schema(
    {
        "confidence": pl.String(),
        "write": pl.String(),
        "deploy": pl.String(),
        "message": pl.String(),
        "source": pl.String(),
        "line": pl.Int64(),
        "store": pl.String(),  # of a finding about a whole store; a rule may leave the column out
        "severity": pl.String(),  # where it is not the rule's own; a rule may leave the column out
        "about": pl.String(),  # of a finding about neither deploy nor store: what tells it from others of the rule
        "help": pl.String(),  # a text to copy that removes the cause, as it is to be given to AWS
    }
)
"""The columns of `Rule.find`, in which a rule may leave columns of nulls out."""


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule of this folder, by code.

    Raises:
        TypeError: a module named like a rule is none (a defect of this project).
    """
    names = sorted(
        module.name for module in pkgutil.iter_modules(package.__path__) if module.name[:2] == "lw"
    )
    return tuple(_rule(name) for name in names)


def rule(code: str) -> Rule | None:
    """The rule with this code or name, in any case of letters."""
    wanted = code.strip().lower()
    return next((known for known in rules() if wanted in {known.CODE.lower(), known.NAME.lower()}), None)


def run(case: Case, codes: Collection[str] | None = None) -> pl.DataFrame:
    """FINDINGS of every rule, or of those with these codes: by severity, then code, then the order of the writes."""
    asked = [known for known in rules() if codes is None or known.CODE in codes]
    found = [(known, known.find(case)) for known in asked]
    return in_order(
        [_complete([_named(known, table) for known, table in found if not table.is_empty()], case)]
    )


@cache
def codes(*, of_run: bool) -> frozenset[str]:
    """The codes of the rules about the run as a whole, or of all others, which look at deploys."""
    return frozenset(known.CODE for known in rules() if isinstance(known, OfRun) is of_run)


def in_order(findings: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Tables of FINDINGS as one: by severity, then code, then as they come."""
    return conform(pl.concat([empty(FINDINGS), *findings]), FINDINGS).sort(
        pl.col("severity").cast(pl.Enum(SEVERITIES)), "code", maintain_order=True
    )


def _rule(name: str) -> Rule:
    module = import_module(f"{package.__name__}.{name}")
    if not isinstance(module, Rule):
        raise TypeError(lacking(module, Rule))
    return module


def _named(known: Rule, found: pl.DataFrame) -> pl.DataFrame:
    """What a rule found, with its code and name, and its severity where a row has none."""
    whole = pl.concat([pl.DataFrame(schema=FOUND), found], how="diagonal").select(FOUND.names())
    severity = pl.col("severity").fill_null(known.SEVERITY)
    return whole.with_columns(severity, code=pl.lit(known.CODE), name=pl.lit(known.NAME))


def _complete(found: Sequence[pl.DataFrame], case: Case) -> pl.DataFrame:
    """FINDINGS from what rules found, of all at once: a step costs the same for one row as for a hundred."""
    if not found:
        return empty(FINDINGS)
    whole = pl.concat(found)
    fingerprints = pl.Series("fingerprint", _fingerprints(whole, case), dtype=pl.String())
    stores = case.writes.select(write="id", store_of_write="store")
    return (
        whole.join(stores, on="write", how="left", maintain_order="left")
        .with_columns(
            fingerprints,
            suppressed=pl.lit(value=False),
            suppression=pl.lit(None, dtype=pl.String),
            baseline_state=pl.lit(None, dtype=pl.String),
            store=pl.coalesce("store", "store_of_write"),
        )
        .select(FINDINGS.names())
    )


def _fingerprints(found: pl.DataFrame, case: Case) -> list[str]:
    """16 hex digits a finding, from what it is about: not from a deploy's id, a line number or an order.

    Polars has no cryptographic hash, and its own changes with its version; so this hashes row by row, in
    Python. There are as many rows as findings.
    """
    about = found.join(
        case.writes.select("id", "key", "entry", resource="name"),
        left_on="write",
        right_on="id",
        how="left",
        maintain_order="left",
    ).join(
        case.deploys.select("id", "app", "stage"),
        left_on="deploy",
        right_on="id",
        how="left",
        maintain_order="left",
    )
    identity = about.select("code", "app", "stage", "resource", "key", "entry", "store", "about")
    return [_fingerprint(list(parts)) for parts in zip(*identity, strict=True)]


def _fingerprint(parts: list[str | None]) -> str:
    """Of a code and what it is about; the last part is left out where there is none, as it was before it existed."""
    known = parts if parts[-1] is not None else parts[:-1]
    return sha256(json.dumps(known, ensure_ascii=False).encode()).hexdigest()[:16]
