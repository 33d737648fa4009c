"""The index as HTML: the environment, the policy and the limits are those of a deploy's page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analyzer.audit.reports.page.build import build
from analyzer.reports.page.markup import allowed, environment

if TYPE_CHECKING:
    from analyzer.audit.report import AuditReport
    from analyzer.audit.trends import Trends

_FOLDER: Final = "analyzer.audit.reports.page"
_BUDGET: Final = 2_000_000
"""Bytes of the index."""
_LIMITS: Final = ((300, 2_000), (120, 2_000), (120, 500), (60, 100))
"""Characters of one value, and deploys in the table; the first that fit the budget."""


def index(report: AuditReport, trends: Trends) -> str:
    """The file. What would make it too large is cut shorter, and the page says so."""
    text = ""
    for longest, most in _LIMITS:
        template = environment(_FOLDER, longest).get_template("index.html")
        text = template.render(page=build(report, trends, most, longest), **allowed(_FOLDER, "index"))
        if len(text.encode()) <= _BUDGET:
            break
    return text


def unreadable(deploy: str, why: str) -> str:
    """The page of a deploy whose report cannot be had."""
    template = environment(_FOLDER, 1_200).get_template("unreadable.html")
    return template.render(deploy=deploy, why=why, **allowed(_FOLDER, "index"))
