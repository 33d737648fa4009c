"""The library gives the same answer as the command, and joins what belongs together."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import analyzer
from analyzer import InputError, check, parse_log, render, scan_logs, scan_trail
from analyzer.tables import CALLS, EVENTS

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "samples" / "first-route-never-written"
LOG, TRAIL = SAMPLE / "deploy" / "eventlog.json", SAMPLE / "trail"

# What pulumi prints of the same deploy as the sample's event log.
TEXT = """Updating (prod):

    pulumi:pulumi:Stack shop-prod running Building kv namespace for RouterRoute/
    pulumi:pulumi:Stack shop-prod running entry: site,d119,,/
 +  pulumi-nodejs:dynamic:Resource RouterRoute/KvKeys.sst.aws.KvKeys creating (0s)
 +  pulumi-nodejs:dynamic:Resource RouterRoute/KvKeys.sst.aws.KvKeys created (1s)
 +  pulumi-nodejs:dynamic:Resource RouterRoute/RoutesUpdate.sst.aws.KvRoutesUpdate creating (0s)
 +  pulumi-nodejs:dynamic:Resource RouterRoute/RoutesUpdate.sst.aws.KvRoutesUpdate created (0.51s)
Resources:
    + 2 created

Duration: 19s
"""


def test_the_library_and_the_command_agree() -> None:
    report = check([LOG], trail=[TRAIL])
    run = subprocess.run(
        [sys.executable, "-m", "analyzer", "check", str(LOG), "--trail", str(TRAIL), "--format", "json"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert run.returncode == report.exit_code == 1
    assert json.loads(run.stdout) == json.loads(render(report, "json"))


def test_a_check_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    check([LOG], trail=[TRAIL])
    assert capfd.readouterr() == ("", "")


def test_the_same_input_gives_the_same_report() -> None:
    assert render(check([LOG], trail=[TRAIL]), "json") == render(check([LOG], trail=[TRAIL]), "json")


def test_trail_files_among_the_logs_are_taken_for_the_trail() -> None:
    files = sorted(path for path in TRAIL.rglob("*") if path.is_file())
    apart = check([LOG], trail=[TRAIL])
    together = check([LOG, *files[1:]], trail=files[:1])
    assert together.writes.equals(apart.writes)


def test_text_and_event_log_of_one_deploy_are_one_deploy(tmp_path: Path) -> None:
    """Taken for two deploys, each of the three keys would need two calls: three false drops."""
    (tmp_path / "pulumi.log").write_text(TEXT)
    alone = check([LOG], trail=[TRAIL])
    both = check([LOG, tmp_path / "pulumi.log"], trail=[TRAIL])
    assert both.deploys.height == 1
    assert both.writes.equals(alone.writes)


def test_a_log_given_twice_is_one_deploy(tmp_path: Path) -> None:
    copy = tmp_path / "copy.json"
    shutil.copyfile(LOG, copy)
    assert check([LOG, copy], trail=[TRAIL]).writes.equals(check([LOG], trail=[TRAIL]).writes)


def test_the_order_of_the_trails_does_not_matter() -> None:
    files = sorted(path for path in TRAIL.rglob("*") if path.is_file())
    forth, back = (check([LOG], trail=order) for order in (files, files[::-1]))
    assert forth.writes.equals(back.writes)
    assert forth.findings.equals(back.findings)


@pytest.mark.parametrize("trail", [[], ["nowhere"]])
def test_logs_that_cannot_be_used_are_an_error(trail: list[str], tmp_path: Path) -> None:
    (tmp_path / "empty.log").touch()
    with pytest.raises(InputError, match="empty"):
        check([tmp_path / "empty.log"], trail=trail)


def test_a_trail_that_cannot_be_used_is_told_and_the_rest_judged() -> None:
    report = check([LOG], trail=["nowhere"])
    assert (report.exit_code, report.unread) == (3, (("nowhere", "no such file or directory"),))
    assert report.writes["verdict"].to_list() == check([LOG]).writes["verdict"].to_list()


def test_parts_alone() -> None:
    assert parse_log(LOG).schema == EVENTS
    assert scan_trail([TRAIL]).calls.schema == CALLS
    scan = scan_logs([LOG])
    assert sum(batch.height for batch in scan) == scan.inputs["lines"].item()


def test_every_exported_name_exists() -> None:
    assert sorted(analyzer.__all__) == list(analyzer.__all__)
    assert all(hasattr(analyzer, name) for name in analyzer.__all__)
