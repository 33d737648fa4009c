"""The audit as a folder of pages: an index, pages of deploys that lost a write, the writes as CSV (docs/page.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.audit.reports.page.build import pages_of
from analyzer.audit.reports.page.markup import index, unreadable
from analyzer.audit.reports.page.places import INDEX, WRITES, place
from analyzer.errors import LostwriteError
from analyzer.reports.cells import harmless
from analyzer.reports.page.build import build
from analyzer.reports.page.markup import markup
from analyzer.reports.times import rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.audit.report import AuditReport
    from analyzer.audit.trends import Trends

NAME: Final = "html"

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
    "source",
    "line",
    "page",
)
"""Columns are only added, at the end."""


def files(report: AuditReport, trends: Trends) -> Iterator[tuple[str, bytes]]:
    """The files by their names in the folder, one after the other as they are asked for, the index last.

    So the index never leads to a page that is not there yet, and no more than one page is in memory.
    """
    deploys = pages_of(report)
    for deploy in deploys:
        yield place(deploy), _page(report, deploy).encode()
    yield WRITES, _csv(report, deploys).encode()
    yield INDEX, index(report, trends).encode()


def count(report: AuditReport) -> int:
    """How many files there will be."""
    return len(pages_of(report)) + len((WRITES, INDEX))


def _page(report: AuditReport, deploy: str) -> str:
    """The page of a deploy; one that says why, where its report cannot be had."""
    try:
        return markup(build(report.report_of(deploy)), above=f"../{INDEX}")
    except LostwriteError as error:
        return unreadable(deploy, str(error))


def _csv(report: AuditReport, deploys: list[str]) -> str:
    """The writes of `AuditReport.writes` with what became of each, in the order of the deploys."""
    pages = pl.DataFrame(
        {"deploy": deploys, "page": [place(deploy) for deploy in deploys]},
        schema={"deploy": pl.String, "page": pl.String},
    )
    rows = (
        report.writes.rename({"id": "write", "name": "resource"})
        .with_columns(store=pl.coalesce("store", "place"))
        .join(report.followed.drop("deploy"), on="write", how="left", maintain_order="left")
        .join(pages, on="deploy", how="left", maintain_order="left")
        .with_columns(rfc3339())
        .select(_COLUMNS)
    )
    return rows.with_columns(harmless()).write_csv()
