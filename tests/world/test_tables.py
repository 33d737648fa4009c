"""What a run counts and prints: alignments held to the true offset, leanings, and recall over all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from analyzer.tables import ALIGNMENTS
from tests.world.aligned import clusters, in_the_trail, is_mixed, score_alignments
from tests.world.chance import seeded
from tests.world.hostile.clocks import LogClock
from tests.world.knowable import Evidence
from tests.world.scenario import scenario
from tests.world.score import CI, EXACT, FALSE, FALSE_LOW, UNTIMED, Disagreement, Score
from tests.world.tables import tables
from tests.world.trail import files_of

if TYPE_CHECKING:
    from tests.world.scenario import Scenario


@pytest.fixture(scope="module")
def world() -> Scenario:
    """One deploy with its calls in an intact trail."""
    seeds = (scenario(seed) for seed in range(50))
    return next(each for each in seeds if len(each.deploys) == 1 and each.condition.name == "intact")


def counted(  # noqa: PLR0913 - a parameter for each thing that is counted
    world: Scenario, form: str, *, low: int = 0, high: int = 0, shift: float = 0, delay: float = 0, **row: Any
) -> dict[Any, int]:
    """What is counted of one alignment whose offset is `low` to `high`, and whose window is `shift` late."""
    deploy = world.deploys[0]
    files = files_of(world.service.history, world.condition, world.base, world.end, seeded(1))
    evidence = Evidence(files, world.deploys, world.condition)
    ends = [deploy.began + shift, (deploy.ended or deploy.began) + shift]
    at, until = (world.base + timedelta(seconds=each) for each in ends)
    alignment = {
        "deploy": "d1",
        "state": "aligned",
        "basis": "own_keys",
        "offsets": [{"low": low, "high": high}],
        "at": at,
        "until": until,
    }
    report = SimpleNamespace(
        alignments=pl.DataFrame([alignment | row], schema_overrides=dict(ALIGNMENTS)),
    )
    found = Score()
    score_alignments(
        report,  # type: ignore[arg-type]  # what it reads of a report
        {"d1": deploy},
        evidence=evidence,
        base=world.base,
        form=form,
        found=found,
        delay=delay,
    )
    return {key[1:]: count for key, count in found.alignments.items()}


@pytest.mark.parametrize(
    ("clock", "low", "high", "counts"),
    [
        (LogClock(), 0, 1, {("near zero", "aligned", "right"): 1}),
        (LogClock(90), 88, 91, {("away", "aligned", "right"): 1}),
        (LogClock(90), 0, 1, {("near zero", "aligned", "wrong"): 1}),
        (LogClock(), 600, 602, {("away", "aligned", "wrong"): 1}),
        (LogClock(0, 60, 1), 60, 60, {("the clock steps", "aligned", "right"): 1}),
    ],
)
def test_an_offset_is_right_within_seconds(
    world: Scenario, clock: LogClock, low: int, high: int, counts: dict[Any, int]
) -> None:
    world.deploys[0].clock = clock
    assert counted(world, EXACT, low=low, high=high) == counts
    world.deploys[0].clock = LogClock()


def test_a_tie_that_the_clock_decided_is_counted_apart(world: Scenario) -> None:
    assert counted(world, EXACT, basis="clock") == {("near zero", "aligned by the clock", "right"): 1}


def test_what_was_printed_late_by_seconds_adds_to_the_offset(world: Scenario) -> None:
    late = counted(world, CI, low=40, high=42, delay=41)
    assert [(state, word) for _, state, word in late] == [("aligned", "right")]
    assert [word for *_, word in counted(world, CI, delay=41)] == ["wrong"]


def test_text_without_times_is_right_where_the_run_that_is_taken_is_the_deploys(world: Scenario) -> None:
    assert len(clusters(*_with_evidence(world))) == 1
    where = "one cluster fits"
    assert counted(world, UNTIMED, offsets=[]) == {(where, "aligned", "right"): 1}
    assert counted(world, UNTIMED, offsets=[], shift=600) == {(where, "aligned", "wrong"): 1}
    none: dict[str, Any] = {"state": "ambiguous", "offsets": [], "at": None, "until": None}
    assert counted(world, UNTIMED, **none) == {(where, "ambiguous", "none taken"): 1}


def _with_evidence(world: Scenario) -> tuple[Any, Evidence]:
    files = files_of(world.service.history, world.condition, world.base, world.end, seeded(1))
    return world.deploys[0], Evidence(files, world.deploys, world.condition)


def test_recall_is_printed_over_the_provable_and_over_all_and_leanings_with_their_share() -> None:
    total = Score()
    total.counts.update(
        {
            (EXACT, "dropped", "dropped", "proof"): 3,
            (EXACT, "dropped", "unverifiable", ""): 1,
            (EXACT, "landed", "dropped", "proof"): 1,
        }
    )
    total.leanings.update({(EXACT, "dropped", True): 3, (EXACT, "dropped", False): 1})
    total.disagreements.append(Disagreement(1, EXACT, FALSE, "landed", "dropped", ""))
    lines = list(tables(total))
    dropped = next(line for line in lines if line.startswith("dropped") and "." in line)
    assert dropped.split() == ["dropped", "4", "1", "0", "0.7500", "3", "1.0000", "0", "-", "4", "0.7500"]
    leaning = next(line for line in lines if line.startswith("event log: dropped"))
    assert leaning.split()[-2:] == ["4", "0.7500"]


def test_a_false_landed_with_low_confidence_does_not_fail_the_run() -> None:
    assert Disagreement(1, EXACT, FALSE, "dropped", "landed", "").grave
    assert not Disagreement(1, EXACT, FALSE_LOW, "dropped", "landed", "").grave
    assert not Disagreement(1, EXACT, FALSE, "landed", "errored", "").grave


def test_a_cluster_among_writes_of_other_namespaces_is_counted_apart(world: Scenario) -> None:
    """By text alone a deploy of another stage by the same role cannot be told from a larger run of the stack."""
    deploy, evidence = _with_evidence(world)
    (own,) = clusters(deploy, evidence)
    assert in_the_trail(deploy, evidence)
    assert not is_mixed(deploy, evidence, own)
    beside = replace(own[0], call=replace(own[0].call, puts=(("ffff:metadata", "{}"),), deletes=()))
    evidence.placing.attempts.append(beside)
    assert is_mixed(deploy, evidence, own)
    assert len(clusters(deploy, evidence)) == 1
