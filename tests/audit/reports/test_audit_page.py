"""docs/reports.md names each format of an audit and each state, and its example is what is written."""

from __future__ import annotations

import re
from pathlib import Path

from analyzer.audit.reports.registry import names

PAGE = (Path(__file__).parents[3] / "docs" / "reports.md").read_text(encoding="utf-8")
OF_AUDITS = PAGE.partition("\n## Reports of an audit\n")[2]


def test_each_format_and_each_state_is_in_its_table() -> None:
    for name in (*names(), "open", "maybe_repaired", "healed", "doubt"):
        assert re.search(rf"^\| `{name}` \| ", OF_AUDITS, re.MULTILINE), name


def test_the_example_is_of_what_is_written() -> None:
    ((file, example),) = re.findall(r"<!-- of the audit: (\S+) -->\n```\w+\n(.*?)\n```", OF_AUDITS, re.DOTALL)
    written = (Path(__file__).parent / "golden" / file).read_text(encoding="utf-8")
    assert written.startswith(f"{example}\n")
