"""A short run of the fuzzer with seeds of every day; `make fuzz` runs longer."""

from __future__ import annotations

import random

import pytest

from analyzer.logs.registry import forms
from tests.fuzz.corpus import packed_seeds, seeds
from tests.fuzz.hold import hold, hold_packed, kind_of
from tests.fuzz.mutate import mutated
from tests.fuzz.watch import CostError, watched


@pytest.mark.parametrize("first", range(0, 60, 10))
def test_mutated_logs_are_accounted_for(first: int) -> None:
    texts = seeds()
    known = sorted(forms())
    for seed in range(first, first + 10):
        chance = random.Random(seed)
        data = mutated(chance, texts)
        for kind in {kind_of(data), chance.choice(known)} & set(known):
            hold(data, kind)


def test_mutated_archives_raise_nothing() -> None:
    packed = packed_seeds()
    for seed in range(40):
        hold_packed(mutated(random.Random(seed), packed))


def test_a_case_that_costs_too_much_is_a_finding() -> None:
    with pytest.raises(CostError, match="s of the processor"), watched(seconds=0):
        sum(range(100_000))
    with pytest.raises(CostError, match="MiB of memory"), watched(growth=16 << 20):
        bytearray(b"x") * (64 << 20)
    with watched():
        sum(range(100))


@pytest.mark.parametrize("kind", sorted(forms()))
@pytest.mark.parametrize("data", [b"", b"\n", b"\0", b"\xff\xfe", b"{", b"[]", b"\r\r\n", b"x" * 70_000])
def test_small_things(kind: str, data: bytes) -> None:
    hold(data, kind)
