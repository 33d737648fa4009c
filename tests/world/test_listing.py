"""What the analyser says with a listing of every store in hand, held to the world's own history."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from analyzer import check
from tests.effort import examples
from tests.world import trail
from tests.world.logs import event_log
from tests.world.scenario import scenario
from tests.world.timeline import Timeline, holds
from tests.world.truth import truths

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.world.scenario import Scenario
    from tests.world.truth import Truth

SEEDS = range(examples(6))


def listings(world: Scenario, folder: Path) -> list[str]:
    """Every store as it is an hour after the end, in the form of `lostwrite keys`."""
    paths = []
    for number, store in enumerate(world.service.stores.values()):
        if store.deleted:
            continue
        made = {
            "schema": "lostwrite.keys/v1",
            "store": store.arn,
            "listed_at": (world.base + timedelta(seconds=world.end + 3600)).isoformat(),
            "etag": store.etag,
            "item_count": len(store.values),
            "items": [{"key": key, "value": value} for key, value in store.values.items()],
        }
        path = folder / f"keys-{number}.json"
        path.write_text(json.dumps(made))
        paths.append(str(path))
    return paths


def told(seed: int, folder: Path, *, with_trail: bool) -> Iterator[tuple[Truth, bool, dict[str, Any]]]:
    """Each write with what became of it, whether it is in place at the end, and what the analyser says.

    That is a row of `Report.writes`, with `before` (the verdict without the listings) and `shown` (what they show).
    """
    world = scenario(seed)
    folder.mkdir()
    files = trail.files_of(world.service.history, world.condition, world.base, world.end, world.chance)
    keys = listings(world, folder)
    if not (files and keys and world.deploys):
        return
    trail.write(files, folder / "trail", world.base, world.condition)
    logs = {}
    for number, deploy in enumerate(world.deploys):
        path = folder / f"deploy-{number}.json"
        path.write_text(event_log(deploy, world.base))
        logs[str(path)] = deploy
    trails = [folder / "trail"] if with_trail else []
    report = check(list(logs), trail=trails, keys=keys)
    before = check(list(logs), trail=trails).writes.select("id", before="verdict")
    shown = report.evidence.filter(kind="keys").select(id="write", shown="detail")
    sources = {row["id"]: logs[row["sources"][0]] for row in report.deploys.iter_rows(named=True)}
    said = {
        (id(sources[row["deploy"]]), row["name"], row["action"], row["key"], row["entry"]): row
        for row in report.writes.join(before, on="id").join(shown, on="id", how="left").iter_rows(named=True)
    }
    timeline = Timeline(world.service)
    for truth in truths(world):
        intent = truth.intent
        place = (id(truth.deploy), intent.operation.full_name, intent.action, intent.key, intent.entry)
        changes = timeline.changes(intent.store, intent.key)
        row = said.get(place)
        if row is not None and not world.service.stores[intent.store].deleted:
            yield truth, holds(intent, changes[-1].value if changes else None), row


@pytest.mark.parametrize("with_trail", [True, False])
def test_no_verdict_that_a_listing_gives_is_false(with_trail: bool, tmp_path: Path) -> None:
    wrong, changed = [], 0
    for seed in SEEDS:
        for truth, in_place, row in told(seed, tmp_path / str(seed), with_trail=with_trail):
            verdict = row["verdict"]
            if verdict == row["before"]:
                continue
            changed += 1
            right = {
                "landed": in_place,
                "lost": not in_place and not truth.undone,
                "mismatched": not in_place and not truth.undone,
            }
            if not right.get(verdict):
                wrong.append(f"seed {seed}: {verdict} ({row['cause']}), truth {truth.fate}: {truth.intent}")
    assert changed > 6
    assert wrong == []


def test_without_a_trail_every_write_that_is_not_in_place_is_told(tmp_path: Path) -> None:
    """Or a later write in hand explains it."""
    missed, found = [], 0
    for seed in SEEDS:
        for truth, in_place, row in told(seed, tmp_path / str(seed), with_trail=False):
            if in_place or truth.undone or truth.intent.operation.reported != "succeeded":
                continue
            found += row["verdict"] == "mismatched"
            if row["verdict"] != "mismatched" and "a later write explains that" not in (row["shown"] or ""):
                missed.append(f"seed {seed}: {row['verdict']}, {row['shown']}: {truth.intent}")
    assert found > 3
    assert missed == []
