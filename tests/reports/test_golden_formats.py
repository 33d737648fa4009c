"""Each sample in each format for machines, compared with files that were read line by line.

`REGOLD=1 pytest tests/reports/test_golden_formats.py` writes them anew, to be read. So that they stay short, they lack
what has tests of its own: the pages of rules in SARIF, and the commands in Markdown.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from analyzer.reports.registry import render
from analyzer.version import VERSION
from tests.effort import some
from tests.reports.of_samples import NAMES, report_of

GOLDEN = Path(__file__).parent / "golden_formats"
FORMATS = {
    "github": "github.txt",
    "markdown": "summary.md",
    "sarif": "sarif.json",
    "junit": "junit.xml",
    "gitlab": "gitlab.json",
    "ndjson": "findings.ndjson",
    "csv": "writes.csv",
}
_FENCED = re.compile(r"(?<=^```sh\n)(.*?)(?=\n```$)", re.DOTALL | re.MULTILINE)


def _shortened(text: str, form: str) -> str:
    text = text.replace(VERSION, "VERSION")
    if form == "markdown":
        return _FENCED.sub(_first_line, text)
    if form != "sarif":
        return text
    log = json.loads(text)
    for rule in log["runs"][0]["tool"]["driver"]["rules"]:
        del rule["help"], rule["fullDescription"]
    return json.dumps(log, indent=1, ensure_ascii=False) + "\n"


def _first_line(found: re.Match[str]) -> str:
    first, *others = found[0].split("\n")
    return f"{first}\n... and {len(others)} more lines" if others else first


@pytest.mark.parametrize("name", NAMES if os.environ.get("REGOLD") == "1" else some(NAMES, of=2))
def test_outputs_are_the_golden_ones(name: str) -> None:
    for form, file in FORMATS.items():
        text = _shortened(render(report_of(name), form), form)
        golden = GOLDEN / name / file
        if os.environ.get("REGOLD") == "1":
            golden.parent.mkdir(parents=True, exist_ok=True)
            golden.write_text(text, encoding="utf-8")
        assert text == golden.read_text(encoding="utf-8"), file


def test_every_golden_file_belongs_to_a_sample_and_a_format() -> None:
    wanted = {f"{name}/{file}" for name in NAMES for file in FORMATS.values()}
    assert {path.relative_to(GOLDEN).as_posix() for path in GOLDEN.rglob("*.*")} == wanted
