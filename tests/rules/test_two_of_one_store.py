"""LW203 and LW205: two components of one namespace, two deploys of one store, and when that is no harm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.reports.made import DEPLOY, write
from tests.rules import example_files
from tests.rules.example import Section
from tests.rules.reasons import made, told

if TYPE_CHECKING:
    from pathlib import Path

FIRST = "create WebKvKeys 2ecd: metadata={}"
GONE = "delete WebKvKeys 2ecd: metadata={}"
OTHER = "create SiteKvKeys 2ecd: metadata={}"


@pytest.mark.parametrize(
    ("logs", "count"),
    [
        ([f"10:00:30-31 {FIRST}", f"10:20:30-31 {OTHER}"], 1),
        (
            [f"10:00:30-31 {FIRST}", f"10:20:30-31 {OTHER}", f"10:40:30-31 {GONE}"],
            1,
        ),  # it took the other's keys
        ([f"10:00:30-31 {GONE}", f"10:20:30-31 {OTHER}"], 0),  # it was gone before
        ([f"10:00:30-31 {OTHER}\n10:00:33-34 {GONE}"], 0),  # renamed: LW212 has the error
        ([f"10:00:30-31 {FIRST}", f"10:20:30-31 {OTHER}\n10:20:33-34 {GONE}"], 0),
        ([f"10:00:30-31 {FIRST.replace('create', 'same')}", f"09:00:30-31 {OTHER}"], 1),
    ],
)
def test_components_collide_only_while_both_are_there(
    logs: list[str], count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    sections = [Section("Log", "shop/prod", tuple(log.split("\n"))) for log in logs]
    findings = example_files.run(sections, tmp_path).findings
    assert findings["code"].to_list().count("LW203") == count


@pytest.mark.parametrize(
    ("verdicts", "severity"),
    [
        (("landed", "landed"), "note"),
        (("landed", "lost"), "warning"),
        (("unverifiable", "landed"), "warning"),
    ],
)
def test_deploys_that_overlap_and_did_no_harm_are_a_note(verdicts: tuple[str, str], severity: str) -> None:
    one, two = verdicts
    both = [write(1, verdict=one), write(2, verdict=two, deploy="d2")]
    found = told("LW205", made(both, deploys=[DEPLOY, DEPLOY | {"id": "d2"}]))
    assert [row[0] for row in found] == [severity]
