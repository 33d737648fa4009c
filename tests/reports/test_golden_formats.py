"""Each sample in each format, compared with files that were read line by line; of JSON that is its `expected.json`.

`REGOLD=1 pytest tests/reports/test_golden_formats.py` writes them anew, to be read. So that they stay short, they lack
what has tests of its own: the pages of rules in SARIF, the commands but for their first lines, and of HTML all but the
text that a reader finds.
"""

from __future__ import annotations

import json
import os
import re
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from analyzer.reports.registry import names, render
from analyzer.version import VERSION
from tests.effort import some
from tests.reports.of_samples import NAMES, report_of
from tests.reports.page.pages import Reader

if TYPE_CHECKING:
    from collections.abc import Iterable

GOLDEN = Path(__file__).parent / "golden_formats"
FORMATS = {
    "text": "report.txt",
    "github": "github.txt",
    "markdown": "summary.md",
    "sarif": "sarif.json",
    "junit": "junit.xml",
    "gitlab": "gitlab.json",
    "ndjson": "findings.ndjson",
    "csv": "writes.csv",
    "html": "page.txt",
}
_FENCED = re.compile(r"(?<=^```sh\n)(.*?)(?=\n```$)", re.DOTALL | re.MULTILINE)


def _shortened(text: str, form: str, commands: Iterable[str]) -> str:
    text = text.replace(VERSION, "VERSION")
    match form:
        case "markdown":
            return _FENCED.sub(lambda found: _first_line(found[0]), text)
        case "sarif":
            log = json.loads(text)
            for rule in log["runs"][0]["tool"]["driver"]["rules"]:
                del rule["help"], rule["fullDescription"]
            return json.dumps(log, indent=1, ensure_ascii=False) + "\n"
        case "html":
            text = "\n".join(Reader(text).lines) + "\n"
    for command in commands:
        text = text.replace(command, _first_line(command))
    return text


def _first_line(command: str) -> str:
    first, *others = command.split("\n")
    return f"{first}\n... and {len(others)} more lines" if others else first


def test_each_format_has_golden_files() -> None:
    assert {*FORMATS, "json"} == {*names()}
    found = {(folder.name, file.name) for folder in GOLDEN.iterdir() for file in folder.iterdir()}
    assert found == set(product(NAMES, FORMATS.values()))


@pytest.mark.parametrize("name", NAMES if os.environ.get("REGOLD") == "1" else some(NAMES, of=2))
def test_outputs_are_the_golden_ones(name: str) -> None:
    report = report_of(name)
    commands = {*report.writes["remedy"].drop_nulls(), *report.stores["remedy"].drop_nulls()}
    for form, file in FORMATS.items():
        text = _shortened(render(report, form), form, commands)
        golden = GOLDEN / name / file
        if os.environ.get("REGOLD") == "1":
            golden.parent.mkdir(parents=True, exist_ok=True)
            golden.write_text(text, encoding="utf-8")
        assert text == golden.read_text(encoding="utf-8"), file


def test_every_golden_file_belongs_to_a_sample_and_a_format() -> None:
    wanted = {f"{name}/{file}" for name in NAMES for file in FORMATS.values()}
    assert {path.relative_to(GOLDEN).as_posix() for path in GOLDEN.rglob("*.*")} == wanted
