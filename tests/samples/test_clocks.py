"""The samples with logs of a wrong clock: the verdicts of a right one, or doubt, and never another sure verdict."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from analyzer.api import check

if TYPE_CHECKING:
    from analyzer.reports.report import Report

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
NAMES = sorted(
    {path.relative_to(SAMPLES).parts[0] for path in SAMPLES.glob("*/deploy/**/eventlog.json")}
    - {"clock-behind", "rerun-nearby"}
)
"""Samples whose logs have a right clock."""
SHIFTS = (-600, -90, -30, 30, 90, 600)
SEEN_BY_A_LISTING = ("lost", "mismatched")
"""A listing shows the same loss without a clock, but not that the write had landed before."""
DOUBTS = {
    "clocks_differ",
    "rivals",
    "other_writer",
    "contested",
    "not_covered",
    "chain_not_closed",
    "trail_gap",
    "trail_too_early",
    "data_events_off",
    "maybe_nothing",
    "lost_update",  # one of several was lost: by a clock that is less exact, nothing shows which
}
"""Why a verdict may be open where the clock is wrong."""


@pytest.fixture(scope="module")
def right_clock() -> dict[str, Report]:
    return {name: checked(SAMPLES / name, SAMPLES / name) for name in NAMES}


def checked(logs: Path, sample: Path) -> Report:
    """What the command of a sample reports of the logs in `logs`."""
    words = shlex.split((sample / "command").read_text())
    keys = [sample / words[words.index("--keys") + 1]] if "--keys" in words else []
    return check([logs / "deploy"], trail=[sample / "trail"], keys=keys)


def shifted(name: str, seconds: int, folder: Path) -> Path:
    """A copy of the sample's logs whose clock is `seconds` ahead."""
    shutil.copytree(SAMPLES / name / "deploy", folder / "deploy")
    for log in folder.glob("deploy/**/eventlog.json"):
        events = [json.loads(line) for line in log.read_text().splitlines()]
        for event in events:
            event["timestamp"] += seconds
        log.write_text("".join(f"{json.dumps(event)}\n" for event in events))
    return folder


@pytest.mark.parametrize("seconds", SHIFTS)
@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_clock_leaves_each_verdict_or_leads_to_doubt(
    name: str, seconds: int, tmp_path: Path, right_clock: dict[str, Report]
) -> None:
    report = checked(shifted(name, seconds, tmp_path), SAMPLES / name)
    notes = " ".join(note for note in report.alignments["note"] if note is not None)
    right = right_clock[name].writes
    assert report.writes["key"].to_list() == right["key"].to_list()
    pairs = zip(
        right["verdict"], report.writes["verdict"], report.writes["cause"], report.writes["key"], strict=True
    )
    for expected, verdict, cause, key in pairs:
        if verdict != expected and (expected, verdict) != SEEN_BY_A_LISTING:
            assert verdict == "unverifiable", key
            assert cause in DOUBTS, key
            assert notes, key
    for offsets in report.alignments.filter(state="aligned")["offsets"]:
        assert all(offset["low"] <= seconds <= offset["high"] for offset in offsets)
