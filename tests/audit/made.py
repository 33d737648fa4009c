"""An audit made by hand: twelve deploys over five months, and what became of each write that they lost.

| deploy | when | stage | version | what |
|---|---|---|---|---|
| d01 | 3 February | shop/prod | 3.10.0 | all four landed |
| d02 | 17 February | shop/prod | 3.10.0 | a route was dropped; d03 wrote it 22 h 10 min later |
| d03 | 18 February | shop/prod | 3.10.0 | all landed |
| d04 | 5 March | shop/prod | 3.10.0 | a key was dropped; somebody put it by hand after 40 min: perhaps put right |
| d05 | 20 March | docs/prod | 3.10.0 | a page was dropped; d07 removed it on purpose after 21 days |
| d06 | 2 April | shop/pr-7 | 3.10.0 | it ran at the same time as d08, which took its route away; open |
| d07 | 10 April | docs/prod | 3.10.0 | it deletes the page of d05 |
| d08 | 2 April | shop/prod | 3.10.0 | all landed |
| d09 | 20 April | shop/prod | 3.10.0 | `7c62:/checkout` was dropped |
| d10 | 11 May | shop/prod | 3.10.0 | the same again |
| d11 | 15 June | docs/prod | 4.2.1 | nothing can be judged: one write leans to dropped |
| d12 | 28 June | shop/prod | 4.2.1 | `7c62:/checkout` was dropped again, and another key was refused |
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from analyzer.audit.follow import follow
from analyzer.audit.report import AuditReport
from analyzer.audit.tables import (
    AUDIT_DEPLOYS,
    AUDIT_FINDINGS,
    AUDIT_INPUTS,
    AUDIT_WRITES,
    OVERLAPS,
)
from analyzer.commands.kvs import NEEDS, Edit, Put, update
from analyzer.tables import STORES, empty
from tests.reports.made import report as checked
from tests.reports.made import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.reports.report import Report

SHOP = "arn:aws:cloudfront::111122223333:key-value-store/5f1c0d2e-0b7a-4c1e-9f55-2f6d3a9b8c7d"
DOCS = "arn:aws:cloudfront::111122223333:key-value-store/a7d3e9f0-1111-4222-8333-444455556666"
OPS = "arn:aws:iam::111122223333:user/ops"
CI = "arn:aws:sts::111122223333:assumed-role/ci/deploy-prod"
REACH = datetime(2026, 6, 30, 22, tzinfo=UTC)
COUNTS = pl.Schema({"deploy": pl.String(), "verdict": pl.String(), "writes": pl.Int64()})
READ = pl.Schema(
    {
        "role": pl.String(),
        "kind": pl.String(),
        "files": pl.Int64(),
        "bytes": pl.Int64(),
        "lines": pl.Int64(),
        "records": pl.Int64(),
        "unusable": pl.Int64(),
    }
)
Row = dict[str, object]


def on(month: int, day: int, hour: int = 10, minute: int = 0, second: int = 0) -> datetime:
    """A time of 2026, in UTC."""
    return datetime(2026, month, day, hour, minute, second, tzinfo=UTC)


def deploy(
    name: str, at: datetime | None, place: str = "shop/prod", version: str = "3.10.0", **differs: object
) -> Row:
    """A row of AUDIT_DEPLOYS: it ran for three minutes and ended well."""
    app, _, stage = place.partition("/")
    return {
        "id": name,
        "app": app,
        "stage": stage,
        "stack": f"{app}-{stage}",
        "tool": "sst",
        "tool_version": version,
        "command": "update",
        "started_at": at,
        "ended_at": None if at is None else at + timedelta(minutes=3),
        "result": "succeeded",
        "form": "exact",
        "sources": [f"home/{name}.json"],
        "evidence_kind": "event_log",
        "stores": [DOCS if app == "docs" else SHOP],
    } | differs


def write(of: Row, number: int, **differs: object) -> Row:
    """A row of AUDIT_WRITES: a put of `7c62:metadata` by the deploy `of`, a minute after its beginning, that landed."""
    began = of["started_at"]
    store = DOCS if of["app"] == "docs" else SHOP
    name = differs.get("name") or "SiteKvKeys.sst.aws.KvKeys"
    return {
        "id": f"{of['id']}:{number}",
        "deploy": of["id"],
        "operation": number,
        "urn": f"urn:pulumi:{of['stage']}::{of['app']}::pulumi-nodejs:dynamic:Resource::{name}",
        "type": "sst:aws:KvKeys",
        "name": "SiteKvKeys.sst.aws.KvKeys",
        "op": "update",
        "action": "put",
        "store": store,
        "place": store,
        "key": "7c62:metadata",
        "pattern": False,
        "reported": "succeeded",
        "start": began + timedelta(minutes=1) if isinstance(began, datetime) else None,
        "end": began + timedelta(minutes=1, seconds=2) if isinstance(began, datetime) else None,
        "exact": True,
        "source": f"home/{of['id']}.json",
        "line": 40 + number,
        "verdict": "landed",
        "confidence": "proven",
        "recovered": 0,
        "app": of["app"],
        "stage": of["stage"],
        "tool_version": of["tool_version"],
        "deployed_at": began,
    } | differs


ROUTE: Row = {
    "type": "sst:aws:KvRoutesUpdate",
    "name": "SiteRoutesUpdate.sst.aws.KvRoutesUpdate",
    "action": "append",
    "key": "7c62:routes",
    "entry": "site,50f6,,/",
}
_CHECKOUT: Row = {"key": "7c62:/checkout", "verdict": "dropped", "cause": "never_attempted", "status": "open"}
_AGAIN: Row = {
    "remedy": update(SHOP, [Put("7c62:/checkout", "s3")]),
    "remedy_needs": list(NEEDS),
    "redeploy": "A plain redeploy does not heal it.",
}

DEPLOYS = [
    deploy("d01", on(2, 3)),
    deploy("d02", on(2, 17)),
    deploy("d03", on(2, 18, 8, 10)),
    deploy("d04", on(3, 5)),
    deploy("d05", on(3, 20), "docs/prod"),
    deploy("d06", on(4, 2, 9, 10), "shop/pr-7"),
    deploy("d08", on(4, 2, 9, 11)),
    deploy("d07", on(4, 10), "docs/prod"),
    deploy("d09", on(4, 20)),
    deploy("d10", on(5, 11)),
    deploy("d11", on(6, 15), "docs/prod", "4.2.1"),
    deploy("d12", on(6, 28), version="4.2.1"),
]
_OF = {str(row["id"]): row for row in DEPLOYS}


def writes() -> list[Row]:
    """The writes that are not in place, in doubt, or that end the life of one of these."""
    return [
        write(
            _OF["d02"],
            1,
            **ROUTE,
            verdict="dropped",
            cause="never_attempted",
            status="healed",
            missing_since=on(2, 17, 10, 1, 2),
            healed_at=on(2, 18, 8, 11, 2),
            healed_how="deploy",
            healer="d03",
            healed_by=f"deploy d03 (UpdateKeys by {CI} at 2026-02-18 08:11:02Z)",
        ),
        write(
            _OF["d04"],
            1,
            key="7c62:/index.html",
            verdict="dropped",
            cause="never_attempted",
            status="maybe_repaired",
            missing_since=on(3, 5, 10, 1, 5),
            healed_at=on(3, 5, 10, 41, 5),
            healed_how="call",
            healer=OPS,
            healed_by=f"PutKey by {OPS} at 2026-03-05 10:41:05Z",
        ),
        write(
            _OF["d05"],
            1,
            key="ea01:/about.html",
            verdict="dropped",
            cause="precondition_failed",
            status="open",
            missing_since=on(3, 20, 10, 1, 4),
        ),
        write(
            _OF["d06"],
            1,
            **ROUTE | {"entry": "pr,9b1e,,/pr-7"},
            verdict="lost",
            cause="lost_update",
            status="open",
            missing_since=on(4, 2, 9, 12, 9),
            taken_by=CI,
            remedy=update(SHOP, [Edit("7c62:routes", add=("pr,9b1e,,/pr-7",))]),
            remedy_needs=list(NEEDS),
        ),
        write(_OF["d07"], 1, key="ea01:/about.html", action="delete"),
        write(_OF["d09"], 1, **_CHECKOUT, missing_since=on(4, 20, 10, 1, 3)),
        write(_OF["d10"], 1, **_CHECKOUT, missing_since=on(5, 11, 10, 1, 3)),
        write(
            _OF["d11"],
            1,
            key="ea01:/faq.html",
            verdict="unverifiable",
            cause="trail_gap",
            confidence="low",
            leaning="dropped",
            leaning_reason="the deploy's other writes were logged, and no call made it",
            status="open",
            missing_since=on(6, 15, 10, 1, 3),
        ),
        write(
            _OF["d11"],
            2,
            key="ea01:*",
            pattern=True,
            verdict="unverifiable",
            cause="no_window",
            confidence="low",
        ),
        write(_OF["d12"], 1, **_CHECKOUT | _AGAIN, missing_since=on(6, 28, 10, 1, 3)),
        write(
            _OF["d12"],
            2,
            key="7c62:/cart",
            verdict="errored",
            cause="access_denied",
            reported="failed",
            status="open",
            missing_since=on(6, 28, 10, 1, 6),
            remedy_note="first allow cloudfront-keyvaluestore:UpdateKeys",
        ),
    ]


def audit(**differs: object) -> AuditReport:
    """The audit of the table above. Each deploy but d11 has four more writes that landed."""
    deploys, of = table(AUDIT_DEPLOYS, DEPLOYS), table(AUDIT_WRITES, writes())
    healthy = deploys.filter(pl.col("id") != "d11").select(
        deploy="id", verdict=pl.lit("landed"), writes=pl.lit(4, pl.Int64)
    )
    counted = of.group_by("deploy", "verdict", maintain_order=True).agg(writes=pl.len().cast(pl.Int64))
    made = AuditReport(
        deploys=deploys,
        writes=of,
        counts=pl.concat([healthy, counted]),
        findings=table(AUDIT_FINDINGS, findings(of)),
        stores=table(STORES, [{"arn": SHOP}, {"arn": DOCS}]),
        inputs=table(
            AUDIT_INPUTS,
            [{"source": "home/eventlog/x.json", "role": "log", "kind": "unusable", "problems": ["is empty"]}],
        ),
        read=table(
            READ,
            [
                {
                    "role": "log",
                    "kind": "engine-events",
                    "files": 12,
                    "bytes": 48_000,
                    "lines": 1_440,
                    "unusable": 1,
                },
                {
                    "role": "trail",
                    "kind": "cloudtrail-s3",
                    "files": 150,
                    "bytes": 9_000_000,
                    "records": 61_000,
                },
            ],
        ),
        first=on(2, 1, 0),
        reach=REACH,
        exit_code=1,
        catalogue=Path(".lostwrite"),
        report_of=page_of,
        followed=follow(of, deploys),
        overlaps=table(
            OVERLAPS,
            [
                {
                    "deploy": "d06",
                    "other": "d08",
                    "store": SHOP,
                    "start": on(4, 2, 9, 11),
                    "end": on(4, 2, 9, 13),
                    "same_stage": False,
                }
            ],
        ),
    )
    return replace(made, **differs)  # type: ignore[arg-type] # the caller names fields of it


def findings(of: pl.DataFrame) -> Sequence[Row]:
    """An error for each write that is not in place, a warning for each doubt."""
    codes = {
        "dropped": ("LW101", "dropped-write"),
        "lost": ("LW105", "lost-write"),
        "errored": ("LW103", "errored-write"),
    }
    rows: list[Row] = []
    for number, row in enumerate(of.filter(pl.col("verdict") != "landed").iter_rows(named=True), start=1):
        code, name = codes.get(row["verdict"], ("LW303", "trail-gap"))
        rows.append(
            {
                "code": code,
                "name": name,
                "severity": "error" if row["verdict"] in codes else "warning",
                "confidence": row["confidence"],
                "write": row["id"],
                "message": f"Key {row['key']} is {row['verdict']}.",
                "fingerprint": f"{number:016x}",
                "suppressed": False,
            }
            | {
                name: row[name]
                for name in (
                    "deploy",
                    "source",
                    "line",
                    "store",
                    "app",
                    "stage",
                    "tool_version",
                    "deployed_at",
                )
            }
        )
    return rows


def nothing() -> AuditReport:
    """An audit that found nothing at all."""
    return audit(
        deploys=empty(AUDIT_DEPLOYS),
        writes=empty(AUDIT_WRITES),
        counts=empty(COUNTS),
        findings=empty(AUDIT_FINDINGS),
        stores=empty(STORES),
        inputs=empty(AUDIT_INPUTS),
        read=empty(READ),
        first=None,
        reach=None,
        exit_code=0,
        followed=follow(empty(AUDIT_WRITES), empty(AUDIT_DEPLOYS)),
        overlaps=empty(OVERLAPS),
    )


def page_of(_: str) -> Report:
    """No test of these reads the report of one deploy."""
    return checked([])
