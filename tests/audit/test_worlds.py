"""Hostile worlds audited in steps: what `check` says of all, and what one audit of all says."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from analyzer.api import audit, check
from tests.audit.homes import differing
from tests.audit.united import ACCOUNTS, World, written
from tests.world.chance import seeded

if TYPE_CHECKING:
    import pytest

    from analyzer.audit.report import AuditReport

_SAID = ("source", "line", "key", "entry", "action", "verdict", "cause", "confidence", "leaning", "status")
_STEPS = 2


def given() -> tuple[list[str], dict[str, Any]]:
    keys = sorted(map(str, Path("home/keys").glob("*.json")))
    return ["home/logs"], {"trail": ["home/trail"], "keys": keys}


def ran(catalogue: str) -> AuditReport:
    words, more = given()
    return audit(words, **more, catalogue=catalogue)


def rows(writes: pl.DataFrame) -> list[str]:
    return sorted(map(str, writes.select(_SAID).iter_rows()))


def test_an_audit_in_steps_says_what_a_check_of_all_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its files come in any order. Which of several files that hold a record is named may differ, and nothing else."""
    monkeypatch.chdir(tmp_path)
    for number in range(2):
        written(World(104 + number, f"app{number}", ACCOUNTS[number]), Path("all"), number)
    files = sorted(path for path in Path("all").rglob("*") if path.is_file())
    seeded(7).shuffle(files)
    for folder in ("logs", "trail", "keys"):
        (Path("home") / folder).mkdir(parents=True)
    for step in range(_STEPS):
        for file in files[step::_STEPS]:
            place = Path("home") / file.relative_to("all")
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, place)
        ran("steps")
    ran("fresh")
    words, more = given()
    writes = [
        pl.read_parquet(path, hive_partitioning=False) for path in Path("steps/writes").rglob("*.parquet")
    ]
    assert rows(pl.concat(writes)) == rows(check(words, **more).writes)
    named = {"source", "event_id", "duplicates"}
    for said in differing(Path("steps"), Path("fresh")):
        table, columns = (
            said.split("/")[0],
            set(said.rsplit("[", 1)[1].strip("]").replace("'", "").split(", ")),
        )
        assert table in ("calls", "chains") or columns <= named, said
