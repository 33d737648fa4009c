"""A row for each write that is not in place or in doubt, for a spreadsheet. Columns are only added, at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analyzer.audit.reports.rows import of_interest
from analyzer.reports.cells import harmless
from analyzer.reports.clean import no_command
from analyzer.reports.times import rfc3339

if TYPE_CHECKING:
    from analyzer.audit.report import AuditReport
    from analyzer.audit.trends import Trends

NAME: Final = "csv"

_COLUMNS: Final = (
    "write",
    "deploy",
    "app",
    "stage",
    "tool_version",
    "deployed_at",
    "resource",
    "type",
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
    "missing_since",
    "missing_until",
    "taken_by",
    "healed_how",
    "healer",
    "loss",
    "source",
    "line",
)


def render(report: AuditReport, trends: Trends, *, width: int, color: bool, verbosity: int = 0) -> str:  # noqa: ARG001 - CSV has none of these
    """A row per write, in the order of the deploys; rows with the same `loss` are one missing key or entry."""
    rows = of_interest(report).rename({"id": "write", "name": "resource"}).with_columns(rfc3339())
    lines = rows.select(_COLUMNS).with_columns(harmless()).write_csv().split("\n")
    return "\n".join(map(no_command, lines))  # the first cell is the id of a deploy, which a log may name
