"""Calls of which nothing shows whether they succeeded, or which keys they named: they prove nothing, and say so."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.trail.cloudtrail import HIDDEN, STORE, calls, inputs, log, read, record
from tests.trail.forms.forms import lines, ocsf_event, struct, table

GET = {"kvsARN": STORE, "key": "k"}
NONE = "neither an error nor an ETag shows the outcome"
LACKS = "call(s) have an unknown outcome: the form {} lacks errorCode and errorMessage here"
DENIED: dict[str, Any] = {"errorCode": "AccessDenied", "responseElements": None}


def get(event_id: str = "g1", **fields: Any) -> dict[str, Any]:
    """A GetKey, as CloudTrail records it."""
    return record(event_id, "GetKey", **{"requestParameters": GET, "responseElements": None} | fields)


def cut(item: dict[str, Any], *names: str) -> dict[str, Any]:
    """What `jq` leaves of a record where a query names fields."""
    kept = ("eventTime", "eventSource", "eventName", "eventID", "requestID", "requestParameters", *names)
    return {name: item.get(name) for name in kept}


def outcomes(data: bytes) -> list[bool | None]:
    return [row["ok"] for row in read(data).calls.unique("event_id", maintain_order=True).to_dicts()]


@pytest.mark.parametrize("answer", [None, {}, {"itemCount": 3}, {"eTag": ""}, "cut..."])
def test_a_write_with_neither_an_etag_nor_an_error(answer: object) -> None:
    trail = read(log(record(responseElements=answer)))
    (row,) = trail.calls.to_dicts()
    assert (row["ok"], row["etag"], row["degraded"]) == (None, None, NONE)
    words = "1 write(s) have an unknown outcome: neither an error nor an eTag is in the record"
    assert trail.inputs["problems"].to_list() == [[words]]


def test_an_etag_or_an_error_tells_it_in_any_form() -> None:
    made = [record("e1"), record("e2", **DENIED)]
    assert outcomes(lines([cut(item, "responseElements", "errorCode") for item in made])) == [True, False]
    assert outcomes(lines([cut(made[0], "responseElements")])) == [True]


def test_a_read_of_a_whole_record_succeeded_where_it_has_no_error() -> None:
    assert outcomes(log(get())) == [True]
    assert outcomes(log(get(errorCode="ResourceNotFoundException"))) == [False]


def test_a_read_in_a_part_of_a_record_succeeded_only_if_the_part_shows_errors() -> None:
    assert outcomes(lines([cut(get(), "errorCode")])) == [True]
    trail = read(lines([cut(get()), cut(record())]))
    assert trail.calls["ok"].to_list() == [None, None]
    assert trail.inputs["problems"].to_list() == [[f"2 {LACKS.format('records')}"]]


def row_of(item: dict[str, Any], *without: str) -> dict[str, str]:
    texts = {name: cell if isinstance(cell, str) else json.dumps(cell) for name, cell in item.items()}
    texts["userIdentity"] = struct(item["userIdentity"])
    texts["resources"] = struct(item["resources"])
    whole = texts | {"errorCode": item.get("errorCode", ""), "errorMessage": ""}
    return {name.lower(): cell for name, cell in whole.items() if name not in without and cell != "null"}


def athena(*items: dict[str, Any], without: tuple[str, ...] = ()) -> bytes:
    rows = [row_of(item, *without) for item in items]
    header = list(row_of(record(), *without))
    return table(header, [[row.get(name, "") for name in header] for row in rows])


def test_a_table_without_the_column_of_errors() -> None:
    made = (record("e1"), record("e2", **DENIED), get())
    assert outcomes(athena(*made)) == [True, False, True]
    trail = read(athena(*made, without=("errorCode", "errorMessage")))
    assert trail.calls["ok"].to_list() == [True, None, None]
    assert trail.inputs["problems"].to_list() == [[f"2 {LACKS.format('athena')}"]]
    assert {row["access_key"] for row in trail.calls.to_dicts()} == {"ASIAEXAMPLE"}


def elastic(item: dict[str, Any], **event: str) -> dict[str, Any]:
    return {
        "@timestamp": item["eventTime"],
        "event": {
            "action": item["eventName"],
            "provider": item["eventSource"],
            "id": item["eventID"],
            **event,
        },
        "cloud": {"region": "us-east-1", "account": {"id": "111122223333"}},
        "aws": {
            "cloudtrail": {
                "event_version": "1.09",
                "event_category": "Data",
                "user_identity": {"arn": "arn:x", "access_key_id": "ASIAEXAMPLE"},
                "flattened": {"request_parameters": item["requestParameters"]},
            }
            | ({"error_code": item["errorCode"]} if "errorCode" in item else {}),
        },
    }


def splunk(item: dict[str, Any], **fields: str) -> dict[str, Any]:
    named = {
        name: item[name] for name in ("eventSource", "eventName", "eventTime", "eventID", "eventVersion")
    }
    error = {"errorCode": item["errorCode"]} if "errorCode" in item else {}
    names = {
        "userIdentity.accessKeyId": "ASIAEXAMPLE",
        "requestParameters.kvsARN": STORE,
        "eventCategory": "Data",
    }
    return {"preview": False, "result": named | error | names | {"requestParameters.key": "k"} | fields}


def ocsf(item: dict[str, Any], **fields: Any) -> dict[str, Any]:
    event = ocsf_event(item)
    event["api"]["response"] = {"error": item["errorCode"]} if "errorCode" in item else None
    return event | fields


@pytest.mark.parametrize("made", [elastic, splunk, ocsf])
def test_a_form_that_leaves_empty_fields_out_shows_success_only_beside_an_error(made: Any) -> None:
    failed = get("g2", errorCode="AccessDenied")
    alone = read(lines([made(get())]))
    assert set(alone.calls["ok"]) == {None}
    assert NONE in alone.calls["degraded"][0]
    assert any("lacks errorCode" in problem for problem in alone.inputs["problems"][0])
    assert outcomes(lines([made(get()), made(failed)])) == [True, False]
    assert set(alone.calls["access_key"]) == {"ASIAEXAMPLE"}


def test_a_form_that_has_its_own_word_for_the_outcome() -> None:
    write = record("e1", responseElements=None)
    for success, failure in (
        (elastic(write, outcome="success"), elastic(write, outcome="failure")),
        (ocsf(write, status="Success"), ocsf(write, status="Failure")),
        (ocsf(write, status_id=1), ocsf(write, status_id=2)),
    ):
        assert outcomes(lines([success])) == [True]
        assert outcomes(lines([failure])) == [False]
    assert outcomes(lines([ocsf(write, status_id=0)])) == [None]
    assert outcomes(lines([splunk(get(), errorCode="success")])) == [True]


def test_sentinel_without_the_column_of_errors() -> None:
    cells = {
        "TimeGenerated [UTC]": "2026-06-10T00:05:02Z",
        "AwsEventId": "g1",
        "EventVersion": "1.09",
        "EventCategory": "Data",
        "EventSource": "edgekeyvaluestore.amazonaws.com",
        "EventName": "GetKey",
        "RequestParameters": json.dumps(GET),
        "UserIdentityAccessKeyId": "ASIAEXAMPLE",
    }
    (row,) = calls(table(list(cells), [[*cells.values()]]))
    assert (row["ok"], row["access_key"]) == (None, "ASIAEXAMPLE")
    whole = cells | {"ErrorCode": ""}
    assert outcomes(table(list(whole), [[*whole.values()]])) == [True]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"puts": [{"key": HIDDEN}, {"key": "a"}]}, [("put", "a"), ("put", None)]),
        ({"puts": [{"key": "***"}, {"key": "a"}]}, [("put", "a"), ("put", None)]),
        ({"puts": [{"key": "***:routes"}]}, [("put", None)]),
        ({"puts": [{"key": "a"}, "..."]}, [("put", "a"), ("put", None)]),
        ({"puts": [{"key": "a"}, {"key": "b..."}]}, [("put", "a"), ("put", "b..."), ("put", None)]),
        ({"puts": [{"key": "a"}, {"key": 7}, {}]}, [("put", "a"), ("put", None)]),
        ({"puts": '[{"key":"a"},{"k'}, [("put", None)]),
        ({"puts": HIDDEN, "deletes": [{"key": "a"}]}, [("delete", "a"), ("put", None)]),
        ({"puts": {"key": "a"}}, [("put", None)]),
    ],
)
def test_keys_that_cannot_be_read_stand_beside_the_others(
    parameters: dict[str, Any], expected: list[tuple[str, str | None]]
) -> None:
    data = log(record(requestParameters={"kvsARN": STORE, "ifMatch": "KV1", **parameters}))
    rows = calls(data)
    assert [(row["effect"], row["key"]) for row in rows] == expected
    assert {(row["ok"], row["degraded"]) for row in rows} == {(True, "keys that are hidden, cut or odd")}
    words = "1 call(s) may have named keys that cannot be read: keys that are hidden, cut or odd"
    assert inputs(data)[0]["problems"] == [words]


@pytest.mark.parametrize("key", [HIDDEN, 7, None, ""])
@pytest.mark.parametrize("name", ["PutKey", "DeleteKey", "GetKey"])
def test_the_one_key_of_a_call_that_cannot_be_read(name: str, key: object) -> None:
    (row,) = calls(log(record(name=name, requestParameters={"kvsARN": STORE, "key": key})))
    assert row["key"] is None


@pytest.mark.parametrize("store", [HIDDEN, STORE[:-5] + "...", STORE[:-5] + "***"])
def test_a_store_that_is_hidden_or_cut_is_read_from_the_resources(store: str) -> None:
    (row,) = calls(log(record(requestParameters={"kvsARN": store, "puts": [{"key": "a"}]})))
    assert row["store"] == STORE
    assert calls(log(record(requestParameters={"kvsARN": store}, resources=None)))[0]["store"] is None
