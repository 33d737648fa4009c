"""A history that is audited as it grows: the catalogue is that of one audit of all of it, byte for byte."""

from __future__ import annotations

import os
from collections import defaultdict
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
LATE = (0, 0, 0, 0, 1, 2)
"""Days after a deploy on which its log is there, by chance."""


@pytest.mark.parametrize("seed", range(900, 900 + 2 * examples(1), 2))
def test_a_history_that_is_audited_as_it_grows_is_as_one_that_is_audited_at_once(
    seed: int, tmp_path: Path
) -> None:
    """Two apps whose stores, clocks, logs and strangers are the hostile model's; some logs come late."""
    with patch("tests.world.archive._FILES_AN_HOUR", 1):
        write_archive(tmp_path / "all", Shape(apps=2, deploys=6, days=DAYS, records=0, seed=seed))
    arrivals = arrivals_of(tmp_path / "all", seeded(seed))
    logs = 0
    with patch("analyzer.audit.run.judge_pack", wraps=judge_pack) as judging:
        for day in sorted(arrivals):
            for path in arrivals[day]:
                place = tmp_path / "grown" / path.relative_to(tmp_path / "all")
                place.parent.mkdir(parents=True, exist_ok=True)
                os.link(path, place)
            if day >= DAYS // 2:
                judging.reset_mock()
                audited(tmp_path / "grown", tmp_path / "catalogue")
                logs += sum(call.args[0].deploys for call in judging.call_args_list)
    assert logs, "it was judged"
    audited(tmp_path / "grown", tmp_path / "fresh")
    assert differing(tmp_path / "catalogue", tmp_path / "fresh") == []
    assert content(tmp_path / "catalogue") == content(tmp_path / "fresh")


def audited(folder: Path, catalogue: Path) -> None:
    logs = [path for name in ("home", "ci") if (path := folder / name).exists()]
    audit(logs, trail=[folder / "trail"], catalogue=catalogue)


def arrivals_of(folder: Path, chance: Random) -> dict[int, list[Path]]:
    """The files of an archive by the day on which they are there; all files of one update come together."""
    found: dict[int, list[Path]] = defaultdict(list)
    updates: dict[str, int] = {}
    for path in sorted((folder / "home").rglob("*.json*")) + sorted((folder / "ci").rglob("*.log")):
        update = path.name.partition(".")[0].rpartition("-")[2]
        if update not in updates:
            updates[update] = day_of(update) + chance.choice(LATE)
        found[updates[update]].append(path)
    for path in sorted((folder / "trail").rglob("*.json.gz")):
        year, month, day = map(int, path.parts[-4:-1])
        found[(datetime(year, month, day, tzinfo=UTC) - BEGIN).days].append(path)
    return found


def day_of(update: str) -> int:
    """The day on which an update began, by its id (docs/facts/sst-output.md#14-update-object-and-update-id)."""
    began = ~int(update[:12], 16) & (1 << 48) - 1
    return (datetime.fromtimestamp(began / 1000, UTC) - BEGIN).days
