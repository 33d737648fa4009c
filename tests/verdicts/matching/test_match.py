"""One call answers for one operation, and none is left idle that could."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from analyzer.tables import empty
from analyzer.trail.calls.chain import chain
from analyzer.verdicts.alignment.tables import OPERATION_TIMES
from analyzer.verdicts.matching.attempts import own_claims
from analyzer.verdicts.matching.match import assigned, candidates, ordered_calls, windows
from tests.build import Tape, write, writes


def answers(tape: Tape, *rows: dict[str, object]) -> dict[str, str]:
    """Write id → the event id of the call that answers for it."""
    calls = tape.calls()
    hits = assigned(
        candidates(windows(writes(*rows), empty(OPERATION_TIMES)), ordered_calls(calls, chain(calls)))
    )
    return dict(zip(hits["write"], hits["event_id"], strict=True))


def test_a_call_in_the_window_answers() -> None:
    tape = Tape()
    event = tape.write(3, puts=["ns:routes"])
    assert answers(tape, write("ns:routes", 2, 4)) == {"w1": event}


def test_a_call_of_another_key_store_time_or_effect_does_not() -> None:
    tape, other = Tape(), Tape("arn:other")
    tape.write(3, puts=["ns:other"])
    tape.write(60, puts=["ns:routes"])
    tape.write(3, deletes=["ns:routes"])
    other.write(3, puts=["ns:routes"])
    assert answers(tape, write("ns:routes", 2, 4)) == {}
    assert answers(other, write("ns:routes", 2, 4)) == {}


def test_a_failed_call_answers_for_nothing() -> None:
    tape = Tape()
    tape.write(3, puts=["ns:routes"], error="AccessDeniedException")
    assert answers(tape, write("ns:routes", 2, 4)) == {}


def test_an_operation_whose_outputs_were_never_set_takes_no_call() -> None:
    """It returned before it wrote: a call in its time is another's.

    Source: docs/facts/sst-output.md#s1-shadowed-error.
    """
    tape = Tape()
    event = tape.write(3, puts=["ns:routes"])
    silent = write("ns:routes", 2, 4, unset=True)
    assert answers(tape, silent) == {}
    assert answers(tape, silent, write("ns:routes", 2, 5)) == {"w2": event}


def test_two_operations_need_two_calls() -> None:
    tape = Tape()
    event = tape.write(3, puts=["ns:routes"])
    assert answers(tape, write("ns:routes", 2, 4), write("ns:routes", 2, 5)) == {"w1": event}


def test_the_call_goes_to_the_operation_that_ends_first() -> None:
    tape = Tape()
    first, second = tape.write(3, puts=["k"]), tape.write(4, puts=["k"])
    assert answers(tape, write("k", 0, 20), write("k", 2, 4)) == {"w2": first, "w1": second}


def test_calls_of_one_second_are_given_out_in_the_order_of_the_chain() -> None:
    tape = Tape()
    events = [tape.write(3, puts=["k"]) for _ in range(3)]
    assert answers(tape, *[write("k", 2, 4 + n) for n in range(3)]) == dict(
        zip(["w1", "w2", "w3"], events, strict=True)
    )


def most(intervals: list[tuple[int, int]], points: list[int]) -> int:
    """How many points can be matched to intervals (augmenting paths: slow, and plainly right)."""
    owner: dict[int, int] = {}

    def place(interval: int, seen: set[int]) -> bool:
        low, high = intervals[interval]
        for point, when in enumerate(points):
            if low <= when <= high and point not in seen:
                seen.add(point)
                if point not in owner or place(owner[point], seen):
                    owner[point] = interval
                    return True
        return False

    return sum(place(interval, set()) for interval in range(len(intervals)))


@given(
    spans=st.lists(st.tuples(st.integers(0, 120), st.integers(0, 30)), min_size=1, max_size=8),
    points=st.lists(st.integers(0, 150), max_size=8),
)
def test_no_assignment_answers_for_more(spans: list[tuple[int, int]], points: list[int]) -> None:
    """No way of giving out the calls could answer for more operations by calls within their own time.

    And nothing is left idle: no operation is without a call that nobody has and that its window would allow.
    """
    tape = Tape()
    times = sorted(points)
    events = {tape.write(time, puts=["k"]): time for time in times}
    found = answers(tape, *[write("k", start, start + length) for start, length in spans])
    assert len(set(found.values())) == len(found)
    own = [(start - 1, start + length + 1) for start, length in spans]
    within = [
        n
        for n, (low, high) in enumerate(own, start=1)
        if low <= events.get(found.get(f"w{n}", ""), -99) <= high
    ]
    assert len(within) == most(own, times)
    idle = [time for event, time in events.items() if event not in found.values()]
    open_spans = [span for n, span in enumerate(spans, start=1) if f"w{n}" not in found]
    assert not [1 for start, length in open_spans for time in idle if start - 5 <= time <= start + length + 5]


def test_groups_advance_together() -> None:
    """Windows far apart do not compete, and each gets its own call."""
    tape = Tape()
    events = [tape.write(100 * n + 1, puts=["k"]) for n in range(20)]
    found = answers(tape, *[write("k", 100 * n, 100 * n + 2) for n in range(20)])
    assert [found[f"w{n + 1}"] for n in range(20)] == events
    assert all(a < b for a, b in pairwise(events))


def test_callers_without_number_make_no_product_with_the_writes() -> None:
    """Each call made by another, as a hostile trail can have it: 2,000 writes took gigabytes."""
    tape = Tape()
    for number in range(200):
        tape.write(3, puts=["k"], caller=f"arn:aws:sts::111122223333:assumed-role/a/{number}")
    table, calls = writes(*[write("k", 2, 4)] * 200), tape.calls()
    claims = candidates(windows(table, empty(OPERATION_TIMES)), ordered_calls(calls, chain(calls)))
    hits = assigned(claims)
    assert len(hits) == 200
    assert len(own_claims(claims, hits, table).zones) <= len(claims.zones)


def test_a_create_that_returned_an_empty_id_wrote_nothing() -> None:
    """Expected: no call is its own: it returned before it wrote (docs/facts/sst-output.md#s1-shadowed-error).

    The call in its time, by the same role, is another job's.
    """
    tape = Tape()
    tape.write(3, puts=["ns:routes"])
    said = (
        "error: plugin for package 'pulumi-nodejs' returned empty resource.ID from create 'urn:pulumi:prod'"
    )
    row = write("ns:routes", 2, 4, op="create", reported="failed", error_message=said)
    assert answers(tape, row) == {}
    assert answers(tape, row | {"error_message": "connection reset"}) != {}
