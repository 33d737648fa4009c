"""Long histories, made fast: most deploys are well, some lost a write, some are in doubt; and hostile ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from analyzer.audit.report import AuditReport
from analyzer.audit.tables import (
    AUDIT_DEPLOYS,
    AUDIT_FINDINGS,
    AUDIT_INPUTS,
    AUDIT_WRITES,
    FOLLOWED,
    OVERLAPS,
)
from analyzer.errors import InputError
from analyzer.tables import STORES
from tests.audit.made import COUNTS, READ
from tests.reports.attacks import ATTACKS
from tests.reports.made import STORE, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.reports.report import Report

Row = dict[str, object]
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
REACH = datetime(2026, 6, 30, 22, tzinfo=UTC)
_CAUSES = ("never_attempted", "lost_update", "access_denied", "namespace_collision")
_VERSIONS = ("3.9.1", "3.10.0", "3.17.3", "4.17.0")
_APPS = ("shop", "media", "docs")
_ENDS = ("open", "healed", "healed", "healed", "healed", "maybe_repaired", "doubt", "doubt")
"""What becomes of deploys that are not well, in turn."""


def long(deploys: int, every: int) -> AuditReport:
    """A history of `deploys` over 18 months, of which one in `every` is not well: what it comes to is `_ENDS` in turn.

    App, cause and version follow from its number, too; it wrote four keys, of which one was not in place.
    """
    rows: list[Row] = []
    bad: list[tuple[int, str]] = []
    step = (REACH - timedelta(days=4) - BEGIN) / deploys
    for number in range(deploys):
        rows.append(_deploy(f"update-{number:024x}", number, BEGIN + number * step))
        if number % every == 0:
            bad.append((number, _ENDS[number // every % len(_ENDS)]))
    writes = [_write(rows[number], number, state) for number, state in bad]
    followed = [_followed(rows[number], state) for number, state in bad if state != "doubt"]
    return _audit(rows, writes, followed)


def hostile() -> AuditReport:
    """A deploy for each attack: it is the id, the names, the version, the key and the cause."""
    rows = [
        _deploy(text, number, BEGIN) | {"app": text, "stage": text, "tool_version": text, "stack": text}
        for number, text in enumerate(ATTACKS.values())
    ]
    states = [_ENDS[number % len(_ENDS)] for number in range(len(rows))]
    named = [
        {"cause": text, "key": text, "leaning": text, "store": text, "place": text}
        for text in ATTACKS.values()
    ]
    writes = [
        _write(row, number, state) | names
        for number, (row, state, names) in enumerate(zip(rows, states, named, strict=True))
    ]
    followed = [
        _followed(row, state) | {"taken_by": str(row["id"]), "healer": str(row["id"])}
        for row, state in zip(rows, states, strict=True)
        if state != "doubt"
    ]
    texts = [*ATTACKS.values()]
    overlaps = [
        {"deploy": text, "other": text, "store": text, "start": BEGIN, "end": REACH} for text in texts
    ]
    inputs: list[Row] = [{"source": text, "problems": [text]} for text in texts]
    return _audit(
        rows, writes, followed, overlaps=overlaps, inputs=inputs, unread=tuple((text, text) for text in texts)
    )


def _deploy(name: str, number: int, at: datetime) -> Row:
    return {
        "id": name,
        "app": _APPS[number % len(_APPS)],
        "stage": "prod",
        "tool": "sst",
        "tool_version": _VERSIONS[number % 7 % len(_VERSIONS)],
        "started_at": at,
        "ended_at": at + timedelta(minutes=1),
        "evidence_kind": "event_log",
    }


def _write(deploy: Row, number: int, state: str) -> Row:
    doubt = state == "doubt"
    return {
        "id": f"{deploy['id']}:1",
        "deploy": deploy["id"],
        "name": "SiteKvKeys",
        "key": f"7c62:/page-{number}",
        "store": STORE,
        "place": STORE,
        "verdict": "unverifiable" if doubt else "dropped",
        "cause": "trail_gap" if doubt else _CAUSES[number // 32 % len(_CAUSES)],
        "confidence": "low" if doubt else "proven",
    }


def _followed(deploy: Row, state: str) -> Row:
    """It was missed at once, and healed, if at all, 30 hours later."""
    since = deploy["started_at"]
    healed = state == "healed" and isinstance(since, datetime)
    return {
        "write": f"{deploy['id']}:1",
        "deploy": deploy["id"],
        "state": state,
        "missing_since": since,
        "missing_until": since + timedelta(hours=30) if isinstance(since, datetime) and healed else None,
        "healed_how": "deploy" if healed else None,
        "loss": f"{deploy['id']}:1",
    }


def _audit(  # noqa: PLR0913 - a parameter for each table
    deploys: Sequence[Row],
    writes: Sequence[Row],
    followed: Sequence[Row],
    *,
    overlaps: Sequence[Row] = (),
    inputs: Sequence[Row] = (),
    unread: tuple[tuple[str, str], ...] = (),
) -> AuditReport:
    ids = [str(row["id"]) for row in deploys]
    made = table(AUDIT_WRITES, writes)
    landed = pl.DataFrame({"deploy": ids, "verdict": "landed", "writes": 3}, schema=COUNTS)
    others = made.select("deploy", "verdict", writes=pl.lit(1, pl.Int64))
    findings = [
        {
            "code": "LW101",
            "name": "x",
            "severity": "error",
            "deploy": row["deploy"],
            "write": row["id"],
            "message": "m",
        }
        for row in writes
    ]
    return AuditReport(
        deploys=table(AUDIT_DEPLOYS, deploys),
        writes=made,
        counts=pl.concat([landed, others]),
        findings=table(AUDIT_FINDINGS, findings),
        stores=table(STORES, [{"arn": STORE}]),
        inputs=table(AUDIT_INPUTS, inputs),
        read=table(
            READ, [{"role": "log", "kind": "engine-events", "files": len(ids), "bytes": 1_000, "lines": 20}]
        ),
        first=BEGIN,
        reach=REACH,
        exit_code=1,
        catalogue=Path(".lostwrite"),
        report_of=_unreadable,
        followed=table(FOLLOWED, followed),
        overlaps=table(OVERLAPS, overlaps),
        unread=unread,
    )


def _unreadable(deploy: str) -> Report:
    """The page of a deploy is tested elsewhere: here it cannot be had."""
    raise InputError(deploy, f"{deploy} is damaged")
