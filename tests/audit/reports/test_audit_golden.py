"""Whole reports of the made audit, compared with files that were read; `REGOLD=1 pytest` writes new ones to read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from analyzer.audit.reports.registry import render
from tests.audit.made import audit

GOLDEN = Path(__file__).parent / "golden"
CASES = [
    ("text", 60, "audit-60.txt"),
    ("text", 80, "audit-80.txt"),
    ("text", 120, "audit-120.txt"),
    ("json", 100, "audit.json"),
    ("csv", 100, "audit.csv"),
    ("markdown", 100, "audit.md"),
    ("ndjson", 100, "audit.ndjson"),
]


@pytest.mark.parametrize(("form", "width", "name"), CASES)
def test_output_is_the_golden_one(form: str, width: int, name: str) -> None:
    text, golden = render(audit(), form, width=width), GOLDEN / name
    if os.environ.get("REGOLD") == "1":
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")
    assert text == render(audit(), form, width=width), "the same audit gives the same text"
