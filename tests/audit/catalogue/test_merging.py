"""Batches that are put together: few folders, however often an audit ran, and nothing that was read is lost."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from analyzer.api import audit
from analyzer.audit.catalogue.folder import Folder
from analyzer.audit.catalogue.held import Held
from analyzer.audit.catalogue.parts import Parts
from analyzer.audit.judging import judge_pack
from tests.audit.homes import Home, content, differing
from tests.audit.test_run import opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RUNS = 3


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a home that was audited `RUNS` times, with one more deploy and file of the trail each time."""
    folder = tmp_path_factory.mktemp("grown")
    home = Home(folder / "home")
    with pairwise():
        for number in range(RUNS):
            home.deploy(number, store=number % 2, made=number != 1)
            ran(folder, "catalogue")
    return folder


@contextlib.contextmanager
def pairwise() -> Iterator[None]:
    """Two folders of one size are too many."""
    with patch("analyzer.audit.catalogue.merging.MANY", 2):
        yield


def ran(folder: Path, catalogue: str) -> None:
    audit([folder / "home/logs"], trail=[folder / "home/trail"], catalogue=folder / catalogue)


def held(folder: Path) -> Held:
    parts = Parts(Folder(folder / "catalogue"))
    return Held(parts, parts.batches())


def copied(grown: Path, name: str) -> Path:
    """The catalogue under another name: the files stay where they were read."""
    shutil.rmtree(grown / name, ignore_errors=True)
    shutil.copytree(grown / "catalogue", grown / name)
    return grown / name


def is_as_fresh(folder: Path, catalogue: str) -> bool:
    ran(folder, "fresh")
    assert differing(folder / catalogue, folder / "fresh") == []
    return content(folder / catalogue) == content(folder / "fresh")


def test_batches_are_never_many_folders_and_keep_their_numbers(grown: Path) -> None:
    """Three runs are six batches: of each role two in one folder, and the last."""
    found = held(grown)
    assert list(found.batches) == sorted(found.batches)
    assert len(found.batches) == 2 * RUNS
    assert sorted(map(len, found.folders.values())) == [1, 1, 2, 2]
    assert sorted(found.parts.folders()) == sorted(found.folders)
    assert is_as_fresh(grown, "catalogue")


def test_nothing_is_read_or_judged_again_because_of_it(grown: Path) -> None:
    copied(grown, "again")
    (grown / "again/.latest.json").unlink()  # so that it goes through all its steps
    with opened() as names, patch("analyzer.audit.run.judge_pack", wraps=judge_pack) as judging, pairwise():
        ran(grown, "again")
    assert (names, judging.called) == ([], False)


@pytest.mark.parametrize(("moment", "left"), [("folder.Folder.move", 4), ("parts.Parts.drop", 5)])
def test_killed_before_or_after_the_new_folder_is_there_it_loses_nothing(
    grown: Path, moment: str, left: int
) -> None:
    place = copied(grown, "killed")
    (place / ".latest.json").unlink()
    with patch("analyzer.audit.catalogue.merging._level", return_value=0), pairwise():
        target = f"analyzer.audit.catalogue.{moment}"
        with patch(target, side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
            ran(grown, "killed")
        assert len(Parts(Folder(place)).folders()) == left
        with opened() as names:
            ran(grown, "killed")
    assert names == []
    assert len(Parts(Folder(place)).folders()) == 2
    assert is_as_fresh(grown, "killed")


def test_a_file_of_many_that_changes_is_read_again_with_those_of_its_batch_alone(grown: Path) -> None:
    """A log says something else, and so does a file of the trail: each is one of two batches of its folder."""
    copied(grown, "changed")
    log = grown / "home/logs/d001/eventlog.json"
    trail = sorted((grown / "home/trail").rglob("*.gz"))[1]
    kept = {path: (path.read_bytes(), path.stat()) for path in (log, trail)}
    log.write_bytes(kept[log][0].replace(b'"/a"', b'"/b"'))
    Home(grown / "home", {1: 0}, 900).record(1, store=1, made=False)
    assert trail.read_bytes() != kept[trail][0]
    try:
        with opened() as names, pairwise():
            ran(grown, "changed")
        assert set(names) == {log.name, trail.name}
        assert is_as_fresh(grown, "changed")
    finally:
        for path, (data, status) in kept.items():
            path.write_bytes(data)
            os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def test_a_batch_of_the_version_before_is_read_as_it_was(grown: Path) -> None:
    place = copied(grown, "older")
    for path in place.glob(".read/*/batch.json"):
        batches = json.loads(path.read_bytes())["batches"]
        if len(batches) == 1:
            (batch,) = batches.values()
            first = {name: batch[name] for name in ("role", "files", "tool")}
            path.write_text(json.dumps({**first, "schema": "lostwrite.batch/v1"}))
    (place / ".latest.json").unlink()
    with opened() as names, patch("analyzer.audit.run.judge_pack", wraps=judge_pack) as judging:
        ran(grown, "older")
    assert (names, judging.called) == ([], False)
