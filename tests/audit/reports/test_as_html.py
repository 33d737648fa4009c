"""The folder of an audit: which files it has, in which order, and what is in `writes.csv`."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING

import polars as pl
import pytest

from analyzer.audit.reports.as_html import count, files
from analyzer.audit.reports.page import build
from analyzer.audit.reports.page.places import place
from analyzer.audit.trends import trends
from analyzer.errors import InputError
from tests.audit.made import audit, nothing
from tests.audit.reports.page.histories import hostile
from tests.reports.attacks import ATTACKS
from tests.reports.page.pages import Reader

if TYPE_CHECKING:
    from analyzer.audit.report import AuditReport
    from analyzer.reports.report import Report

LOST = ("d02", "d04", "d05", "d06", "d09", "d10", "d11", "d12")
"""The deploys that lost a write or are in doubt, in the order of time."""


def made(report: AuditReport) -> dict[str, bytes]:
    return dict(files(report, trends(report)))


def table(of: dict[str, bytes]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(of["writes.csv"].decode())))


def test_each_deploy_that_lost_a_write_has_a_page_and_the_index_comes_last() -> None:
    assert list(made(audit())) == [*(place(name) for name in LOST), "writes.csv", "index.html"]


@pytest.mark.parametrize(("severity", "there"), [("error", True), ("warning", False), ("note", False)])
def test_a_deploy_that_lost_nothing_has_a_page_where_an_error_was_found(severity: str, there: bool) -> None:
    report = audit()
    one = report.findings.head(1).with_columns(
        deploy=pl.lit("d08"), write=pl.lit(None, pl.String), severity=pl.lit(severity)
    )
    found = made(replace(report, findings=pl.concat([report.findings, one])))
    assert (place("d08") in found) == there
    assert (place("d08").encode() in found["index.html"]) == there


def test_of_many_deploys_the_open_ones_have_pages_and_the_index_says_how_many_have_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Those of d06, d09, d10 and d12 are open: the made audit says so."""
    monkeypatch.setattr(build, "PAGES", 4)
    found = made(audit())
    assert list(found) == [
        *(place(name) for name in ("d06", "d09", "d10", "d12")),
        "writes.csv",
        "index.html",
    ]
    index = found["index.html"].decode()
    assert "4 deploys of these have no page: 4 are made at most" in Reader(index).text
    links = {attributes.get("href") or "" for _, attributes in Reader(index).elements}
    assert {link for link in links if link and not link.startswith("#")} == set(found) - {"index.html"}
    pages = {row["deploy"]: row["page"] for row in table(found)}
    assert pages["d06"] == place("d06")
    assert pages["d02"] == ""


def test_it_is_known_before_how_many_files_there_will_be() -> None:
    for report in (audit(), nothing()):
        assert count(report) == len(made(report))


def test_pages_are_made_one_by_one() -> None:
    asked: list[str] = []
    report = audit()

    def report_of(deploy: str) -> Report:
        asked.append(deploy)
        return report.report_of(deploy)

    coming = files(replace(report, report_of=report_of), trends(report))
    next(coming)
    assert asked == ["d02"]


def test_a_page_leads_back_to_the_index_and_every_link_of_the_index_to_a_file() -> None:
    found = made(audit())
    assert b'<a href="../index.html">All deploys of the audit</a>' in found[place("d02")]
    links = {attributes.get("href") or "" for _, attributes in Reader(found["index.html"].decode()).elements}
    assert {link for link in links if link and not link.startswith("#")} == set(found) - {"index.html"}


def test_a_deploy_whose_report_cannot_be_had_has_a_page_that_says_why() -> None:
    def refuse(_: str) -> Report:
        raise InputError("calls/<b>x</b>.parquet", "is damaged")

    found = made(audit(report_of=refuse))
    page = found[place("d02")].decode()
    assert "calls/<b>x</b>.parquet: is damaged" in Reader(page).text
    assert "default-src" in page
    assert len(found) == len(LOST) + 2


def test_a_defect_of_our_own_is_not_hidden_in_a_page() -> None:
    with pytest.raises(ZeroDivisionError):
        made(audit(report_of=lambda _: SimpleNamespace(writes=1 // 0)))


def test_the_csv_has_each_write_with_what_became_of_it() -> None:
    rows = {row["write"]: row for row in table(made(audit()))}
    assert len(rows) == 11
    assert rows["d02:1"]["state"] == "healed"
    assert rows["d02:1"]["missing_until"] == "2026-02-18T08:11:02Z"
    assert rows["d02:1"]["page"] == place("d02")
    assert rows["d11:2"]["verdict"] == "unverifiable"
    assert rows["d07:1"]["verdict"] == "landed"
    assert rows["d07:1"]["page"] == ""


def test_no_cell_of_the_csv_is_a_formula_or_breaks_its_line() -> None:
    rows = table(made(hostile()))
    assert len(rows) == len(ATTACKS)
    for row in rows:
        for cell in row.values():
            assert not cell.lstrip(' "').startswith(("=", "+", "-", "@", "\t", "\r"))
            assert "\n" not in cell


def test_an_audit_of_nothing_has_an_index_and_an_empty_table() -> None:
    assert list(made(nothing())) == ["writes.csv", "index.html"]
    assert table(made(nothing())) == []
