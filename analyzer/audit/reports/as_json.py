"""The audit as JSON, to the schema `analyzer/reports/audit-v1.schema.json`.

The shape only gains members and values within `lostwrite.audit/v1`. Unknown is null; times are RFC 3339 in UTC. A later
audit reads it again (`analyzer/audit/diff.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
import polars as pl

from analyzer.audit.reports.rows import of_interest
from analyzer.audit.reports.words import sure_losses, whole
from analyzer.audit.schema import SCHEMA
from analyzer.reports.clean import json_safe
from analyzer.reports.times import rfc3339
from analyzer.severities import SEVERITIES
from analyzer.tables import TIME
from analyzer.version import VERSION

if TYPE_CHECKING:
    from datetime import datetime

    from analyzer.audit.report import AuditReport
    from analyzer.audit.trends import Trends

NAME: Final = "json"

_DEPLOY: Final = (
    "id",
    "app",
    "stage",
    "tool",
    "tool_version",
    "command",
    "started_at",
    "ended_at",
    "result",
    "evidence_kind",
    "stores",
    "sources",
    "update_id",
    "permalink",
)
_WRITE: Final = (
    "id",
    "deploy",
    "resource",
    "action",
    "store",
    "key",
    "entry",
    "reported",
    "verdict",
    "cause",
    "confidence",
    "leaning",
    "leaning_reason",
    "state",
    "loss",
    "missing_since",
    "missing_until",
    "taken_by",
    "healed_how",
    "healer",
    "remedy",
    "remedy_note",
    "remedy_needs",
    "redeploy",
    "location",
)
_FINDING: Final = (
    "code",
    "name",
    "severity",
    "confidence",
    "write",
    "deploy",
    "store",
    "message",
    "location",
    "fingerprint",
    "suppressed",
    "suppression",
    "help",
)
_INPUT: Final = ("source", "role", "kind", "problems")
_PLACE: Final = pl.struct("source", "line")


def render(report: AuditReport, trends: Trends, *, width: int, color: bool, verbosity: int = 0) -> str:  # noqa: ARG001 - JSON has none of these
    """The audit as an indented JSON document."""
    text = msgspec.json.format(msgspec.json.encode(document(report, trends)), indent=2).decode()
    return json_safe(text) + "\n"


def document(report: AuditReport, trends: Trends) -> dict[str, object]:
    """The audit as dictionaries and lists, ready for any JSON encoder."""
    writes = of_interest(report).with_columns(resource=pl.struct("urn", "type", "name"), location=_PLACE)
    problems = report.inputs.filter(pl.col("problems").list.len() > 0)
    return {
        "schema": SCHEMA,
        "tool": {"name": "lostwrite", "version": VERSION},
        "made_by": report.made_by,
        "trail": {"first": _time(report.first), "reach": _time(report.reach)},
        "now": _time(trends.now),
        "summary": _summary(report, trends),
        "deploys": _rows(report.deploys.select(_DEPLOY)),
        "writes": _rows(writes.select(_WRITE)),
        "losses": _rows(trends.losses),
        "trends": _rows(trends.trend),
        "healing": _rows(trends.healing),
        "stores": _rows(trends.stores),
        "versions": _rows(trends.versions),
        "leave": _rows(trends.leave),
        "findings": _rows(report.findings.with_columns(location=_PLACE).select(_FINDING)),
        "overlaps": _rows(report.overlaps),
        "changes": _changes(report),
        "read": _rows(report.read),
        "inputs": _rows(problems.select(_INPUT)),
        "unread": [{"source": source, "reason": reason} for source, reason in report.unread],
    }


def _rows(table: pl.DataFrame) -> list[dict[str, object]]:
    return table.with_columns(rfc3339()).to_dicts()


def _time(at: datetime | None) -> str | None:
    text: str | None = pl.DataFrame({"at": [at]}, {"at": TIME}).select(rfc3339()).item()
    return text


def _summary(report: AuditReport, trends: Trends) -> dict[str, object]:
    """The row `all` of the trends, the losses, the findings by severity, and the exit code."""
    counts = whole(trends)
    lost = sure_losses(trends)
    severities = report.findings.filter(~pl.col("suppressed"))["severity"]
    names = ("deploys", "judged", "lost", "open", "maybe", "healed", "doubt", "writes", "lost_writes")
    return {
        **{name: counts[name] for name in names},
        "losses": lost.height,
        "open_losses": lost.filter(pl.col("state") == "open").height,
        "findings": {severity: int((severities == severity).sum()) for severity in SEVERITIES},
        "suppressed": int(report.findings["suppressed"].sum()),
        "exit_code": report.exit_code,
    }


def _changes(report: AuditReport) -> dict[str, object] | None:
    changes = report.changes
    if changes is None:
        return None
    lists = {name: list(getattr(changes, name)) for name in ("new", "healed", "unchanged", "gone")}
    return {"since": _time(changes.since), **lists}
