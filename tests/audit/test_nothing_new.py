"""An audit that finds what the last one found only reports; where anything differs, it goes through all its steps."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from analyzer.api import audit
from analyzer.audit.executors.local import Local
from analyzer.audit.reports.registry import render
from analyzer.audit.whole import whole_of
from analyzer.errors import InputError
from tests.audit.homes import Home, content

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from analyzer.audit.report import AuditReport


def ran(folder: Path, **how: Any) -> tuple[AuditReport, bool]:
    """The report, and whether all steps were gone through."""
    with patch("analyzer.audit.run.whole_of", wraps=whole_of) as looking:
        report = audit([folder / "logs"], trail=[folder / "trail"], catalogue=folder / "catalogue", **how)
    return report, looking.called


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, AuditReport]:
    """Two deploys and what their audit said."""
    folder = tmp_path_factory.mktemp("same") / "home"
    home = Home(folder)
    home.deploy(1)
    home.deploy(2, made=False)
    report, _ = ran(folder)
    shutil.copytree(folder, folder.parent / "pristine")
    return folder, report


@pytest.fixture
def begun(base: tuple[Path, AuditReport]) -> Path:
    """The same as it was when the audit ended."""
    folder, _ = base
    shutil.rmtree(folder)
    shutil.copytree(folder.parent / "pristine", folder)
    return folder


def test_it_reports_the_same_and_does_nothing_else(begun: Path, base: tuple[Path, AuditReport]) -> None:
    before = content(begun / "catalogue")
    report, whole = ran(begun)
    assert not whole
    assert render(report, "json") == render(base[1], "json")
    assert (report.first, report.reach, report.unread) == (base[1].first, base[1].reach, base[1].unread)
    assert content(begun / "catalogue") == before


def touch_what_was_read(folder: Path) -> None:
    table = folder / "catalogue/.read/000001/writes.parquet"
    table.write_bytes(table.read_bytes())


def change_the_version(folder: Path) -> None:
    manifest = folder / "catalogue/manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "tool": "0.0.1"}))


CHANGES: list[Callable[[Path], object]] = [
    touch_what_was_read,
    change_the_version,
    lambda folder: shutil.rmtree(folder / "logs/d001"),
    lambda folder: (folder / "catalogue/.latest.json").unlink(),
    lambda folder: (folder / "catalogue/.work").mkdir(),
]


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_differs_all_is_looked_at(begun: Path, change: Callable[[Path], object]) -> None:
    change(begun)
    assert ran(begun)[1]
    assert not ran(begun)[1], "the next one finds what this one left"


def test_what_a_trail_selects_and_is_signed_with_is_looked_at(begun: Path, tmp_path: Path) -> None:
    selectors = tmp_path / "selectors.json"
    trail = "arn:aws:cloudtrail:us-east-1:111122223333:trail/all"
    chosen = [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}]
    selectors.write_text(json.dumps({"TrailARN": trail, "AdvancedEventSelectors": chosen}))
    assert ran(begun, selectors=[selectors])[1]
    assert ran(begun)[1], "they are not given any more"
    assert ran(begun, rebuild=True)[1]


def test_a_trail_of_no_use_stays_one(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.deploy(1, recorded=False)
    (tmp_path / "trail").mkdir()
    (tmp_path / "trail/x.json").write_text('{"Records": []}')
    first, _ = ran(tmp_path)
    again, whole = ran(tmp_path)
    assert not whole
    assert first.exit_code == again.exit_code == 3
    assert first.unread == again.unread != ()


def test_a_note_that_is_damaged_is_named(begun: Path) -> None:
    (begun / "catalogue/.latest.json").write_text('{"schema": "lostwrite.latest/v9"}')
    with pytest.raises(InputError, match="needs a newer lostwrite"):
        ran(begun)


def test_no_process_is_started_for_no_work() -> None:
    with patch("analyzer.audit.executors.local.Workers") as workers, Local(2) as working:
        assert list(working.run(len, [])) == []
    workers.assert_not_called()
