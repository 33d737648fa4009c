"""A history that is audited as it grows: the catalogue is that of one audit of all of it, byte for byte."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from analyzer.api import audit
from analyzer.audit.judging import judge_pack
from tests.audit.homes import content, differing
from tests.effort import examples
from tests.world.archive import Shape, write_archive
from tests.world.chance import seeded
from tests.world.history import BEGIN

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

DAYS = 4
LATE = (0, 0, 0, 0, 12, 40)
"""Hours after a deploy at which its log is there, by chance."""


@pytest.mark.parametrize("seed", range(900, 900 + 2 * examples(1), 2))
def test_a_history_that_is_audited_as_it_grows_is_as_one_that_is_audited_at_once(
    seed: int, tmp_path: Path
) -> None:
    """Two apps of the hostile model, audited as soon as the last deploy of each is there, and at the end.

    Some logs come late. After such a deploy the trail grows without a call on its stores, and reaches farther. What is
    read is put together as soon as there are two batches.
    """
    with patch("tests.world.archive._FILES_AN_HOUR", 1):
        write_archive(tmp_path / "all", Shape(apps=2, deploys=6, days=DAYS, records=0, seed=seed))
    logs = logs_of(tmp_path / "all", seeded(seed))
    trail = {path: int(path.name.split("_")[-1][:12]) for path in (tmp_path / "all/trail").rglob("*.json.gz")}
    with (
        patch("analyzer.audit.run.judge_pack", wraps=judge_pack) as judging,
        patch("analyzer.audit.catalogue.merging.MANY", 2),
    ):
        for moment in [*last_of_each(logs), max(trail.values()) + max(LATE)]:
            for path, hour in [*logs.items(), *trail.items()]:
                place = tmp_path / "grown" / path.relative_to(tmp_path / "all")
                if hour <= moment and not place.exists():
                    place.parent.mkdir(parents=True, exist_ok=True)
                    os.link(path, place)
            audited(tmp_path / "grown", tmp_path / "catalogue")
    assert judging.called
    audited(tmp_path / "grown", tmp_path / "fresh")
    assert differing(tmp_path / "catalogue", tmp_path / "fresh") == []
    assert content(tmp_path / "catalogue") == content(tmp_path / "fresh")


def audited(folder: Path, catalogue: Path) -> None:
    logs = [path for name in ("home", "ci") if (path := folder / name).exists()]
    audit(logs, trail=[folder / "trail"], catalogue=catalogue)


def logs_of(folder: Path, chance: Random) -> dict[Path, int]:
    """The files of logs, and the hour at which each is there: all of one update at the same."""
    hours: dict[str, int] = {}
    found: dict[Path, int] = {}
    for path in sorted((folder / "home").rglob("*.json*")) + sorted((folder / "ci").rglob("*.log")):
        update = path.name.partition(".")[0].rpartition("-")[2]
        if update not in hours:
            hours[update] = hour_of(update) + chance.choice(LATE)
        found[path] = hours[update]
    return found


def last_of_each(logs: dict[Path, int]) -> list[int]:
    """The hours at which the last log of each app is there."""
    apps = {path: next(name for name in path.parts if name.startswith("shop")) for path in logs}
    return sorted({max(hour for path, hour in logs.items() if apps[path] == app) for app in apps.values()})


def hour_of(update: str) -> int:
    """The hour of the history in which an update began (docs/facts/sst-output.md#14-update-object-and-update-id)."""
    began = ~int(update[:12], 16) & (1 << 48) - 1
    return int((datetime.fromtimestamp(began / 1000, UTC) - BEGIN).total_seconds() // 3600)
