"""Of random trails: what the copied files link, all files link, and where they link less, it is said."""

from __future__ import annotations

import gzip
import random
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from analyzer.collect.linked import links
from analyzer.collect.objects import TrailLimits
from analyzer.collect.search import Span, needs
from analyzer.collect.spans import AROUND, WRONG_CLOCK
from analyzer.collect.trail_files import fetch_trail
from analyzer.collect.trails import find_trails
from analyzer.collect.writes import Writes
from analyzer.sources.source import Source
from tests.collect.fake_trail import (
    NOON,
    NOW,
    STORE,
    FakeConnection,
    FakeKeep,
    at,
    name_of,
    plain,
    quiet,
    told,
    write,
)
from tests.trail.cloudtrail import log

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

OTHER = STORE[:-1] + "2"
MINUTES = 2 * 24 * 60
ENOUGH = 1_000
"""More files than the trail has."""


def world(dice: random.Random, *, tidy: bool) -> FakeConnection:
    """Two days of a trail: writes on two stores; if it is not tidy, some are delivered hours late, and some lost."""
    files: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for store in (STORE, OTHER):
        times = sorted(dice.sample(range(MINUTES), dice.randint(0, 12)))
        for number, minute in enumerate(times):
            lag = dice.choice([1, 3, 5, 9, 9, 9 if tidy else 200])
            name = f"{store[-1]}KV"
            record = write(at(minute), f"{name}{number}", f"{name}{number + 1}", store)
            if tidy or dice.random() > 0.04:
                files[name_of(at(minute + lag), dice.randint(1, 9))].append(record)
    connection = FakeConnection(page=dice.choice([9, 1000]))
    connection.objects.update(quiet(NOON, at(MINUTES), minutes=20))
    connection.objects.update({key: gzip.compress(log(*records), mtime=0) for key, records in files.items()})
    return connection


def deploys(dice: random.Random) -> list[tuple[datetime, datetime]]:
    begins = dice.sample(range(0, MINUTES, 10), dice.randint(1, 3))
    return [(at(begin), at(begin + dice.randint(1, 20))) for begin in begins]


def closed(writes: Writes, span: Span) -> set[str]:
    """The stores whose chain is closed on both sides of a deploy."""
    table = links(needs(span, [STORE, OTHER]), writes.calls, writes.lives, {})
    return set(table.filter(pl.col("linked_before") & pl.col("linked_after"))["store"])


def taken(files: dict[str, bytes]) -> Writes:
    writes = Writes()
    writes.take([Source(name, None, data) for name, data in files.items()])
    return writes


@pytest.mark.parametrize("seed", range(8))
def test_what_the_copied_files_leave_open_is_said(seed: int, tmp_path: Path) -> None:
    dice = random.Random(seed)  # noqa: S311 - no secret
    tidy = seed % 2 == 0
    connection, ran, keep = world(dice, tidy=tidy), deploys(dice), FakeKeep(tmp_path)
    trails = find_trails(plain(LogFileValidationEnabled=False), [STORE, OTHER], keep)
    limits = TrailLimits(search=dice.choice([10, ENOUGH]))
    wanted = fetch_trail(connection, trails, [STORE, OTHER], ran, keep, now=NOW, told=told, limits=limits)
    copied = taken({key: connection.objects[key] for key in wanted["key"]})
    whole = taken(connection.objects)
    assert keep.refused == []
    assert len(connection.gets) == wanted.height == wanted["key"].n_unique()
    for place, (begin, end) in enumerate(ran):
        span = Span(place, begin - AROUND, end + AROUND, begin, end)
        is_quiet = not copied.stores(_table(span))
        if is_quiet:
            span = Span(place, begin - AROUND - WRONG_CLOCK, end + AROUND + WRONG_CLOCK, begin, end)
        mine, all_of_it = closed(copied, span), closed(whole, span)
        told_open = {what for what, why, _ in keep.opened if f"deploy {place + 1}" in why}
        assert mine <= all_of_it
        assert {STORE, OTHER} - mine <= told_open
        if tidy and limits.search == ENOUGH:
            assert mine == all_of_it


def _table(span: Span) -> pl.DataFrame:
    return pl.DataFrame({"low": [span.low], "high": [span.high]})
