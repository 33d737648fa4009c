"""Hostile names come out harmless in every format: each output is read back, and is what was meant, and no more."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING

import pytest
from junitparser import JUnitXml

from analyzer.reports.clean import UNSEEN, clean
from analyzer.reports.registry import names, render
from analyzer.rules.page import DOCUMENTATION
from tests.reports.attacks import ATTACKS, attacked
from tests.reports.pages import elements, headings, links, tables, texts
from tests.reports.runner import commands

if TYPE_CHECKING:
    from analyzer.reports.report import Report

_OBEYED = re.compile(f"[\x00-\x08\x0b-\x1f{UNSEEN}\ud800-\udfff]")


@pytest.fixture(scope="module")
def report() -> Report:
    return attacked()


@pytest.fixture(scope="module")
def written(report: Report) -> dict[str, str]:
    return {name: render(report, name) for name in names()}


@pytest.mark.parametrize("name", names())
def test_no_terminal_obeys_a_character(written: dict[str, str], name: str) -> None:
    assert _OBEYED.findall(written[name]) == []


@pytest.mark.parametrize("name", [name for name in names() if name != "github"])
def test_a_job_that_prints_it_obeys_no_line(written: dict[str, str], name: str) -> None:
    assert commands(written[name]) == []


@pytest.mark.parametrize("width", [40, 60, 80, 100])
def test_no_width_of_text_puts_a_command_at_the_beginning_of_a_line(report: Report, width: int) -> None:
    assert commands(render(report, "text", width=width)) == []


def test_github_gets_annotations_alone(report: Report, written: dict[str, str]) -> None:
    found = commands(written["github"])
    assert {command.name for command in found} == {"error", "warning", "notice"}
    assert {name for command in found for name in command.properties} == {"file", "line", "title"}
    assert all(re.fullmatch(r"LW\d{3} [a-z-]+|lostwrite.*", command.properties["title"]) for command in found)
    files = {command.properties["file"] for command in found if "file" in command.properties}
    assert files <= {clean(text) for text in report.findings["source"]}


def test_json_is_what_was_found(report: Report, written: dict[str, str]) -> None:
    keys = [write["key"] for write in json.loads(written["json"])["writes"]]
    assert keys == report.writes["key"].to_list() == list(ATTACKS.values())


def test_lines_of_json_are_one_for_each_finding(report: Report, written: dict[str, str]) -> None:
    rows = [json.loads(line) for line in written["ndjson"].splitlines()]
    assert [row["message"] for row in rows] == report.findings["message"].to_list()
    assert {row["key"] for row in rows if row["write"]} <= {*ATTACKS.values()}


def test_code_quality_shows_each_finding_that_counts(report: Report, written: dict[str, str]) -> None:
    issues = json.loads(written["gitlab"])
    assert len(issues) == report.findings.filter(suppressed=False).height
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)


def test_sarif_has_each_finding_and_no_link_of_theirs(report: Report, written: dict[str, str]) -> None:
    results = json.loads(written["sarif"])["runs"][0]["results"]
    assert len(results) == report.findings.height
    for result in results:
        assert not re.search(r"(?<!\\)\[[^\]]*(?<!\\)\]\(", result["message"]["text"])
        assert not re.search(r"(?<!\{)\{\d+\}(?!\})", result["message"]["text"])
        for location in result["locations"]:
            uri = location["physicalLocation"]["artifactLocation"]["uri"]
            assert re.fullmatch(r"[A-Za-z0-9/._~!$&'()*+,;=@%-]+", uri)


def test_cells_are_one_a_column_and_no_formulas(report: Report, written: dict[str, str]) -> None:
    header, *rows = csv.reader(io.StringIO(written["csv"], newline=""), strict=True)
    assert len(rows) == report.writes.height
    assert {len(row) for row in rows} == {len(header)}
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if re.match(r"[\s\"]*[=+@-]", cell)]
    assert not [cell for cell in cells if re.search(r";\s*[=+@-]", cell)]
    assert len(written["csv"].splitlines()) == len(rows) + 1
    shown = [row[header.index("key")] for row in rows]
    assert [re.sub(r"(^|;)'([=+@-])", r"\1\2", key) for key in shown] == list(map(clean, ATTACKS.values()))


def test_junit_has_a_case_for_each_write(report: Report, written: dict[str, str]) -> None:
    read = JUnitXml.fromstring(written["junit"].encode())
    *suites, others = [[*suite] for suite in read]
    assert sum(map(len, suites)) == report.writes.height
    assert len(others) == report.findings.filter(report.findings["write"].is_null()).height
    shown = {case.name for cases in suites for case in cases}
    characters = str.maketrans("", "", "\ufffe\uffff")
    names = {f"append {clean(text)} {clean(text)}".translate(characters) for text in ATTACKS.values()}
    assert shown == {re.sub(r"\[\[(?=[A-Z]+\|)", r"\\x5b[", name) for name in names}


def test_junit_names_no_file_that_a_server_would_fetch(written: dict[str, str]) -> None:
    assert not re.search(r"\[\[\w+\|", written["junit"])
    assert "\\x5b[ATTACHMENT|/etc/passwd]]" in written["junit"]


def test_markdown_has_no_elements_but_its_own(written: dict[str, str]) -> None:
    assert set(elements(written["markdown"])) == {
        *("<details>", "</details>", "<summary>", "</summary>", "<code>", "</code>", "<span>", "</span>"),
    }


def test_markdown_links_to_the_rules_alone(written: dict[str, str]) -> None:
    found = links(written["markdown"])
    assert found
    assert all(link.startswith(f"{DOCUMENTATION}/rules/LW") for link in found)


def test_markdown_has_its_own_headings_alone(written: dict[str, str]) -> None:
    first, *others = headings(written["markdown"])
    assert first.startswith("lostwrite: 20 of 26 writes are not in place")
    assert others == [
        "Not in place",
        "What happened",
        "Cannot be judged",
        "To settle it",
        "Findings",
        "Not read, or read only in part",
    ]


def test_cells_of_markdown_show_the_names_as_they_are(report: Report, written: dict[str, str]) -> None:
    bad, *_ = tables(written["markdown"])
    keys = report.writes.filter(~report.writes["verdict"].is_in(["landed", "unverifiable"]))["key"]
    wanted = [clean(key)[:1000].strip() for key in keys]
    assert [row[3].removesuffix("…").strip() for row in bad[1:]] == wanted


def test_no_text_of_markdown_is_a_mention_or_a_reference(written: dict[str, str]) -> None:
    assert not [text for text in texts(written["markdown"]) if re.search(r"@\w|#\d|GH-\d|://|www\.", text)]
