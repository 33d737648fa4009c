"""Audits made by hand: deploys that lost writes and got them back."""

from __future__ import annotations

from dataclasses import dataclass, field
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
from analyzer.audit.trend_tables import TREND
from analyzer.tables import STORES, empty
from tests.reports.made import STORE, report, table, write

if TYPE_CHECKING:
    from analyzer.reports.report import Report

NOW = datetime(2026, 6, 30, 22, tzinfo=UTC)
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
COUNTS = pl.Schema({"deploy": pl.String(), "verdict": pl.String(), "writes": pl.Int64()})
Row = dict[str, object]


@dataclass
class Made:
    """An audit in the making: `deploy` adds one with its writes."""

    deploys: list[Row] = field(default_factory=list)
    writes: list[Row] = field(default_factory=list)
    followed: list[Row] = field(default_factory=list)
    counts: list[Row] = field(default_factory=list)
    findings: list[Row] = field(default_factory=list)

    def deploy(self, id: str, at: datetime, of: int = 4, **differs: object) -> str:  # noqa: A002 - as in DEPLOYS
        """One deploy of `of` writes, all landed so far."""
        usual = {
            "app": "shop",
            "stage": "prod",
            "tool": "sst",
            "tool_version": "3.10.0",
            "evidence_kind": "event_log",
        }
        self.deploys.append(
            {"id": id, "started_at": at, "ended_at": at + timedelta(minutes=1), **usual, **differs}
        )
        self.counts.append({"deploy": id, "verdict": "landed", "writes": of})
        return id

    def lost(
        self,
        deploy: str,
        state: str,
        since: datetime | None,
        until: datetime | None = None,
        **differs: object,
    ) -> None:
        """One more write of the deploy, that was not in place, or is in doubt."""
        number = sum(row["deploy"] == deploy for row in self.writes)
        name = f"{deploy}:{number}"
        doubt = state == "doubt"
        row = write(
            number,
            key=f"7c62:k{number}",
            entry=None,
            verdict="unverifiable" if doubt else "dropped",
            cause="trail_gap" if doubt else "never_attempted",
            confidence="low" if doubt else "proven",
        )
        row |= {"id": name, "deploy": deploy, "place": STORE, **differs}
        self.writes.append(row)
        if not doubt:
            self.followed.append(
                {
                    "write": name,
                    "deploy": deploy,
                    "state": state,
                    "missing_since": since,
                    "missing_until": until,
                    "healed_how": "deploy" if until else None,
                }
            )
        self.counts.append({"deploy": deploy, "verdict": str(row["verdict"]), "writes": 1})
        self.findings.append(
            {
                "code": "LW101",
                "name": "write-dropped",
                "severity": "error",
                "deploy": deploy,
                "write": name,
                "message": "m",
                "fingerprint": "0",
                "suppressed": False,
            }
        )

    def report(self, **differs: object) -> AuditReport:
        """The audit."""
        given: dict[str, object] = {
            "deploys": table(AUDIT_DEPLOYS, self.deploys),
            "writes": table(AUDIT_WRITES, self.writes),
            "counts": table(COUNTS, self.counts),
            "findings": table(AUDIT_FINDINGS, self.findings),
            "followed": table(FOLLOWED, self.followed),
            "overlaps": empty(OVERLAPS),
            "stores": table(STORES, [{"arn": STORE}]),
            "inputs": empty(AUDIT_INPUTS),
            "read": table(
                READ,
                [
                    {
                        "role": "log",
                        "kind": "engine-events",
                        "files": len(self.deploys),
                        "bytes": 1000,
                        "lines": 20,
                        "unusable": 0,
                    }
                ],
            ),
            "first": datetime(2025, 1, 1, tzinfo=UTC),
            "reach": NOW,
            "exit_code": 1,
            "catalogue": Path(".lostwrite"),
            "report_of": page_of,
        }
        return AuditReport(**{**given, **differs})  # type: ignore[arg-type] # each has its type above


def page_of(_deploy: str) -> Report:
    """The report of a deploy, as a check would give it."""
    return report([write(1, deploy="d1", verdict="dropped", cause="never_attempted", status="open")])


def trend(by: str, name: str | None, **counts: object) -> Row:
    """A row of TREND; what is not said is 0, and its rates follow."""
    row: Row = dict.fromkeys(TREND, 0) | {"by": by, "name": name, "week_of": 0, "week_share": None, **counts}
    judged, lost = int(str(row["judged"])), int(str(row["lost"]))
    row["in_1000"] = 1000 * lost / judged if judged else None
    return row | {"writes_in_1000": None, "low": None, "high": None}
