"""A short run of the fuzzer with seeds of every day; `make fuzz` runs longer."""

from __future__ import annotations

import random

import pytest

from analyzer.logs.registry import forms
from tests.fuzz.corpus import seeds
from tests.fuzz.hold import hold, kind_of
from tests.fuzz.mutate import mutated


@pytest.mark.parametrize("first", range(0, 60, 10))
def test_mutated_logs_are_accounted_for(first: int) -> None:
    texts = seeds()
    known = sorted(forms())
    for seed in range(first, first + 10):
        chance = random.Random(seed)
        data = mutated(chance, texts)
        for kind in {kind_of(data), chance.choice(known)} & set(known):
            hold(data, kind)


@pytest.mark.parametrize("kind", sorted(forms()))
@pytest.mark.parametrize("data", [b"", b"\n", b"\0", b"\xff\xfe", b"{", b"[]", b"\r\r\n", b"x" * 70_000])
def test_small_things(kind: str, data: bytes) -> None:
    hold(data, kind)
