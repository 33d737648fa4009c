"""Records → CALLS: a row per key, with what the record says and what it lost."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from analyzer.tables import CALLS
from tests.trail.cloudtrail import HIDDEN, STORE, calls, inputs, log, other, read, record

DATA = Path(__file__).parents[4] / "shared" / "data"
AT = datetime(2026, 6, 10, 0, 5, 2, tzinfo=UTC)


def one(**fields: Any) -> dict[str, Any]:
    rows = calls(log(record(**fields)))
    assert len(rows) == 1
    return rows[0]


def keys(**fields: Any) -> list[tuple[str, str | None]]:
    return [(row["effect"], row["key"]) for row in calls(log(record(**fields)))]


def test_a_write_gives_all_columns() -> None:
    assert one() == {
        "store": STORE,
        "event_id": "e1",
        "request_id": "r1",
        "at": AT,
        "api": "UpdateKeys",
        "effect": "put",
        "key": "7c62:a",
        "value": None,
        "ok": True,
        "error_code": None,
        "error_message": None,
        "if_match": "KV1",
        "etag": "KV2",
        "item_count": 3,
        "caller": "arn:aws:sts::111122223333:assumed-role/ci/run",
        "access_key": "ASIAEXAMPLE",
        "user_agent": "aws-sdk-go-v2",
        "source_ip": "203.0.113.9",
        "region": "us-east-1",
        "account": "111122223333",
        "source": "f0",
        "form": "s3-log",
        "degraded": None,
    }


def test_an_update_gives_a_row_for_each_key() -> None:
    puts = [{"key": "b", "value": HIDDEN}, {"key": "a", "value": "shown"}]
    rows = calls(log(record(requestParameters={"kvsARN": STORE, "puts": puts, "deletes": [{"key": "c"}]})))
    assert [(row["effect"], row["key"], row["value"]) for row in rows] == [
        ("put", "a", "shown"),
        ("put", "b", None),
        ("delete", "c", None),
    ]


@pytest.mark.parametrize(
    ("name", "parameters", "api", "expected"),
    [
        ("PutKey", {"kvsARN": STORE, "key": "k", "value": HIDDEN}, "PutKey", [("put", "k")]),
        ("PutKeys", {"kvsARN": STORE, "key": "k"}, "PutKey", [("put", "k")]),
        ("DeleteKey", {"KvsArn": STORE, "Key": "k"}, "DeleteKey", [("delete", "k")]),
        ("DeleteKeys", {"kvsarn": STORE, "KEY": "k"}, "DeleteKey", [("delete", "k")]),
        ("GetKey", {"kvsARN": STORE, "key": "k"}, "GetKey", [("read", "k")]),
        ("ListKeys", {"kvsARN": STORE, "maxResults": 50}, "ListKeys", [("read", None)]),
        ("DescribeKeyValueStore", {"kvsARN": STORE}, "DescribeKeyValueStore", [("read", None)]),
        ("UpdateKeys", {"kvsARN": STORE, "Puts": [{"Key": "k"}]}, "UpdateKeys", [("put", "k")]),
        ("UpdateKeys", {"kvsARN": STORE}, "UpdateKeys", [("put", None)]),
        ("UpdateKeys", {"kvsARN": STORE, "puts": [], "deletes": None}, "UpdateKeys", [("put", None)]),
        (
            "UpdateKeys",
            {"kvsARN": STORE, "puts": "odd", "deletes": [5, {"key": 7}]},
            "UpdateKeys",
            [("delete", None), ("put", None)],
        ),
    ],
)
def test_operations(name: str, parameters: object, api: str, expected: list[tuple[str, str | None]]) -> None:
    rows = calls(log(record(name=name, requestParameters=parameters)))
    assert [(row["effect"], row["key"]) for row in rows] == expected
    assert {(row["api"], row["store"]) for row in rows} == {(api, STORE)}


def test_both_names_of_the_service_are_read_and_the_control_plane_is_not() -> None:
    assert one(eventSource="cloudfront-keyvaluestore.amazonaws.com")["api"] == "UpdateKeys"
    assert calls(log(record(name="DescribeKeyValueStore", eventSource="cloudfront.amazonaws.com"))) == []


def test_an_operation_that_is_not_known_is_taken_for_a_write_unless_it_only_reads() -> None:
    assert one(name="ReplaceKeys")["effect"] == "put"
    assert one(name="ScanKeys", readOnly=True)["effect"] == "read"
    assert one(name="ScanKeys", readOnly=True)["degraded"] == "unknown operation"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            {"errorCode": "ValidationException", "errorMessage": "Pre-Condition failed"},
            (False, "ValidationException", "Pre-Condition failed"),
        ),
        ({"errorMessage": "odd"}, (False, None, "odd")),
        ({"errorCode": "", "errorMessage": ""}, (True, None, None)),
    ],
)
def test_errors(fields: dict[str, str], expected: tuple[object, ...]) -> None:
    row = one(**fields)
    assert (row["ok"], row["error_code"], row["error_message"]) == expected
    assert row["etag"] == ("KV2" if row["ok"] else None)


@pytest.mark.parametrize(
    ("fields", "store"),
    [
        ({}, None),
        ({"resources": [{"ARNPrefix": "x"}, {"ARN": "arn:aws:s3:::b"}, {"type": "t", "arn": STORE}]}, STORE),
        ({"resources": "odd"}, None),
        ({"resources": [None, {"ARN": 5}]}, None),
    ],
)
def test_the_store_of_a_call_without_parameters(fields: dict[str, Any], store: str | None) -> None:
    row = one(**{"requestParameters": None, "resources": None, **fields})
    assert (row["store"], row["key"], row["degraded"]) == (store, None, "no parameters")


@pytest.mark.parametrize(
    "parameters",
    [
        {"omitted": True, "originalSize": "149893", "reason": "requestParameters too large"},
        {"omitted": "true"},
        {"reason": "requestParameters too large"},
    ],
)
def test_parameters_that_were_too_large(parameters: object) -> None:
    row = one(requestParameters=parameters)
    assert (row["store"], row["key"], row["effect"], row["degraded"]) == (
        STORE,
        None,
        "put",
        "parameters omitted",
    )


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("2026-06-10T00:05:02Z", AT),
        ("2026-06-10T02:05:02+02:00", AT),
        ("2026-06-10 00:05:02.000000000", AT),
        ("2026-06-10T00:05:02.250Z", AT.replace(microsecond=250_000)),
        (1781049902, AT),
        (1781049902000, AT),
        ("1781049902.0", AT),
    ],
)
def test_times(time: object, expected: datetime) -> None:
    assert one(eventTime=time)["at"] == expected


@pytest.mark.parametrize("time", [None, "", True, [1]])
def test_a_call_without_a_time_is_undecodable(time: object) -> None:
    row = inputs(log(record("bad", eventTime=time), record("good")))[0]
    expected = (2, 1, ["a record could not be read: no eventTime"])
    assert (row["records"], row["undecodable"], row["problems"]) == expected


@pytest.mark.parametrize(
    ("time", "shown"),
    [
        ("yesterday", "'yesterday'"),
        (-1, "'-1'"),
        (1e300, "'1e+300'"),
        ("2026-13-40T00:00:00Z", "'2026-13-40T00:00:00Z'"),
        ("20260610", "'20260610'"),
        # A table that a spreadsheet saved: a country's order of day and month, and no seconds.
        ("6/10/2026 0:05", "'6/10/2026 0:05'"),
        ("10.06.2026 00:05", "'10.06.2026 00:05'"),
        ("2026-06-10 00:05", "'2026-06-10 00:05'"),
    ],
)
def test_a_time_in_a_form_that_is_not_read_is_named_and_never_guessed(time: object, shown: str) -> None:
    row = inputs(log(record("bad", eventTime=time), record("good")))[0]
    why = f"eventTime is {shown}, and what is read is ISO 8601 with seconds, as 2026-03-20T15:40:31Z, or Unix time"
    assert (row["undecodable"], row["problems"]) == (1, [f"a record could not be read: {why}"])


def test_a_record_without_an_id_gets_one_of_its_content() -> None:
    first, second = record(None), record(None, requestID="r2")
    trail = read(log(first, second), log(first))
    ids = trail.calls.get_column("event_id").to_list()
    assert len(set(ids)) == 2
    assert all(event_id.startswith("sha256:") for event_id in ids)
    assert trail.calls.get_column("degraded").to_list() == ["no eventID"] * 2
    assert trail.inputs.get_column("duplicates").to_list() == [0, 1]


def test_odd_types_lose_a_column_not_a_record() -> None:
    row = one(
        requestID=5,
        userAgent=None,
        userIdentity="x",
        responseElements=[1],
        awsRegion={},
        recipientAccountId=0,
    )
    lost = ["request_id", "user_agent", "caller", "etag", "item_count", "region", "account"]
    assert {row[name] for name in lost} == {None}
    assert row["key"] == "7c62:a"


def test_text_that_was_cut_within_a_character_is_repaired() -> None:
    file = log(record(userAgent="ua\ud83d")).replace(b"aws-sdk", b"aws-sdk")
    trail = read(file, log(record("e2")).replace(b"aws-sdk", b"aws\xffsdk"))
    assert trail.calls.get_column("user_agent").to_list() == ["ua?", "aws\ufffdsdk-go-v2"]
    told = ["1 record(s) with invalid text, which was replaced"]
    assert trail.inputs.get_column("problems").to_list() == [told, told]


def test_the_order_and_the_schema() -> None:
    late, early = record("b"), record("a", eventTime="2026-06-09T00:00:00Z")
    trail = read(log(late, record("0", requestParameters=None, resources=None)), log(early, other()))
    assert trail.calls.schema == CALLS
    assert trail.calls.get_column("event_id").to_list() == ["a", "b", "0"]


@pytest.mark.skipif(not DATA.exists(), reason="the shared data is not here")
def test_the_example_of_the_documentation() -> None:
    example = json.loads((DATA / "cloudtrail" / "docs-example" / "UpdateKeys.repaired.json").read_text())
    (row,) = calls(log(example))
    assert (row["effect"], row["key"], row["if_match"], row["etag"]) == (
        "delete",
        "key1",
        "KV3O6B1CX531EBP",
        "KVDC9VEVZ71ZGO",
    )
    assert (row["store"], row["item_count"], row["account"]) == (STORE, 0, "111122223333")
