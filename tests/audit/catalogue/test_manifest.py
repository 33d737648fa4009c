"""The manifest: older forms are migrated, newer ones refused by name, and none leads out of the catalogue."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from analyzer.audit.catalogue.folder import Folder
from analyzer.audit.catalogue.manifest import Manifest, Place, Rests, Unit, read_manifest, write_manifest
from analyzer.errors import InputError

UNIT = Unit(rests=Rests("a" * 64, ""), places=(Place("writes", "unknown", "2026-01"),))
V0 = Path(__file__).parent / "manifest-v0.json"


def put(folder: Path, **changed: Any) -> Folder:
    """A catalogue with the manifest of one unit, changed."""
    made = Folder(folder / "c")
    write_manifest(made, Manifest(units={"deploy d1": UNIT}))
    held = json.loads((folder / "c/manifest.json").read_bytes())
    (folder / "c/manifest.json").write_text(json.dumps(held | changed))
    return made


def test_a_manifest_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert read_manifest(Folder(tmp_path / "new")) == Manifest()
    assert read_manifest(put(tmp_path)) == Manifest(units={"deploy d1": UNIT})


def test_a_newer_one_is_refused_by_name(tmp_path: Path) -> None:
    said = r"is lostwrite\.catalogue/v2, and lostwrite\.catalogue/v1 is what can be read; it needs a newer lostwrite"
    with pytest.raises(InputError, match=said):
        read_manifest(put(tmp_path, schema="lostwrite.catalogue/v2", units=7))


def test_an_older_one_is_migrated_so_that_all_its_rows_are_replaced(tmp_path: Path) -> None:
    (tmp_path / "c").mkdir()
    (tmp_path / "c/manifest.json").write_bytes(V0.read_bytes())
    manifest = read_manifest(Folder(tmp_path / "c"))
    assert manifest.schema == "lostwrite.catalogue/v1"
    assert manifest.generation == 7
    assert [at.folder for at in manifest.partitions()] == [
        ("calls", "store_id=unknown", "month=2025-12"),
        ("writes", "store_id=a-1", "month=2025-12"),
    ]
    anything = Rests("b" * 64, "")
    assert not any(unit.rests.holds(anything) for unit in manifest.units.values())


@pytest.mark.parametrize(
    "place",
    [
        ["writes", "../../etc", "2026-01"],
        ["writes", "a/b", "2026-01"],
        ["writes", "a", "2026-01/.."],
        ["../x", "a", "2026-01"],
        ["writes", "a", "2026-01\n"],
        ["writes", "", "2026-01"],
        ["writes", "a"],
        "writes",
    ],
)
def test_a_place_that_leads_anywhere_else_is_refused(tmp_path: Path, place: object) -> None:
    units = {"u": {"rests": ["a" * 64, ""], "places": [place]}}
    with pytest.raises(InputError, match="is no manifest of a catalogue"):
        read_manifest(put(tmp_path, units=units))


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"schema":1}', "{" * 100_000, '{"schema":"lostwrite.baseline/v1"}']
)
def test_what_is_no_manifest_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(InputError, match=r"is no manifest|is what can be read"):
        read_manifest(Folder(tmp_path))


def test_what_a_judgement_rests_on() -> None:
    settled, doubtful = Rests("a" * 64, ""), Rests("a" * 64, "c" * 64)
    grown, same = Rests("a" * 64, "d" * 64), Rests("a" * 64, "c" * 64)
    assert settled.holds(grown), "no row of it shows what digests prove"
    assert not doubtful.holds(grown)
    assert doubtful.holds(same)
    assert not settled.holds(Rests("b" * 64, "c" * 64))
    assert not settled.holds(None), "the unit is no more"


@pytest.mark.parametrize(
    ("judged", "needed", "now", "holds"),
    [(9, 5, 9, True), (9, 5, 12, True), (9, 5, 5, True), (9, 5, 4, False), (4, 5, 4, True), (4, 5, 6, False),
     (4, None, 9, True), (4, None, None, True), (None, 5, None, True), (None, 5, 9, False), (9, 5, None, False)],
)  # fmt: skip
def test_how_far_a_trail_reaches_counts_up_to_where_it_shows(
    judged: int | None, needed: int | None, now: int | None, *, holds: bool
) -> None:
    """A write with a window until 5 shows whether the trail reaches 5, and no more."""

    def day(number: int | None) -> datetime | None:
        return None if number is None else datetime(2026, 1, number, tzinfo=UTC)

    made = Rests("a" * 64, "", day(judged)).of_rows(settled=True, needed=day(needed))
    assert made.holds(Rests("a" * 64, "", day(now))) is holds


def test_a_time_without_a_zone_is_refused(tmp_path: Path) -> None:
    units = {"u": {"rests": ["a" * 64, "", "2026-01-01T00:00:00", None], "places": []}}
    with pytest.raises(InputError, match="is no manifest of a catalogue"):
        read_manifest(put(tmp_path, units=units))
