"""Alignment on stacks that are deployed again and again: no wrong one on a few seeds, and enough that are aligned."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.world.stacks import SHAPES, alone, together
from tests.world.stacks_model import Shape, world

SEEDS = range(70_000, 70_004)


@pytest.mark.parametrize("shape", ["hashed", "plain", "hell", "steps"])
def test_each_log_with_a_clock_of_its_own(shape: str) -> None:
    score, _, wrong = alone(SEEDS, replace(SHAPES[shape], clock="uniform"))
    assert not wrong
    assert shape != "hashed" or (score.near + score.away) / score.present >= 0.45


def test_right_clocks() -> None:
    score, _, wrong = alone(SEEDS, SHAPES["plain"])
    assert not wrong
    assert score.near / score.present >= 0.85


def test_the_logs_of_one_machine() -> None:
    score, _, wrong = together(SEEDS, replace(SHAPES["hashed"], clock="shared"))
    assert not wrong
    assert (score.near + score.away) / score.present >= 0.85


def test_the_same_seed_gives_the_same_world() -> None:
    first, second = (world(1, Shape()) for _ in range(2))
    assert first.calls == second.calls
    assert first.truth == second.truth
