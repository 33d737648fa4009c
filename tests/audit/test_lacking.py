"""Audits of which something is lacking: no trail, no event logs, no deploy of the application that is asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from analyzer.api import audit, check
from tests.audit.homes import Home
from tests.logs.home import update_object

if TYPE_CHECKING:
    from pathlib import Path

    from analyzer.audit.report import AuditReport

ID = "fe6b0d91c813b8ebedd4ece8"
MESSAGE = "AccessDenied: not authorized to perform: cloudfront-keyvaluestore:UpdateKeys"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.deploy(1)
    made.deploy(2, made=False)
    return made


def audited(folder: Path, **how: Any) -> AuditReport:
    return audit([folder / "logs"], catalogue=folder / "kept", **how)


def test_without_a_trail_all_is_in_doubt_as_check_says(home: Home) -> None:
    for _ in range(2):  # the second one reads nothing
        report = audited(home.folder)
        assert report.writes.select("verdict", "cause").rows() == [("unverifiable", "no_trail")] * 2
        assert (report.exit_code, report.first, report.reach, report.unread) == (0, None, None, ())
        assert report.stores.is_empty()
    checked = check([home.folder / "logs"])
    said = checked.writes.sort("key").select("key", "verdict", "cause", "confidence", "leaning").rows()
    assert report.writes.sort("key").select("key", "verdict", "cause", "confidence", "leaning").rows() == said


def test_a_trail_that_comes_later_decides_what_was_judged_without_one(home: Home) -> None:
    audited(home.folder)
    report = audited(home.folder, trail=[home.folder / "trail"])
    assert "landed" in report.counts["verdict"].to_list()


def test_a_home_of_update_objects_alone_counts_their_deploys(tmp_path: Path) -> None:
    place = tmp_path / "home/update/shop/prod"
    place.mkdir(parents=True)
    errors = [{"urn": "", "message": MESSAGE}]
    (place / f"{ID}.json").write_bytes(update_object(ID, errors=errors))
    report = audit([tmp_path / "home"], catalogue=tmp_path / "kept")
    found = report.deploys.row(0, named=True)
    assert (found["id"], found["app"], found["stage"]) == (ID, "shop", "prod")
    assert (found["evidence_kind"], found["told_errors"], found["tool_version"]) == ("update", 1, "3.9.17")
    assert (report.writes.height, report.exit_code) == (0, 0)


def test_no_deploy_of_the_application_is_no_error(home: Home) -> None:
    report = audited(home.folder, trail=[home.folder / "trail"], app="another")
    assert (report.deploys.height, report.writes.height, report.followed.height) == (0, 0, 0)
    assert report.exit_code == 0


def test_an_empty_folder_of_a_trail_is_named_and_the_deploys_are_judged_without(home: Home) -> None:
    (home.folder / "none").mkdir()
    report = audited(home.folder, trail=[home.folder / "none"])
    assert [name for name, _ in report.unread] == [str(home.folder / "none")]
    assert report.exit_code == 3
    assert set(report.writes["cause"]) == {"no_trail"}


def test_a_folder_of_no_logs_at_all_is_named(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs/x.json").write_text(json.dumps({"a": 1}))
    report = audited(tmp_path)
    assert (report.deploys.height, report.exit_code) == (0, 3)
