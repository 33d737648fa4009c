"""What is left of a home, and of a bundle: after SST pruned it, and where values are left out and all is one file."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from analyzer import check
from analyzer.cli.main import run
from tests.collect.stage.delivered import Trail
from tests.collect.stage.gathering import collected
from tests.collect.stage.held import said, unproven, untrue
from tests.collect.stage.stage import Stage, stage
from tests.collect.stage.state import SECRET, STATE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo
    from pathlib import Path

__all__ = ["stage"]
KEPT = ("again", "race-prod", "newest")
ALONE = ("again", "newest")
"""Of `race-prod` the log of the other stage is not in the bundle."""


@pytest.fixture
def pruned(stage: Stage) -> Iterator[Stage]:
    """After `state.retention: 3`: of older updates nothing is left (docs/facts/sst-output.md#13-state-bucket)."""
    client = stage.client("s3")
    oldest = max(stage.state.ids[name] for name in KEPT)
    gone = {
        key: data
        for key, data in stage.state.objects.items()
        if "/shop/prod/" in key and key.rpartition("/")[2].removesuffix(".json") > oldest
    }
    assert len(gone) > 12
    for key in gone:
        client.delete_object(Bucket=STATE, Key=key)
    yield stage
    for key, data in gone.items():
        client.put_object(Bucket=STATE, Key=key, Body=data)


def test_of_a_pruned_home_the_updates_that_are_left_are_proven(pruned: Stage, tmp_path: Path) -> None:
    pruned.show(Trail())
    got = collected(pruned, tmp_path / "b", "last:20")
    assert got.refused == []
    report = check([tmp_path / "b"])
    assert {place.deploy for place in said(pruned, report)} == set(KEPT)
    assert untrue(pruned, report, *KEPT) == []
    assert unproven(pruned, report, *ALONE) == []
    older = collected(pruned, tmp_path / "c", "first")
    assert [one for one in older.refused if "was it pruned (state.retention)?" in one]


def test_a_packed_bundle_without_values_proves_the_same(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Now(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # a plain one
            return stage.now.astimezone(tz)

    monkeypatch.setattr("analyzer.cli.gathering.datetime", Now)
    stage.show(Trail())
    packed = tmp_path / "b.tar.zst"
    words = ("--update", "last:3", "--redact", "--quiet", "--endpoint-url", stage.url)
    assert run(("collect", "shop/prod", "--output", str(packed), *words)) == 0
    assert [path.name for path in tmp_path.iterdir()] == [packed.name]
    assert packed.stat().st_mode & 0o777 == 0o600
    assert SECRET.encode() not in packed.read_bytes()
    report = check([packed])
    assert untrue(stage, report, *KEPT) == []
    assert unproven(stage, report, *ALONE) == []
