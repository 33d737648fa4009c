"""The report as one HTML page for a post-mortem, self-contained: docs/page.md says what is on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.reports.page.build import build
from analyzer.reports.page.markup import markup

if TYPE_CHECKING:
    from analyzer.reports.report import Report

NAME = "html"


def render(report: Report, *, width: int, color: bool) -> str:  # noqa: ARG001 - a page has its own width and colours
    """The page: the same report gives the same bytes."""
    return markup(build(report))
