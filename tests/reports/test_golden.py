"""Whole outputs, compared with files that were read line by line; `REGOLD=1 pytest` writes them anew, to be read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from analyzer.reports.registry import render
from tests.reports import examples

GOLDEN = Path(__file__).parent / "golden"
CASES = [
    ("dropped", "text", 100),
    ("dropped", "text", 60),
    ("dropped", "text", 80),
    ("dropped", "text", 120),
    ("dropped", "json", 100),
    ("in_doubt", "text", 100),
    ("in_doubt", "json", 100),
    ("hostile", "text", 100),
    ("hostile", "json", 100),
    ("healthy", "text", 100),
    ("two_deploys", "text", 100),
    ("in_question", "text", 100),
    ("in_question", "json", 100),
    ("nothing_found", "text", 100),
    ("nothing_found", "json", 100),
]


@pytest.mark.parametrize(("example", "form", "width"), CASES)
def test_output_is_the_golden_one(example: str, form: str, width: int) -> None:
    report = getattr(examples, example)()
    text = render(report, form, width=width)
    golden = GOLDEN / (f"{example}-{width}.txt" if form == "text" else f"{example}.json")
    if os.environ.get("REGOLD") == "1":
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_every_golden_file_belongs_to_a_case() -> None:
    wanted = {f"{name}-{width}.txt" if form == "text" else f"{name}.json" for name, form, width in CASES}
    assert {path.name for path in GOLDEN.iterdir()} == wanted
