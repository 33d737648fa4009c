"""Which files of a trail are copied, and by how many calls."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from analyzer.collect.trail_files import fetch_trail
from analyzer.collect.trails import find_trails
from tests.collect.fake_trail import (
    NOON,
    NOW,
    STORE,
    FakeCloud,
    FakeConnection,
    FakeKeep,
    at,
    delivered,
    plain,
    quiet,
    told,
    write,
)

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

DEPLOY = (at(0), at(5))


@pytest.fixture
def keep(tmp_path: Path) -> FakeKeep:
    return FakeKeep(tmp_path)


@pytest.fixture
def bucket() -> FakeConnection:
    return FakeConnection()


def fetched(
    bucket: FakeConnection,
    keep: FakeKeep,
    *deploys: tuple[datetime, datetime],
    cloud: FakeCloud | None = None,
    stores: tuple[str, ...] = (STORE,),
    now: datetime = NOW,
    **options: Any,
) -> pl.DataFrame:
    trails = find_trails(cloud or plain(), stores, keep)
    return fetch_trail(bucket, trails, stores, deploys or [DEPLOY], keep, now=now, told=told, **options)


def test_of_20000_files_the_few_between_the_nearest_writes_are_fetched(
    bucket: FakeConnection, keep: FakeKeep
) -> None:
    bucket.objects.update(quiet(NOON - timedelta(days=35), NOON + timedelta(days=35)))
    needed = {
        **delivered(at(-60), write(at(-60), "KV1", "KV2")),
        **delivered(at(2), write(at(2), "KV2", "KV3")),
        **delivered(at(100), write(at(100), "KV3", "KV4")),
    }
    bucket.objects.update(needed)
    assert len(bucket.objects) > 20_000
    wanted = fetched(bucket, keep)
    assert needed.keys() <= set(wanted["key"])
    assert len(bucket.gets) <= 60
    assert len(bucket.lists) <= 30
    assert keep.refused == []
    assert set(wanted["state"]) == {"copied"}
