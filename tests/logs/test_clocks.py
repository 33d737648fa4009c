"""Stamps of a CI log are the times of its lines, unless its output was held back: then Pulumi's dots tell, or nothing.

Source: docs/facts/alignment.md#2-ci-stamps
"""

from __future__ import annotations

import json
import os
import random
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from analyzer.logs.read import read_logs
from analyzer.sources.source import Source
from analyzer.writes.intended import intended_writes
from tests.logs.flushing import BEGAN, Run, at_once, at_the_end, every, log, run, second_half

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import polars as pl

    Held = Callable[[Sequence[tuple[float, str]]], list[float]]

KEYS = " +  pulumi-nodejs:dynamic:Resource WebKvKeys.sst.aws.KvKeys "


def logs_of(*texts: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """DEPLOYS and WRITES of some logs."""
    logs = read_logs([Source(f"ci-{n}.log", None, text.encode()) for n, text in enumerate(texts)])
    return logs.deploys, intended_writes(logs.events, logs.deploys)


def runs_of(count: int, *, dots: bool = True) -> list[Run]:
    """Some deploys, always the same."""
    return [run(random.Random(seed), dots=dots) for seed in range(count)]  # noqa: S311 - the same for all time


def errors(runs: Sequence[Run], writes: pl.DataFrame) -> Iterator[tuple[float, float]]:
    """How late, in seconds, each operation seems to begin and to end."""
    for number, one in enumerate(runs):
        mine = writes.filter(writes["source"] == f"ci-{number}.log").sort("name")
        for (start, end), row in zip(one.operations, mine.iter_rows(named=True), strict=True):
            yield (
                (row["start"] - BEGAN).total_seconds() - start,
                (row["end"] - BEGAN).total_seconds() - end,
            )


def stamped(*lines: tuple[float, str]) -> str:
    """A CI log of lines, each with its stamp in seconds."""
    return log(Run(lines, ()), lambda given: [at for at, _ in given])


def test_output_that_came_at_once_keeps_its_stamps() -> None:
    runs = runs_of(6)
    deploys, writes = logs_of(*(log(one, at_once) for one in runs))
    assert deploys["times"].to_list() == ["stamps"] * 6
    assert all(abs(late) < 1 for both in errors(runs, writes) for late in both)


@pytest.mark.parametrize("held", [at_the_end, every(30)])
def test_held_back_output_is_timed_by_its_dots(held: Held) -> None:
    runs = runs_of(6)
    deploys, writes = logs_of(*(log(one, held) for one in runs))
    assert deploys["times"].to_list() == ["dots"] * 6
    assert all(abs(late) <= 3 for both in errors(runs, writes) for late in both)


@pytest.mark.parametrize("held", [every(10), second_half])
def test_where_a_part_was_held_back_most_times_are_right(held: Held) -> None:
    runs = runs_of(15)
    deploys, writes = logs_of(*(log(one, held) for one in runs))
    assert (deploys["times"] == "dots").sum() >= 9  # in the others nothing telling was held back
    late = [abs(seconds) <= 3 for both in errors(runs, writes) for seconds in both]
    assert sum(late) >= 0.9 * len(late)


def test_held_back_output_without_dots_has_no_times_but_a_window() -> None:
    runs = runs_of(6, dots=False)
    deploys, writes = logs_of(*(log(one, at_the_end) for one in runs))
    assert deploys["times"].to_list() == ["flushed"] * 6
    assert all(start <= 0 and end >= 0 for start, end in errors(runs, writes))


def test_dots_that_a_slow_machine_left_out_are_no_sign_of_held_back_output() -> None:
    lines = [
        (0.0, "Updating (prod):"),
        (3.0, "@ updating......"),
        (3.0, KEYS + "creating (0s)"),
        (409.0, "@ updating..." + "." * 399),
        (409.0, KEYS + "created (406s)"),
        (409.0, "Duration: 6m50s"),
    ]
    deploys, _ = logs_of(stamped(*lines))
    assert deploys.select("times", "duration").row(0) == ("stamps", 410)


def test_an_operation_that_takes_less_time_than_it_says_has_no_clock() -> None:
    lines = [
        (0.0, "Updating (prod):"),
        (20.0, KEYS + "creating (0s)"),
        (20.0, KEYS + "created (12s)"),
        (23.0, "Duration: 24s"),
    ]
    deploys, writes = logs_of(stamped(*lines))
    assert deploys["times"].to_list() == ["flushed"]
    window = writes.select("start", "end").row(0)
    assert [(at - BEGAN).total_seconds() for at in window] == [23 - 24 - 5, 23]


def test_the_end_of_a_log_that_was_cut_is_no_sign_of_held_back_output() -> None:
    lines = [(20.0, KEYS + "creating (0s)"), (21.0, KEYS + "created (1s)"), (22.0, "Duration: 2m3s")]
    deploys, _ = logs_of(stamped(*lines))
    assert deploys["times"].to_list() == ["stamps"]


def test_a_log_without_times_says_how_long_it_ran() -> None:
    text = f"Updating (prod):\n@ updating....\n{KEYS}creating (0s)\n@ updating.....\n{KEYS}created (2s)\n"
    text += "Duration: 1m2s\n"
    deploys, writes = logs_of(text)
    assert deploys.select("duration", "times").row(0) == (62, None)
    assert writes.select("start", "end", "tick_start", "tick_end").row(0) == (None, None, 1, 3)


def test_a_row_above_the_first_dots_is_of_the_first_second() -> None:
    text = f"Updating (prod):\n{KEYS}creating (0s)\n@ updating.....\n{KEYS}created (2s)\n"
    _, writes = logs_of(text)
    assert writes.select("tick_start", "tick_end").row(0) == (0, 2)


def test_an_update_object_gives_a_log_without_times_its_window_and_no_times() -> None:
    own_id = "fe6aadedee0704c33ffb620d"
    told = {"id": own_id, "version": "3.19.3", "command": "deploy"}
    told |= {"timeStarted": "2026-05-01T12:00:00Z", "timeCompleted": "2026-05-01T12:01:00Z"}
    text = f"Updating (prod):\n{KEYS}creating (0s)\n{KEYS}created (2s)\n"
    logs = read_logs(
        [
            Source(f"update/shop/prod/{own_id}.json", None, json.dumps(told).encode()),
            Source(f"log/{own_id}/pulumi.log", None, text.encode()),
        ]
    )
    assert logs.deploys.select("ended_at", "times").rows() == [(BEGAN + timedelta(minutes=1), None)]
    assert intended_writes(logs.events, logs.deploys).select("start", "end").rows() == [(None, None)]


def test_a_file_says_when_it_was_changed(tmp_path: Path) -> None:
    path = tmp_path / "pulumi.log"
    path.write_text(f"Updating (prod):\n{KEYS}creating (0s)\n", encoding="utf-8")
    os.utime(path, (BEGAN.timestamp(), BEGAN.timestamp()))
    assert read_logs([Source("pulumi.log", path)]).deploys["modified_at"].to_list() == [BEGAN]
