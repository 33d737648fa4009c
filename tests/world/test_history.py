"""The maker of long histories: what it writes is the same for a seed, and what it calls true fits the logs."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.world.archive import Shape, update_id, write_archive
from tests.world.chance import seeded
from tests.world.history import BEGIN

if TYPE_CHECKING:
    from pathlib import Path

SHAPE = Shape(apps=1, deploys=12, days=1, records=9600, seed=40)
STORES = ("edgekeyvaluestore.amazonaws.com", "cloudfront-keyvaluestore.amazonaws.com")
Row = dict[str, Any]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("history") / "archive"
    write_archive(folder, SHAPE)
    return folder


def content(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def truths(folder: Path) -> list[Row]:
    files = sorted((folder / "truth").iterdir())
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


def unpacked(body: bytes) -> bytes:
    return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body


def records(folder: Path) -> list[Row]:
    files = sorted((folder / "trail").rglob("*.json.gz"))
    return [record for file in files for record in json.loads(unpacked(file.read_bytes()))["Records"]]


def test_a_seed_gives_the_same_archive_and_another_one_another(archive: Path, tmp_path: Path) -> None:
    write_archive(tmp_path / "same", SHAPE)
    assert content(tmp_path / "same") == content(archive)
    write_archive(tmp_path / "other", SHAPE._replace(seed=41, deploys=2, records=0))
    assert (
        content(tmp_path / "other")
        .keys()
        .isdisjoint(place for place in content(archive) if not place.startswith("trail/"))
    )


def test_what_is_left_of_a_deploy_is_what_its_truth_says(archive: Path) -> None:
    places = {"log": ("home", "eventlog"), "pruned": ("home", "update"), "ci": ("ci", "")}
    for row in truths(archive):
        left = {
            kind
            for kind, (root, below) in places.items()
            if any((archive / root / below).rglob(f"*{row['deploy']}.*"))
        }
        assert left == ({"log", "pruned"} if row["left"] == "log" else {row["left"]}), row


def test_each_write_that_is_judged_is_in_its_event_log(archive: Path) -> None:
    seen = 0
    logs = {
        path.stem: unpacked(path.read_bytes()).decode()
        for path in (archive / "home/eventlog").rglob("*.json")
    }
    for row in truths(archive):
        if row["left"] == "log":
            seen += 1
            assert f"::{row['name']}" in logs[row["deploy"]]
            if row["entry"]:
                assert row["entry"] in logs[row["deploy"]]
    assert seen > 10


def test_no_two_writes_are_the_same_and_what_may_be_said_is_named(archive: Path) -> None:
    rows = truths(archive)
    keys = [(row["deploy"], row["name"], row["action"], row["key"], row["entry"]) for row in rows]
    assert len(keys) == len(set(keys))
    for row in rows:
        assert row["right"], row
        assert row["fate"] in row["right"] or row["fate"] in ("moot", "restored"), row


def test_the_trail_is_filled_with_calls_on_other_services(archive: Path) -> None:
    found = records(archive)
    own = [record for record in found if record["eventSource"] in STORES]
    assert len(found) == pytest.approx(SHAPE.records, rel=0.2)
    assert 0 < len(own) < len(found) / 4
    assert len({record["eventID"] for record in own}) > len(own) / 3


def test_a_calm_archive_has_every_log(tmp_path: Path) -> None:
    write_archive(tmp_path / "calm", SHAPE._replace(apps=1, records=500, calm=1))
    assert {row["left"] for row in truths(tmp_path / "calm")} == {"log"}
    assert not (tmp_path / "calm" / "ci").exists()


def test_ids_of_later_updates_come_first() -> None:
    first, later = (update_id(BEGIN.replace(day=day), seeded(1)) for day in (7, 8))
    assert later < first
    assert len(first) == 24
