"""`CallCollector`: each record once, whatever the order, the files and the size of a batch."""

from __future__ import annotations

import json
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.trail.calls import call_collector
from analyzer.trail.calls.call_collector import CallCollector, Repeat
from analyzer.trail.calls.call_rows import calls_of
from analyzer.trail.calls.records import decode
from analyzer.trail.calls.usual import usual
from tests.trail.cloudtrail import record


class Given(NamedTuple):
    event_id: int
    request: int
    is_usual: bool


given_records = st.lists(
    st.builds(Given, st.integers(0, 5), st.integers(0, 1), st.booleans()), min_size=1, max_size=25
)


def collected(records: list[Given], shared: dict[int, str]) -> CallCollector:
    """One file for each record."""
    collector = CallCollector()
    for file, item in enumerate(records):
        whole = record(
            f"e{item.event_id}",
            requestID=f"r{item.event_id}-{item.request}",
            sharedEventID=shared.get(item.event_id),
        )
        raw = json.dumps(whole).encode()
        quick = usual(raw)
        assert quick is not None
        if item.is_usual:
            collector.add(quick, file, f"f{file}", "s3-log")
        else:
            collector.add_rows(
                calls_of(decode(raw)[0], f"f{file}", "s3-log"), shared.get(item.event_id), file
            )
    return collector


@pytest.mark.parametrize("batch", [1, 3, 100])
@given(given_records)
def test_each_event_id_once(batch: int, records: list[Given]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(call_collector, "_BATCH", batch)
        collector = collected(records, {})
        kept, _ = collector.once()
    first: dict[int, int] = {}
    for place, item in enumerate(records):
        first.setdefault(item.event_id, place)
    expected = [
        Repeat(
            place,
            item.request != records[first[item.event_id]].request,
            f"e{item.event_id}",
            f"f{first[item.event_id]}",
        )
        for place, item in enumerate(records)
        if first[item.event_id] != place
    ]
    assert kept["source"].to_list() == [f"f{first[number]}" for number in sorted(first)]
    assert sorted(collector.repeats, key=lambda repeat: repeat.file) == expected


def test_copies_for_two_accounts_are_no_difference() -> None:
    records = [Given(1, 0, True), Given(2, 1, True), Given(3, 0, False)]
    collector = collected(records, {1: "s", 2: "s", 3: "s"})
    assert collector.once()[0]["event_id"].to_list() == ["e1"]
    assert collector.repeats == [Repeat(1, False, "e2", "f0"), Repeat(2, False, "e3", "f0")]
