"""An audit of a home while its folder of CloudTrail is still empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.api import audit
from tests.audit.homes import Home, differing

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_the_folder_of_the_trail_may_be_empty_at_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    home = Home(tmp_path / "home")
    home.deploy(1, recorded=False)
    (tmp_path / "home/trail").mkdir()
    trail = ["home/trail"]
    report = audit(["home/logs"], trail=trail, catalogue="steps")
    assert report.writes["verdict"].to_list() == ["unverifiable"]
    assert report.exit_code == 3, "the word for the trail gave nothing"
    home.record(1)
    audit(["home/logs"], trail=trail, catalogue="steps")
    audit(["home/logs"], trail=trail, catalogue="fresh")
    assert differing(tmp_path / "steps", tmp_path / "fresh") == []
