"""`CallCollector`: each record once, whatever the order, the files and the size of a batch."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.trail.calls import call_collector
from analyzer.trail.calls.call_collector import CallCollector
from analyzer.trail.calls.call_rows import calls_of
from analyzer.trail.calls.chain import chain
from analyzer.trail.calls.once import once
from analyzer.trail.calls.records import decode
from analyzer.trail.calls.usual import usual
from tests.trail.cloudtrail import HIDDEN, STORE, log, read, record

if TYPE_CHECKING:
    from analyzer.trail.trail import Trail

PUTS = {
    "kvsARN": STORE,
    "ifMatch": "KV1",
    "puts": [{"key": "7c62:a", "value": HIDDEN}, {"key": "7c62:b", "value": HIDDEN}],
}


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
        calls = collected(records, {}).collected()
    found = once(calls.records, calls.keys, ())
    kept = calls.records.filter(~pl.col("record").is_in(found.dropped.implode())).sort("event_id")
    same = calls.repeats.join(found.repeats, left_on="of", right_on="record", how="left")
    first: dict[int, int] = {}
    for place, item in enumerate(records):
        first.setdefault(item.event_id, place)
    expected = [
        (place, item.request != records[first[item.event_id]].request)
        for place, item in enumerate(records)
        if first[item.event_id] != place
    ]
    assert kept["source"].to_list() == [f"f{first[number]}" for number in sorted(first)]
    repeats = [*found.repeats.select("file", "differs").rows(), *same.select("file", "differs").rows()]
    assert sorted((file, bool(differs)) for file, differs in repeats) == expected
    assert found.repeats["first"].to_list() == [
        f"f{first[int(event_id[1:])]}" for event_id in found.repeats["event_id"]
    ]


def test_copies_for_two_accounts_are_no_difference() -> None:
    records = [Given(1, 0, True), Given(2, 1, True), Given(3, 0, False)]
    calls = collected(records, {1: "s", 2: "s", 3: "s"}).collected()
    assert once(calls.records, calls.keys, ()).repeats.rows() == [
        (1, 1, False, "e2", "f0"),
        (2, 2, False, "e3", "f0"),
    ]


def trail_of(*records: dict[str, object]) -> Trail:
    """Each record in a file of its own."""
    return read(*(log(item) for item in records))


def test_one_call_under_two_event_ids_is_one_call() -> None:
    first = record("a1", requestID="r", requestParameters=PUTS)
    trail = trail_of(first, first | {"eventID": "a0"})
    assert trail.calls["event_id"].unique().to_list() == ["a1"]
    assert trail.calls.height == len(PUTS["puts"])
    assert trail.inputs["duplicates"].to_list() == [0, 1]
    assert trail.inputs["problems"].to_list() == [[], []]


@pytest.mark.parametrize(
    ("name", "error"),
    [("GetKey", None), ("GetKey", "ResourceNotFoundException"), ("UpdateKeys", "AccessDenied")],
)
def test_a_read_or_a_refused_write_under_two_event_ids_is_one_call(name: str, error: str | None) -> None:
    parameters = {"kvsARN": STORE, "key": "k"} if name == "GetKey" else PUTS
    first = record(
        "a1", name, requestID="r", requestParameters=parameters, responseElements=None, errorCode=error
    )
    copy = first | {"eventID": "a2"}
    assert trail_of(first, copy).calls["event_id"].unique().to_list() == ["a1"]
    later = copy | {"eventTime": "2026-06-10T00:05:03Z"}
    assert trail_of(first, later).calls["event_id"].n_unique() == 2
    of_another_key = copy | {"requestParameters": {"kvsARN": STORE, "key": "z", "puts": [{"key": "z"}]}}
    assert trail_of(first, of_another_key).calls["event_id"].n_unique() == 2


def test_an_export_without_request_ids_shows_one_success_twice_by_its_etag() -> None:
    """The service returns an ETag once. A refused write returns none: two of them may be two."""
    first = record("a1", requestID=None)
    assert trail_of(first, first | {"eventID": "a2"}).calls["event_id"].unique().to_list() == ["a1"]
    later = first | {"eventID": "a2", "eventTime": "2026-06-10T00:05:03Z"}
    assert trail_of(first, later).calls["event_id"].n_unique() == 2
    refused = record("a1", requestID=None, responseElements=None, errorCode="AccessDenied")
    assert trail_of(refused, refused | {"eventID": "a2"}).calls["event_id"].n_unique() == 2


def test_two_successes_are_two_calls_even_of_one_request_id() -> None:
    answer = {"itemCount": 3, "eTag": "KV3"}
    first = record("a1", requestID="r")
    assert trail_of(first, record("a2", requestID="r", responseElements=answer)).calls.height == 2
    assert trail_of(first, record("a2", requestID=None)).calls.height == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"requestParameters": {"kvsARN": STORE, "ifMatch": "KV1", "puts": [{"key": "7c62:z"}]}},
        {"responseElements": {"eTag": "KV9"}},
        {"responseElements": None, "errorCode": "AccessDenied"},
        {"eventTime": "2026-06-10T00:06:00Z"},
    ],
)
def test_two_contents_of_one_event_id_are_reported_and_prove_nothing(fields: dict[str, object]) -> None:
    trail = trail_of(record("e1"), record("e2", requestID="r2"), record("e1") | fields)
    first = trail.calls.filter(event_id="e1")
    assert first["key"].to_list() == ["7c62:a", None]
    assert first["ok"].to_list() == [None, None]
    assert set(first["degraded"]) == {"two records with its eventID contradict each other"}
    assert trail.inputs["problems"].to_list() == [[], [], ["the record e1 differs from the one in f0"]]
    assert chain(trail.calls)["event_id"].to_list() == ["e2"]


def test_a_copy_in_a_form_that_shows_less_contradicts_nothing() -> None:
    whole = record("e1")
    kept = ("eventSource", "eventName", "eventTime", "eventID", "requestID")
    part = {name: whole[name] for name in kept}
    trail = read(log(whole), json.dumps(part).encode())
    assert trail.calls.select("key", "ok").rows() == [("7c62:a", True)]
