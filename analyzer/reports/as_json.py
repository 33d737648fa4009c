"""The report as JSON, to the schema `report-v1.schema.json` beside this file.

The shape only gains members and values within `lostwrite.report/v1` (docs/json.md). Unknown is null; times are
RFC 3339 in UTC.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import polars as pl

from analyzer.reports.clean import json_safe
from analyzer.reports.times import rfc3339, rfc3339_in
from analyzer.severities import SEVERITIES
from analyzer.tables import TIME, VERDICTS_OF
from analyzer.version import VERSION

if TYPE_CHECKING:
    from analyzer.gate.baseline import Comparison
    from analyzer.reports.given import GivenWindow
    from analyzer.reports.report import Report

NAME = "json"
SCHEMA = "lostwrite.report/v1"

_DEPLOY = (
    "id",
    "app",
    "stage",
    "tool",
    "tool_version",
    "command",
    "started_at",
    "ended_at",
    "result",
    "sources",
    "update_id",
    "permalink",
    "clock",
)
_CLOCK = ("state", "offsets", "basis", "matched", "of", "misses", "extras", "writers")
_WRITE = (
    "id",
    "deploy",
    "resource",
    "action",
    "store",
    "key",
    "entry",
    "reported",
    "window",
    "verdict",
    "cause",
    "confidence",
    "evidence",
    "remedy",
    "redeploy",
    "remedy_note",
    "remedy_needs",
    "leaning",
    "leaning_reason",
    "status",
    "healed_by",
    "healed_at",
    "healed_how",
    "healer",
    "missing_since",
    "taken_by",
    "settle",
)
_FINDING = (
    "code",
    "name",
    "severity",
    "confidence",
    "write",
    "deploy",
    "message",
    "location",
    "fingerprint",
    "suppressed",
    "suppression",
    "baseline_state",
    "help",
)
_STORE = (
    "arn",
    "writes",
    "reads",
    "first_at",
    "last_at",
    "chain",
    "coverage",
    "remedy",
    "remedy_note",
    "remedy_needs",
)


def render(report: Report, *, width: int, color: bool) -> str:  # noqa: ARG001 - JSON has neither
    """The report as an indented JSON document."""
    text = msgspec.json.format(msgspec.json.encode(document(report)), indent=2).decode()
    return json_safe(text) + "\n"


def document(report: Report) -> dict[str, object]:
    """The report as dictionaries and lists, ready for any JSON encoder."""
    return {
        "schema": SCHEMA,
        "tool": {"name": "lostwrite", "version": VERSION},
        "deploys": _deploys(report).to_dicts(),
        "writes": _writes(report).to_dicts(),
        "findings": _findings(report).to_dicts(),
        "stores": _stores(report).to_dicts(),
        "inputs": report.inputs.to_dicts(),
        "window_given": _window(report.window),
        "summary": summary(report),
    }


def summary(report: Report) -> dict[str, object]:
    """Counts of the writes by verdict and of the findings by severity, and the exit code."""
    verdicts = report.writes["verdict"]
    open_findings = report.findings.filter(~pl.col("suppressed"))["severity"]
    return {
        "writes": report.writes.height,
        "by_verdict": {verdict: int((verdicts == verdict).sum()) for verdict in VERDICTS_OF},
        "findings": {severity: int((open_findings == severity).sum()) for severity in SEVERITIES},
        "suppressed": int(report.findings["suppressed"].sum()),
        "baseline": _baseline(report.baseline),
        "exit_code": report.exit_code,
    }


def _baseline(found: Comparison | None) -> dict[str, object] | None:
    if found is None:
        return None
    gone = [msgspec.structs.asdict(known) for known in found.gone]
    return {"new": found.new, "unchanged": found.unchanged, "absent": found.absent, "gone": gone}


def _window(given: GivenWindow | None) -> dict[str, object] | None:
    if given is None:
        return None
    times = pl.DataFrame({"since": [given.since], "until": [given.until]}, {"since": TIME, "until": TIME})
    return {**times.select(rfc3339()).row(0, named=True), "zoneless": given.zoneless}


def _deploys(report: Report) -> pl.DataFrame:
    clocks = report.alignments.with_columns(rfc3339()).select(
        "deploy", clock=pl.struct(*_CLOCK, rfc3339_in("rivals", ("at", "until")), "at", "until", "note")
    )
    return (
        report.deploys.with_columns(rfc3339())
        .join(clocks, left_on="id", right_on="deploy", how="left", maintain_order="left")
        .select(_DEPLOY)
    )


def _writes(report: Report) -> pl.DataFrame:
    proofs = (
        report.evidence.with_columns(rfc3339())
        .sort("order", maintain_order=True)
        .group_by("write", maintain_order=True)
        .agg(evidence=pl.struct("kind", "at", "source", "detail"))
    )
    decisive = (
        report.settle.with_columns(rfc3339())
        .sort("order", maintain_order=True)
        .group_by("write", maintain_order=True)
        .agg(settle=pl.struct("what", "command", "when"))
    )
    nothing = pl.lit([], dtype=proofs.schema["evidence"])
    nothing_decides = pl.lit([], dtype=decisive.schema["settle"])
    return (
        report.writes.with_columns(rfc3339())
        .join(proofs, left_on="id", right_on="write", how="left", maintain_order="left")
        .join(decisive, left_on="id", right_on="write", how="left", maintain_order="left")
        .with_columns(
            resource=pl.struct("urn", "type", "name"),
            window=pl.struct("start", "end"),
            evidence=pl.col("evidence").fill_null(nothing),
            settle=pl.col("settle").fill_null(nothing_decides),
        )
        .select(_WRITE)
    )


def _findings(report: Report) -> pl.DataFrame:
    return report.findings.with_columns(location=pl.struct("source", "line")).select(_FINDING)


def _stores(report: Report) -> pl.DataFrame:
    return (
        report.stores.with_columns(rfc3339())
        .with_columns(chain=pl.struct("links", "gaps"), coverage=pl.struct("state", "reason"))
        .select(_STORE)
    )
