"""How reports and cases are made by hand: rows with what they have by default, and tables of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl

from analyzer.commands.kvs import NEEDS
from analyzer.reports.report import Report
from analyzer.rules.interface import Case
from analyzer.rules.registry import run
from analyzer.tables import (
    ALIGNMENTS,
    CALLS,
    DEPLOYS,
    EVIDENCE,
    INPUTS,
    SETTLE,
    STORES,
    VERDICTS,
    WRITES,
    empty,
    from_columns,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STORE = "arn:aws:cloudfront::111122223333:key-value-store/5f1c0d2e-0b7a-4c1e-9f55-2f6d3a9b8c7d"
LOG = "deploy/eventlog.json"
TRAIL = "trail/111122223333_CloudTrail_us-east-1_20250320T1205Z_abcdefghijklmnop.json.gz"


def at(minute: int, second: int = 0) -> datetime:
    """A moment of the deploy's hour."""
    return datetime(2025, 3, 20, 12, minute, second, tzinfo=UTC)


def table(schema: pl.Schema, rows: Sequence[Mapping[str, object]]) -> pl.DataFrame:
    """A table from rows that name only the columns they mean."""
    return from_columns({name: [row.get(name) for row in rows] for name in schema}, schema)


def write(number: int, **differs: object) -> dict[str, object]:
    """A row of WRITES joined with VERDICTS: a put of `7c62:metadata` that landed, unless said otherwise."""
    return {
        "id": f"w{number}",
        "deploy": "d1",
        "operation": number,
        "urn": "urn:pulumi:prod::shop::pulumi-nodejs:dynamic:Resource::SiteKvKeys.sst.aws.KvKeys",
        "type": "sst:aws:KvKeys",
        "name": "SiteKvKeys.sst.aws.KvKeys",
        "op": "create",
        "action": "put",
        "store": STORE,
        "key": "7c62:metadata",
        "pattern": False,
        "reported": "succeeded",
        "start": at(1, 10),
        "end": at(1, 11),
        "exact": True,
        "source": LOG,
        "line": 40 + number,
        "verdict": "landed",
        "confidence": "proven",
        "recovered": 0,
    } | differs


ROUTE = {
    "urn": "urn:pulumi:prod::shop::pulumi-nodejs:dynamic:Resource::SiteRoutesUpdate.sst.aws.KvRoutesUpdate",
    "type": "sst:aws:KvRoutesUpdate",
    "name": "SiteRoutesUpdate.sst.aws.KvRoutesUpdate",
    "action": "append",
    "key": "7c62:routes",
    "entry": "site,50f6,,/",
}
DEPLOY = {
    "id": "d1",
    "app": "shop",
    "stage": "prod",
    "stack": "shop-prod",
    "tool": "sst",
    "tool_version": "4.17.0",
    "command": "update",
    "started_at": at(0),
    "ended_at": at(3, 11),
    "result": "succeeded",
    "form": "exact",
    "sources": [LOG],
}
READ_LOG = {
    "source": LOG,
    "files": 1,
    "kind": "engine-events",
    "bytes": 48211,
    "lines": 120,
    "recognised": 118,
    "noise": 2,
    "unrecognised": 0,
    "problems": [],
}
READ_TRAIL = {
    "source": TRAIL,
    "files": 1,
    "kind": "cloudtrail-s3",
    "bytes": 9120,
    "records": 44,
    "duplicates": 2,
    "undecodable": 0,
    "problems": [],
}


def case(writes: Sequence[Mapping[str, object]], deploys: Sequence[Mapping[str, object]] = (DEPLOY,)) -> Case:
    """What the rules get."""
    schema = pl.Schema({**WRITES, **{name: VERDICTS[name] for name in VERDICTS if name != "write"}})
    return Case(
        deploys=table(DEPLOYS, deploys),
        writes=table(schema, writes),
        evidence=empty(EVIDENCE),
        calls=empty(CALLS),
        stores=empty(STORES),
        inputs=empty(INPUTS),
    )


def report(  # noqa: PLR0913 - a parameter for each table
    writes: Sequence[Mapping[str, object]],
    *,
    evidence: Sequence[Mapping[str, object]] = (),
    stores: Sequence[Mapping[str, object]] = (),
    inputs: Sequence[Mapping[str, object]] = (READ_LOG, READ_TRAIL),
    deploys: Sequence[Mapping[str, object]] = (DEPLOY,),
    alignments: Sequence[Mapping[str, object]] = (),
    settle: Sequence[Mapping[str, object]] = (),
) -> Report:
    """A report whose findings are those of the rules, and its exit code that of `--fail-on error`."""
    known = case(writes, deploys)
    findings = run(known)
    remedies = [
        pl.Series(name, [row.get(name) for row in writes], dtype=pl.String())
        for name in ("remedy", "remedy_note", "redeploy")
    ]
    needs = [list(NEEDS) if row.get("remedy") else None for row in writes]
    remedies.append(pl.Series("remedy_needs", needs, dtype=pl.List(pl.String)))
    return Report(
        deploys=known.deploys,
        writes=known.writes.with_columns(remedies),
        evidence=table(EVIDENCE, evidence),
        findings=findings,
        stores=table(STORES, stores).with_columns(
            pl.Series("remedy", [row.get("remedy") for row in stores], dtype=pl.String),
            pl.Series("remedy_note", [row.get("remedy_note") for row in stores], dtype=pl.String),
            pl.Series("remedy_needs", [row.get("remedy_needs") for row in stores], dtype=pl.List(pl.String)),
        ),
        inputs=table(INPUTS, inputs),
        exit_code=int((findings["severity"] == "error").any()),
        alignments=table(ALIGNMENTS, alignments),
        settle=table(SETTLE, settle),
    )


def only(made: Report, *codes: str) -> Report:
    """The report with the findings of these rules alone: what other rules say of an example does not matter then."""
    return replace(made, findings=made.findings.filter(pl.col("code").is_in(codes)))
