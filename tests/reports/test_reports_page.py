"""docs/reports.md names each format, and its examples are of what is written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analyzer.reports.registry import names

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reports.md").read_text(encoding="utf-8")
GOLDEN = Path(__file__).parent / "golden_formats" / "first-route-never-written"
EXAMPLES = re.findall(r"<!-- of: (\S+) -->\n```\w+\n(.*?)\n```", PAGE, re.DOTALL)
WITH_A_PAGE = {"json"}
"""Formats that another page describes."""
WITHOUT_EXAMPLE = {"findings.ndjson", "report.txt", "page.txt"}
"""Of the page of HTML another page tells, of text the README."""


@pytest.mark.parametrize("name", names())
def test_each_format_is_in_the_table_and_has_a_section(name: str) -> None:
    assert name in WITH_A_PAGE or re.search(rf"^\| \[`{name}`\]\(#{name}\) ", PAGE, re.MULTILINE)
    assert name in WITH_A_PAGE or f"\n## `{name}`\n" in PAGE


def test_there_are_examples() -> None:
    assert {file for file, _ in EXAMPLES} == {path.name for path in GOLDEN.iterdir()} - WITHOUT_EXAMPLE


@pytest.mark.parametrize(("file", "example"), EXAMPLES)
def test_an_example_is_of_what_is_written(file: str, example: str) -> None:
    written = iter((GOLDEN / file).read_text(encoding="utf-8").splitlines())
    for line in example.splitlines():
        assert any(found.startswith(line) for found in written), line
