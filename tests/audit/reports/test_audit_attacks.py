"""Hostile names come out harmless in every format of an audit: each is read back, is what was meant, and no more."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING

import pytest

from analyzer.audit.reports.registry import names, render
from analyzer.reports.clean import UNSEEN, clean
from tests.audit.attacked import TEXTS, attacked
from tests.reports.pages import elements, headings, links, texts
from tests.reports.runner import commands

if TYPE_CHECKING:
    from analyzer.audit.report import AuditReport

_OBEYED = re.compile(f"[\x00-\x08\x0b-\x1f{UNSEEN}\ud800-\udfff]")
FORMATS = ("csv", "json", "markdown", "ndjson", "sarif", "text")


@pytest.fixture(scope="module")
def report() -> AuditReport:
    return attacked()


@pytest.fixture(scope="module")
def written(report: AuditReport) -> dict[str, str]:
    return {name: render(report, name) for name in FORMATS}


def test_each_format_is_attacked() -> None:
    """The folder of HTML by `test_as_html.py`."""
    assert {*FORMATS, "html"} == {*names()}


@pytest.mark.parametrize("name", FORMATS)
def test_no_terminal_and_no_job_obeys_it(written: dict[str, str], name: str) -> None:
    assert _OBEYED.findall(written[name]) == []
    assert commands(written[name]) == []


@pytest.mark.parametrize(("width", "verbosity"), [(40, 0), (60, -1), (80, 1), (120, 0)])
def test_no_width_of_text_puts_a_command_at_the_beginning_of_a_line(
    report: AuditReport, width: int, verbosity: int
) -> None:
    text = render(report, "text", width=width, verbosity=verbosity, color=False)
    assert commands(text) == []
    assert _OBEYED.findall(text) == []


def test_json_is_what_was_found(report: AuditReport, written: dict[str, str]) -> None:
    assert [write["key"] for write in json.loads(written["json"])["writes"]] == TEXTS
    rows = [json.loads(line) for line in written["ndjson"].splitlines()]
    assert [row["message"] for row in rows] == report.findings["message"].to_list()
    results = json.loads(written["sarif"])["runs"][0]["results"]
    assert len(results) == len(TEXTS)
    for result in results:
        assert not re.search(r"(?<!\\)\[[^\]]*(?<!\\)\]\(", result["message"]["text"])


def test_cells_are_one_a_column_and_no_formulas(written: dict[str, str]) -> None:
    header, *rows = csv.reader(io.StringIO(written["csv"], newline=""), strict=True)
    assert {len(row) for row in rows} == {len(header)}
    assert len(written["csv"].splitlines()) == len(rows) + 1 == len(TEXTS) + 1
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if re.match(r"[\s\"]*[=+@-]", cell) or re.search(r";\s*[=+@-]", cell)]
    shown = [re.sub(r"(^|;)'([=+@-])", r"\1\2", row[header.index("key")]) for row in rows]
    assert shown == list(map(clean, TEXTS))


def test_markdown_has_no_elements_links_or_headings_but_its_own(written: dict[str, str]) -> None:
    page = written["markdown"]
    assert set(elements(page)) <= {"<code>", "</code>", "<span>", "</span>"}
    assert links(page) == []
    assert not [text for text in texts(page) if re.search(r"@\w|#\d|GH-\d|://|www\.", text)]
    first, *others = headings(page)
    assert first.startswith("lostwrite audit: ")
    assert set(others) <= {
        "Open now, the oldest first",
        "To put it right",
        "Perhaps put right: look before you write",
        "In doubt, by cause",
        "By month of the deploy",
        "By version",
        "Versions to leave",
        "Worst stores",
        "Since the earlier audit",
        "Not read, or read only in part",
    }


def test_markdown_has_its_limit_and_says_what_it_leaves_out(written: dict[str, str]) -> None:
    assert len(written["markdown"]) <= 65_536


def test_a_command_that_is_none_of_this_program_is_not_shown(written: dict[str, str]) -> None:
    """A catalogue is a folder that somebody else may have written."""
    told = "the catalogue's command has characters that no command of this program has: it is not shown"
    for name in ("text", "markdown"):
        assert told in " ".join(written[name].replace("\\", "").split())
