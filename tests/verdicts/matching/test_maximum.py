"""A maximum matching, held to a plain algorithm that nobody doubts."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.verdicts.matching.maximum import NONE, maximum
from tests.effort import examples

Ranges = list[list[tuple[int, int]]]


def augmenting(edges: list[set[int]]) -> int:
    """The size of a maximum matching by Kuhn's algorithm: slow, and plainly right."""
    owner: dict[int, int] = {}

    def place(write: int, seen: set[int]) -> bool:
        for call in edges[write] - seen:
            seen.add(call)
            if call not in owner or place(owner[call], seen):
                owner[call] = write
                return True
        return False

    return sum(place(write, set()) for write in range(len(edges)))


def allowed(ranges: Ranges, rows: list[int]) -> list[set[int]]:
    """The calls that each write may have."""
    return [{rows[row] for first, past in spans for row in range(first, past)} for spans in ranges]


def greedy(edges: list[set[int]]) -> list[int]:
    """A matching to begin with: to each write the first call that is free."""
    holds: list[int] = []
    for calls in edges:
        holds.append(min(calls - set(holds), default=NONE))
    return holds


@st.composite
def contests(draw: st.DrawFn) -> tuple[Ranges, list[int]]:
    """Writes with up to three ranges each, and calls of which some are in two rows, as a call is in two lanes."""
    rows = draw(st.lists(st.integers(0, 15), max_size=24))
    places = st.integers(0, len(rows))
    span = st.tuples(places, places).map(sorted).map(lambda ends: (ends[0], min(ends[1], ends[0] + 4)))
    return draw(st.lists(st.lists(span, max_size=3), max_size=16)), rows


@given(contests(), st.booleans())
@settings(max_examples=examples(120))
def test_as_many_writes_get_a_call_as_any_algorithm_can_give(
    contest: tuple[Ranges, list[int]], begun: bool
) -> None:
    ranges, rows = contest
    edges = allowed(ranges, rows)
    begin = greedy(edges) if begun else [NONE] * len(ranges)
    holds = maximum(ranges, rows, begin)
    given_out = [call for call in holds if call != NONE]
    assert len(set(given_out)) == len(given_out) == augmenting(edges)
    assert all(call == NONE or call in edges[write] for write, call in enumerate(holds))
    assert all(after != NONE for before, after in zip(begin, holds, strict=True) if before != NONE)


def test_a_call_is_handed_on_along_a_path_of_any_length() -> None:
    """Each write holds the call that the one before it needs; the last one alone can take another."""
    count = 500
    ranges = [[(0, 1)], *([(n, n + 2)] for n in range(count))]
    holds = maximum(ranges, range(count + 1), [NONE, *range(count)])
    assert holds == list(range(count + 1))


def test_of_writes_that_need_the_same_call_the_first_one_gets_it() -> None:
    assert maximum([[(0, 1)], [(0, 1)]], [7], [NONE, NONE]) == [7, NONE]


def test_a_thousand_writes_and_four_thousand_calls_take_no_pairs() -> None:
    """Every write may have every call but those at the end, which the first matching gave away."""
    writes, calls = 1000, 4000
    ranges = [[(0, calls - n)] for n in range(writes)]
    began = time.process_time()
    holds = maximum(ranges, range(calls), [NONE] * writes)
    assert NONE not in holds
    assert time.process_time() - began < 1
