"""The analyser says what really happened; and the model itself is the same for a seed, in any process."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import pytest

from tests.effort import examples
from tests.world.hostile.switches import ALL
from tests.world.run import main, score_seeds
from tests.world.scenario import scenario
from tests.world.score import EXACT, TERMINAL, TEXT, Score
from tests.world.trail import files_of
from tests.world.truth import truths

HOSTILE = True
"""Whether the analyser holds in hostile worlds: then its verdicts there are held to the truth as well."""


@pytest.mark.parametrize(
    ("form", "seeds"),
    [(EXACT, range(examples(4))), (TEXT, range(examples(3))), (TERMINAL, range(20, 20 + examples(4)))],
)
def test_no_false_dropped_landed_or_lost(form: str, seeds: range) -> None:
    total = score_seeds(seeds, (form,))
    assert total.writes > 15
    assert [str(each) for each in total.disagreements if each.grave] == []
    if form == EXACT:
        assert _unknown(total) == set()


@pytest.mark.skipif(not HOSTILE, reason="the analyser does not hold in hostile worlds yet")
@pytest.mark.parametrize("seeds", [range(examples(4)), range(1000, 1000 + examples(3))])
def test_no_false_dropped_landed_or_lost_in_hostile_worlds(seeds: range) -> None:
    total = score_seeds(seeds, (), ALL)
    assert total.writes > 40
    assert [str(each) for each in total.disagreements if each.grave] == []
    assert _unknown(total) == set()
    assert sum(count for (*_, right), count in total.leanings.items() if not right) * 20 <= sum(
        total.leanings.values()
    )


def _unknown(total: Score) -> set[str]:
    """What is wrong with the list of writes: one that was intended is not in it, or one is that was not."""
    return {each.what for each in total.disagreements} & {"no such write", "unknown write"}


def test_a_seed_is_one_world() -> None:
    first, second = scenario(3), scenario(3)
    assert [done.request_id for done in first.service.history] == [
        done.request_id for done in second.service.history
    ]
    assert [(each.fate, each.intent.key) for each in truths(first)] == [
        (each.fate, each.intent.key) for each in truths(second)
    ]


def test_the_worlds_hold_every_fate() -> None:
    fates = Counter(each.fate for seed in range(150) for each in truths(scenario(seed)))
    assert set(fates) == {"landed", "lost", "restored", "errored", "dropped", "unfinished", "moot"}


def test_each_success_is_on_the_etag_of_the_one_before() -> None:
    for seed in range(60):
        last: dict[str, str] = {}
        for done in scenario(seed).service.history:
            if done.writes and done.reply:
                assert last.get(done.call.store, done.call.if_match) == done.call.if_match
                last[done.call.store] = done.reply.etag


def test_the_files_reach_past_the_deploys_and_hide_values() -> None:
    for seed in range(60):
        world = scenario(seed)
        if world.condition.name != "intact":
            continue
        files = files_of(world.service.history, world.condition, world.base, world.end, world.chance)
        last = max(deploy.ended or deploy.killed_at or deploy.began for deploy in world.deploys)
        assert max(file.delivered for file in files) >= last + 45 * 60
        assert {done.number for file in files for done in file.calls} == {
            done.number for done in world.service.history
        }
        for record in (record for file in files for record in file.records):
            for put in (record["requestParameters"] or {}).get("puts", []):
                assert put["value"] == "HIDDEN_DUE_TO_SECURITY_REASONS"


def test_the_command_prints_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["2", "--seed", "4", "--form", EXACT])
    printed = capsys.readouterr().out
    assert code in (0, 1)
    assert "rows are the truth" in printed
    assert "precision" in printed
    assert "clocks" in printed


def test_the_command_chooses_among_the_switches(capsys: pytest.CaptureFixture[str]) -> None:
    main(["1", "--seed", "4", "--only", "clocks", "--only", "windows", "--without", "windows"])
    assert "on: clocks\n" in capsys.readouterr().out


WORKER_AT_WORK = """
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from tests.world.run import end_with_the_parent

pool = ProcessPoolExecutor(1, get_context("spawn"), end_with_the_parent)
pool.submit(partial(print, "at work", flush=True))
pool.submit(time.sleep, 600).result()
"""


def test_workers_end_with_the_process_that_started_them() -> None:
    parent = subprocess.Popen([sys.executable, "-c", WORKER_AT_WORK], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    assert parent.stdout.readline() == "at work\n"
    parent.kill()
    parent.communicate(timeout=60)  # the worker holds the pipe open for as long as it lives
