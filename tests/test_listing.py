"""From files to the report: a listing beside a deploy log, right or wrong."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from analyzer import check, render
from analyzer.cli.main import run

if TYPE_CHECKING:
    from analyzer import Report

SAMPLE = Path(__file__).parent.parent / "samples" / "missing-route-by-listing"
LOG, TRAIL, KEYS = SAMPLE / "deploy" / "eventlog.json", SAMPLE / "trail", SAMPLE / "keys.json"
LISTING = json.loads(KEYS.read_text())
STORE, MADE = LISTING["store"], datetime.fromisoformat(LISTING["listed_at"])
MISSING = "url,4825,,/api"
SOON = datetime(2025, 4, 2, 14, 50, tzinfo=UTC)
"""Within an hour of the deploy: no later deploy is likely to have changed what it left. `MADE` is later."""

BY_TRAIL = [("landed", None, "proven")] * 2 + [("landed", None, "low")] * 2
"""Either route may have been written away by the other: the trail holds no read, and so cannot tell."""


def by_cli(path: Path, *, without: str = "", at: datetime = MADE) -> Path:
    """The listing as the AWS CLI prints it, in a file last changed at a time."""
    items = [
        {"Key": item["key"], "Value": item["value"]}
        for item in LISTING["items"]
        if not without or not item["key"].startswith(without)
    ]
    path.write_text(json.dumps({"Items": items}, indent=4))
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


def story(report: Report) -> list[tuple[str, str | None, str]]:
    found: list[tuple[str, str | None, str]] = report.writes.select("verdict", "cause", "confidence").rows()
    return found


def codes(report: Report) -> list[str]:
    found: list[str] = report.findings["code"].to_list()
    return found


def test_the_trail_alone_sees_nothing_and_the_listing_alone_sees_all_but_why() -> None:
    assert story(check([LOG], trail=[TRAIL])) == BY_TRAIL
    alone = check([LOG], keys=[KEYS])
    there = ("landed", None, "high")
    assert story(alone) == [there, there, ("mismatched", "missing", "low"), there]
    assert codes(alone) == ["LW106"]
    assert alone.exit_code == 1


def test_a_listing_soon_after_the_deploy_proves_what_it_left(tmp_path: Path) -> None:
    soon = tmp_path / "keys.json"
    soon.write_text(json.dumps(LISTING | {"listed_at": SOON.isoformat()}))
    there = ("landed", None, "high")
    assert story(check([LOG], keys=[soon])) == [there, there, ("mismatched", "missing", "proven"), there]


def test_the_remedy_adds_the_missing_entry_to_the_list_that_is_there() -> None:
    report = check([LOG], trail=[TRAIL], keys=[KEYS])
    (remedy,) = report.writes["remedy"].drop_nulls()
    assert """'[{"Key":"234a:routes","add":["url,4825,,/api"],"remove":[]}]'""" in remedy


@pytest.mark.parametrize(("named", "timed"), [(True, True), (True, False), (False, True), (False, False)])
def test_the_clis_output_is_as_sure_as_what_is_said_of_it(named: bool, timed: bool, tmp_path: Path) -> None:
    path = by_cli(tmp_path / "keys.json")
    word = f"{STORE}={path}" if named else str(path)
    report = check([LOG], trail=[TRAIL], keys=[word], keys_at=SOON if timed else None)
    sure = named and timed
    assert story(report)[2] == (("lost", "missing", "high") if sure else ("mismatched", "missing", "low"))


def test_a_listing_made_before_the_deploy_changes_nothing(tmp_path: Path) -> None:
    path = by_cli(tmp_path / "keys.json", at=MADE - timedelta(hours=3))
    assert story(check([LOG], trail=[TRAIL], keys=[path])) == BY_TRAIL


@pytest.mark.parametrize(
    ("text", "said", "code"),
    [
        (json.dumps(LISTING)[:-40], "cut or damaged", 3),
        (json.dumps(LISTING | {"store": STORE[:-4] + "0000"}), "and the deploys wrote to", 0),
        (json.dumps(LISTING | {"item_count": 7}), "keys are missing", 0),
        (json.dumps({"Items": [{"Key": "beef:routes", "Value": "[]"}]}), "does not name its store", 0),
        (
            json.dumps({"Items": [{"Key": "234a:routes", "Value": "[]"}], "NextToken": "x"}),
            "pages are missing",
            0,
        ),
    ],
)
def test_the_wrong_listing_is_told_and_no_verdict_built_on_it(
    text: str, said: str, code: int, tmp_path: Path
) -> None:
    (tmp_path / "keys.json").write_text(text)
    report = check([LOG], trail=[TRAIL], keys=[tmp_path / "keys.json"])
    assert story(report) == BY_TRAIL
    assert codes(report) == ["LW110", "LW305"]  # without the listing nothing shows what came after
    assert said in report.findings.filter(code="LW305")["message"].item()
    assert report.evidence.filter(kind="keys").is_empty()
    assert report.exit_code == code
    json.loads(render(report, "json"))


def test_a_trail_of_another_account_is_told_and_not_taken_for_silence(tmp_path: Path) -> None:
    for path in TRAIL.rglob("*.json"):
        text = path.read_text().replace("111122223333", "999988887777")
        (tmp_path / path.name.replace("111122223333", "999988887777")).write_text(text)
    report = check([LOG], trail=[tmp_path])
    assert codes(report)[0] == "LW305"
    assert "of account 999988887777" in report.findings.filter(code="LW305")["message"].item()
    assert {cause for _, cause, _ in story(report)} == {"wrong_trail"}
    ((_, reason),) = report.unread
    assert (report.exit_code, "of account 999988887777" in reason) == (3, True)


def test_a_trail_without_a_record_is_no_trail(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"Records":[]}')
    report = check([LOG], trail=[tmp_path])
    ((word, reason),) = report.unread
    assert (report.exit_code, word) == (3, str(tmp_path / "a.json"))
    assert "contains no records" in reason
    assert {cause for _, cause, _ in story(report)} == {"no_trail"}


def test_a_trail_of_other_services_alone_is_read_and_in_doubt(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(
        '{"Records":[{"eventVersion":"1.09","eventSource":"s3.amazonaws.com","eventName":"GetObject",'
        '"eventTime":"2026-06-10T00:05:02Z","recipientAccountId":"111122223333","awsRegion":"us-east-1"}]}'
    )
    report = check([LOG], trail=[tmp_path])
    assert (report.exit_code, report.unread) == (0, ())
    assert {verdict for verdict, _, _ in story(report)} == {"unverifiable"}


@pytest.mark.parametrize(("named", "reason"), [(LOG, "not a key listing"), ("absent", "no such file")])
def test_what_is_no_listing_at_all_is_reported_and_the_logs_are_judged(
    named: Path | str, reason: str
) -> None:
    report = check([LOG], trail=[TRAIL], keys=[named])
    assert (report.exit_code, story(report)) == (3, BY_TRAIL)
    ((word, why),) = report.unread
    assert word == str(named)
    assert reason in why


def test_a_listing_among_the_logs_is_taken_for_one() -> None:
    """One folder with the logs, the trail and the listing is read as it was meant."""
    report = check([SAMPLE / "deploy", TRAIL, KEYS])
    assert story(report) == story(check([LOG], trail=[TRAIL], keys=[KEYS]))
    assert report.inputs.filter(source=str(KEYS))["kind"].to_list() == ["key-listing"]


def test_the_command_takes_both_options(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = by_cli(tmp_path / "keys.json", at=datetime(2020, 1, 1, tzinfo=UTC))
    words = ["check", str(LOG), "--trail", str(TRAIL), "--keys", f"{STORE}={path}"]
    assert run([*words, "--keys-at", "2025-04-02T14:50Z"]) == 1
    assert capsys.readouterr().out.startswith("1 of 4 writes is not in place: lost (high)\n")
    assert run([*words, "--keys-at", "yesterday"]) == 2
    assert "--keys-at: 'yesterday' is not a time" in capsys.readouterr().err
    assert run([*words, "--output", str(path)]) == 2
    assert "is an input" in capsys.readouterr().err
