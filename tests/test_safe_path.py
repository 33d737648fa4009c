"""The path without the current folder, but for what Python itself needs."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from analyzer.safe_path import safe_path

PACKAGE = str(Path(__file__).parents[1])
LIBRARY = str(Path(os.__file__).parent)


@pytest.mark.parametrize("entry", ["", ".", "{here}", "{here}/", "{link}", "{here}/sub/.."])
def test_the_current_folder_by_any_name_is_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry: str
) -> None:
    here = tmp_path / "here"
    (here / "sub").mkdir(parents=True)
    (tmp_path / "link").symlink_to("here")
    monkeypatch.chdir(here)
    named = entry.format(here=here, link=tmp_path / "link")
    monkeypatch.setattr(sys, "path", [named, LIBRARY, str(tmp_path), PACKAGE, named])
    assert safe_path() == [LIBRARY, str(tmp_path), PACKAGE]


def test_the_folder_of_the_package_comes_last_where_it_is_the_current_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(PACKAGE)
    monkeypatch.setattr(sys, "path", ["", PACKAGE, LIBRARY])
    assert safe_path() == [LIBRARY, PACKAGE]


@pytest.mark.parametrize("folder", [LIBRARY, str(Path(LIBRARY) / "lib-dynload")])
def test_what_python_is_installed_in_stays(monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    if not Path(folder).is_dir():
        pytest.skip("this Python has no such folder")
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "path", [LIBRARY, folder, PACKAGE])
    assert safe_path() == [LIBRARY, folder, PACKAGE]


def test_a_folder_that_was_deleted_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    monkeypatch.setattr(sys, "path", ["", LIBRARY, PACKAGE])
    assert safe_path() == [LIBRARY, PACKAGE]
