"""LW401 to LW404: the health of a deploy, by its log alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from analyzer import check
from tests.rules.logs_alone import findings, rows

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """
        | SST {version}  ready!
        |
        | ➜  App:        shop
        |    Stage:      prod
        |
        | ~  Deploy
        |
"""
ERROR = "        | |  Error       Site sst:aws:Astro → SiteAssetFiles sst:aws:BucketFiles\n        | Access Denied\n"
ALL = ("LW401", "LW402", "LW403", "LW404")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def sst(body: str, end: str, version: str = "4.3.0") -> str:
    return f"{HEAD.format(version=version)}{body}        |\n        | {end}\n"


def test_an_error_in_a_log_that_ends_well_is_told(tmp_path: Path) -> None:
    told = "The end of the deploy says that it succeeded, and its log has an error: Access Denied"
    assert findings(sst(ERROR, "✓  Complete"), tmp_path, *ALL, title="") == [("warning", "high", told, 8)]
    assert findings(sst(ERROR, "✕  Failed"), tmp_path, *ALL, title="") == []


def test_a_deploy_that_failed_or_that_went_well_has_no_finding(tmp_path: Path) -> None:
    bucket = "15:40:30-31 create aws:s3/bucket:Bucket Assets {}"
    assert findings(bucket, tmp_path, *ALL) == []
    assert findings(f"{bucket} fails: no way", tmp_path, *ALL) == []


@pytest.mark.parametrize(
    ("version", "confidence", "words"),
    [
        ("4.3.0", "high", "The deploy was interrupted: ✕  Interrupted"),
        ("4.1.2", "low", "SST before 4.1.3 may say so of one that completed: ✕  Interrupted"),
    ],
)
def test_an_interruption_counts_for_less_where_sst_may_have_erred(
    version: str, confidence: str, words: str, tmp_path: Path
) -> None:
    created = "        | |  Created     Site sst:aws:Astro → SiteKvKeys sst:aws:KvKeys\n"
    (found,) = findings(sst(created, "✕  Interrupted", version), tmp_path, *ALL, title="")
    assert found[:2] == ("warning", confidence)
    assert words in found[2]


def test_a_cancelled_update_is_told_with_its_line(tmp_path: Path) -> None:
    log = "15:40:30-31 create aws:s3/bucket:Bucket Assets {}\n15:40:32 error: update canceled"
    assert findings(log, tmp_path, *ALL) == [
        ("warning", "high", "The deploy was interrupted: update canceled", 4)
    ]


CUT = "15:40:30-31 create aws:s3/bucket:Bucket Assets {}\nthe log stops"


def test_an_event_log_without_its_end_is_a_warning_of_low_confidence(tmp_path: Path) -> None:
    (found,) = findings(CUT, tmp_path, *ALL)
    assert (found[:2], found[3]) == (("warning", "low"), 3)
    assert found[2].startswith("The event log stops without the engine's summary: ")


def test_an_excerpt_of_an_event_log_is_no_deploy_that_was_cut_off(tmp_path: Path) -> None:
    findings(CUT, tmp_path)
    log = tmp_path / "eventlog.json"
    log.write_text("".join(log.read_text().splitlines(keepends=True)[1:]))
    assert rows(check([log]).findings, *ALL) == []


def test_an_update_that_sst_found_clean_was_ended_by_a_signal_where_its_log_stops(tmp_path: Path) -> None:
    findings(CUT, tmp_path, title="shop/prod, SST 4.3.0")
    (note,) = tmp_path.glob("update/**/*.json")
    note.write_text(json.dumps(json.loads(note.read_text()) | {"timeCompleted": "2025-03-20T15:41:00Z"}))
    (found,) = rows(check([tmp_path]).findings, *ALL)
    assert found[:2] == ("warning", "high")
    assert found[2].endswith("errors: a signal ended Pulumi.")


def test_warnings_are_one_finding_a_deploy_with_the_first_of_them(tmp_path: Path) -> None:
    lines = [f"15:40:3{number} warning: w{number % 5}" for number in range(9)]  # four are said again
    told = "The log has 5 warnings: w0 | w1 | w2 | and 2 more"
    assert findings("\n".join(lines), tmp_path, *ALL) == [("note", "high", told, 2)]


def test_pending_operations_are_named_and_are_no_other_warning(tmp_path: Path) -> None:
    said = "Attempting to deploy or update resources with 1 pending operations from previous deployment."
    log = f"15:40:30 warning: {said} * urn:pulumi:prod::shop::a:b:C::SiteKvKeys, interrupted while creating"
    told = "An operation of an earlier deploy is pending: SiteKvKeys (creating)."
    assert findings(log, tmp_path, *ALL) == [("warning", "high", told, 2)]


def test_each_pending_operation_of_a_list_counts(tmp_path: Path) -> None:
    urns = [f"urn:pulumi:prod::shop::a:b:C::R{number}" for number in range(4)]
    listed = "".join(f"\n  * {urn}, interrupted while updating" for urn in urns)
    message = f"Attempting to deploy or update resources with 4 pending operations from previous deployment.{listed}"
    events: list[dict[str, object]] = [
        {"preludeEvent": {"config": {}}},
        {"diagnosticEvent": {"message": message, "severity": "warning"}},
        {"resOutputsEvent": {"metadata": {"op": "same", "urn": urns[0], "type": "a:b:C"}}},
        {"summaryEvent": {"durationSeconds": 1, "result": "succeeded"}},
    ]
    log = tmp_path / "eventlog.json"
    log.write_text(
        "".join(
            json.dumps({"sequence": n, "timestamp": 1742485230, **e}) + "\n" for n, e in enumerate(events)
        )
    )
    told = "4 operations of an earlier deploy are pending: R0 (updating), R1 (updating), R2 (updating) and 1 more."
    assert rows(check([log]).findings, *ALL) == [("warning", "high", told, 2)]


def test_pending_operations_of_a_state_are_told(tmp_path: Path) -> None:
    pending = [{"resource": {"urn": "urn:pulumi:prod::shop::a:b:C::SiteKvKeys"}, "type": "creating"}]
    latest = {"manifest": {"time": "2025-03-20T15:40:00Z"}, "resources": [], "pending_operations": pending}
    state = tmp_path / "state.json"
    state.write_text(
        json.dumps({"version": 3, "checkpoint": {"stack": "organization/shop/prod", "latest": latest}})
    )
    told = "An operation of an earlier deploy is pending: SiteKvKeys (creating)."
    assert [row[:3] for row in rows(check([state]).findings, *ALL)] == [("warning", "high", told)]


CREATED = "        | |  Created     Site sst:aws:Astro → SiteKvKeys sst:aws:KvKeys\n"
STOPS = "The log stops before it says how the deploy ended: the deploy was cut off, or the log is not whole."


def test_text_that_stops_before_the_deploy_ends_is_told(tmp_path: Path) -> None:
    """A cancelled job, a lost runner, a killed shell: none of them prints an end."""
    told = findings(f"{HEAD.format(version='4.3.0')}{CREATED}", tmp_path, *ALL, title="")
    assert told == [("warning", "low", STOPS, 8)]


@pytest.mark.parametrize(
    "log",
    [
        sst(CREATED, "✓  Complete"),
        sst(CREATED, "✕  Failed"),
        sst(CREATED, "✓  Complete").replace("✓  Complete", "✓  Complete    \n        | Error: later"),
        HEAD.format(version="4.3.0"),  # it may have begun a moment ago
        CREATED,  # an excerpt: it does not show the beginning, either
        f"{HEAD.format(version='4.3.0')}{CREATED}".replace("~  Deploy", "~  Diff"),
    ],
)
def test_text_that_ends_or_never_began_does_not_stop_early(log: str, tmp_path: Path) -> None:
    assert [row[2] for row in findings(log, tmp_path, "LW402", title="")] == []
