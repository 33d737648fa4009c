"""The samples with logs of a wrong clock: the verdicts of a right one, or doubt that names how far it is off."""

from __future__ import annotations

import json
import shlex
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from analyzer.api import check
from analyzer.reports.as_text import render
from tests.effort import combinations

if TYPE_CHECKING:
    from analyzer.reports.report import Report

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
NAMES = sorted(
    {path.relative_to(SAMPLES).parts[0] for path in SAMPLES.glob("*/deploy/**/eventlog.json")}
    - {"rerun-nearby"}
)
"""Samples of which it is known how far their logs' clocks are off."""
OWN = {"clock-behind": -90}
"""How far these are off already; the others not at all."""
SHIFTS = (-600, -90, -30, 30, 90, 600)
SEEN_BY_A_LISTING = ("lost", "mismatched")
"""A listing shows the same loss without a clock, but not that the write had landed before."""


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


def named(seconds: int) -> str:
    """How a report says that a log's clock is `seconds` ahead of CloudTrail's, or that it may be."""
    size = abs(seconds)
    said = f"{size} s" if size < 120 else f"{size // 60} min {size % 60} s"
    return f"{said} {'ahead' if seconds > 0 else 'behind'}"


@pytest.mark.parametrize(("name", "seconds"), combinations(NAMES, SHIFTS, each=1))
def test_a_wrong_clock_leaves_each_verdict_or_leads_to_doubt_that_names_the_offset(
    name: str, seconds: int, tmp_path: Path, right_clock: dict[str, Report]
) -> None:
    report = checked(shifted(name, seconds, tmp_path), SAMPLES / name)
    off = seconds + OWN.get(name, 0)
    clocks = {row["deploy"]: row for row in report.alignments.iter_rows(named=True)}
    text = " ".join(render(report, width=200, color=False).split())
    for right, found in zip(
        right_clock[name].writes.iter_rows(named=True), report.writes.iter_rows(named=True), strict=True
    ):
        key = found["key"]
        assert key == right["key"]
        if found["verdict"] == right["verdict"]:
            assert found["verdict"] == "unverifiable" or found["cause"] in (right["cause"], None), key
            continue
        clock = clocks[found["deploy"]]
        if (right["verdict"], found["verdict"]) != SEEN_BY_A_LISTING:
            assert found["verdict"] == "unverifiable", key
        assert named(off) in str(clock["note"]), key
        assert " ".join(str(clock["note"]).split()) in text, key
    for offsets in report.alignments.filter(state="aligned")["offsets"]:
        assert all(offset["low"] <= off <= offset["high"] for offset in offsets)


@pytest.mark.parametrize("seconds", SHIFTS[::3])
def test_of_two_runs_that_fit_a_log_alike_both_offsets_are_named(seconds: int, tmp_path: Path) -> None:
    sample = SAMPLES / "rerun-nearby"
    report = checked(shifted("rerun-nearby", seconds, tmp_path), sample)
    assert set(report.writes["verdict"]) == {"unverifiable"}
    (note,) = report.alignments["note"]
    assert all(named(seconds + off) in note for off in (-120, 120))


def test_a_window_tells_which_of_two_runs_a_log_is_of() -> None:
    """Landed by a person's word for it: with low confidence, and only in the run that was named."""
    sample = SAMPLES / "rerun-nearby"
    for minute, key in ((11, "ahead"), (15, "behind")):
        window = (
            datetime(2025, 8, 12, 8, minute, 0, tzinfo=UTC),
            datetime(2025, 8, 12, 8, minute, 30, tzinfo=UTC),
        )
        report = check([sample / "deploy"], trail=[sample / "trail"], since=window[0], until=window[1])
        assert set(report.writes.select("verdict", "confidence").rows()) == {("landed", "low")}
        assert f"The log's clock is 2 min 0 s {key}" in report.alignments["note"][0]
