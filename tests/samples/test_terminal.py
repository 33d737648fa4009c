"""The samples again, from what SST's terminal showed of their deploys: less is known, and nothing is known wrongly."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from analyzer.api import check
from tests.logs.sst_output import terminal_of

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
VERSIONS = {
    "data-events-off": "4.17.0",
    "denied-and-swallowed": "3.17.10",
    "failed-read-taken-for-success": "4.14.3",
    "first-route-never-written": "3.10.0",
    "healthy": "4.17.0",
    "missing-route-by-listing": "3.11.1",
    "precondition-recovered": "3.17.10",
    "racing-routes": "3.11.1",
    "trail-with-a-gap": "4.12.3",
}
SAME = ("precondition-recovered",)
"""Where the text tells as much as the events: one operation of each resource, and its calls."""


def verdicts(name: str, log: Path, since: float, until: float) -> set[tuple[str, str]]:
    window = [datetime.fromtimestamp(moment, UTC) for moment in (since, until)]
    report = check([log], trail=[SAMPLES / name / "trail"], since=window[0], until=window[1])
    return set(report.writes.select("name", "verdict").rows())


@pytest.mark.parametrize("name", VERSIONS)
def test_verdicts_from_the_terminal(name: str, tmp_path: Path) -> None:
    events = [
        json.loads(line) for line in (SAMPLES / name / "deploy" / "eventlog.json").read_text().splitlines()
    ]
    log = tmp_path / "terminal.log"
    log.write_text(terminal_of(events, VERSIONS[name]))
    found = verdicts(name, log, events[0]["timestamp"], events[-1]["timestamp"])
    expected = {
        (write["resource"]["name"], write["verdict"])
        for write in json.loads((SAMPLES / name / "expected.json").read_text())["writes"]
    }
    assert {resource for resource, _ in found} >= {resource for resource, _ in expected}
    if name in SAME:
        assert found == expected
    for resource, verdict in found:
        exact = {said for other, said in expected if other == resource}
        if verdict == "dropped":
            assert "dropped" in exact or "errored" in exact
        if verdict == "landed":
            assert not exact & {"dropped", "errored"}


def test_text_without_any_time_names_the_run_and_leans_to_what_it_shows() -> None:
    """`console-lines-only` without its window: one run wrote its namespace, and none wrote the list of routes."""
    sample = SAMPLES / "console-lines-only"
    report = check([sample / "deploy"], trail=[sample / "trail"])
    by_key = {
        key: rest for key, *rest in report.writes.select("key", "verdict", "leaning", "confidence").rows()
    }
    assert by_key == {
        "8fe6:*": ["landed", None, "low"],
        "*:routes": ["unverifiable", "dropped", "low"],
    }
    assert "2025-03-21 09:14:36" in report.alignments["note"].item()
    assert "LW109" in report.findings["code"].to_list()
