"""docs/json.md names every member of the JSON report, with its known values; `REGOLD=1 pytest` writes the tables."""

from __future__ import annotations

import os
from pathlib import Path

from tests.reports.json_page import tables

PAGE = Path(__file__).parents[2] / "docs" / "json.md"
BEGIN = "<!-- the tables: of analyzer/reports/report-v1.schema.json -->\n"


def test_the_page_has_every_member_of_the_schema() -> None:
    policy, marker, written = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    assert marker
    if os.environ.get("REGOLD") == "1":
        written = f"\n{tables()}\n"
        PAGE.write_text(policy + marker + written, encoding="utf-8")
    assert written.strip() == tables()
