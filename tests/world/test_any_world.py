"""Worlds that hypothesis decides, call by call, and shrinks; and logs that are cut at any byte."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzer import check
from analyzer.errors import InputError
from analyzer.rules.doubt import RULE_OF
from tests.effort import examples
from tests.world import trail
from tests.world.chance import seeded
from tests.world.compare import score
from tests.world.hostile.switches import ALL
from tests.world.knowable import Evidence
from tests.world.logs import event_log, pulumi_text
from tests.world.scenario import scenario
from tests.world.score import EXACT
from tests.world.test_world import HOSTILE
from tests.world.truth import truths


@settings(
    max_examples=examples(4),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.randoms(use_true_random=False))
def test_no_interleaving_makes_a_verdict_false(chance: object) -> None:
    world = scenario(1, chance)  # type: ignore[arg-type]  # hypothesis's Random is one
    found = score(world, (EXACT,))
    assert [str(each) for each in found.disagreements if each.grave] == []


@pytest.mark.skipif(not HOSTILE, reason="the analyser does not hold in hostile worlds yet")
@settings(
    max_examples=examples(4),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.randoms(use_true_random=False), st.integers(0, 10_000))
def test_no_interleaving_makes_a_verdict_false_in_a_hostile_world(chance: object, seed: int) -> None:
    world = scenario(seed, chance, ALL)  # type: ignore[arg-type]  # hypothesis's Random is one
    found = score(world)
    assert [str(each) for each in found.disagreements if each.grave] == []


@settings(max_examples=examples(6), deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 1, exclude_max=True), st.booleans())
def test_a_log_cut_at_any_byte_accuses_nobody(seed: int, where: float, as_text: bool) -> None:
    """What the cut took away is unknown: no write that landed is dropped or lost, none that was dropped landed."""
    world = scenario(seed)
    files = trail.files_of(world.service.history, world.condition, world.base, world.end, seeded(seed))
    if not (files and world.deploys):
        return
    evidence = Evidence(files, world.deploys, world.condition)
    deploy = world.deploys[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        trail.write(files, folder / "trail", world.base, world.condition)
        log = folder / ("pulumi.log" if as_text else "eventlog.json")
        whole = (pulumi_text(deploy) if as_text else event_log(deploy, world.base)).encode()
        log.write_bytes(whole[: int(len(whole) * where)])
        try:
            report = check([log], trail=[folder / "trail"])
        except InputError:
            return  # nothing is left of it
    judged = [evidence.judged(truth) for truth in truths(world) if truth.deploy is deploy]
    right = {
        (each.truth.intent.operation.full_name, each.truth.intent.action, each.truth.intent.key): each
        for each in judged
    }
    told = set(report.findings["code"])
    for row in report.writes.iter_rows(named=True):
        assert row["verdict"] != "unverifiable" or RULE_OF[row["cause"]] in told, "no doubt is silent"
        each = right.get((row["name"], row["action"], row["key"]))
        if each is None or each.swappable:
            continue
        if row["verdict"] == "dropped":
            assert each.truth.fate == "dropped", row
        if row["verdict"] == "landed":
            assert "landed" in each.right or each.truth.fate == "moot", row


def test_with_data_events_off_or_a_gap_nothing_is_dropped() -> None:
    """Not one write of the worlds whose trail logs no data events, or does not bracket the operation unbroken.

    But where the log's own outputs were never set: then no write was made, whatever the trail shows.
    """
    seen = 0
    for seed in range(60):
        world = scenario(seed)
        if world.condition.name not in ("data events off", "lost file"):
            continue
        found = score(world, (EXACT,))
        dropped = [key for key in found.counts if key[2] == "dropped" and found.counts[key]]
        seen += found.writes
        if world.condition.name == "data events off":
            assert all(fate == "dropped" for _, fate, _, _ in dropped)  # by the log's own outputs
        assert all(level == "proof" or fate == "dropped" for _, fate, _, level in dropped)
    assert seen > 50
