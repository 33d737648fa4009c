"""The quick way for usual records says what the long way says, and leaves it every other record."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from analyzer.tables import CALLS
from analyzer.trail.calls.call_rows import calls_of, calls_table
from analyzer.trail.calls.records import decode
from analyzer.trail.calls.usual import keys_of_usual, records_of_usual, unclear, usual
from tests.trail.cloudtrail import HIDDEN, STORE, record

odd: st.SearchStrategy[Any] = st.sampled_from(
    [None, "", 0, 7, True, [], {}, "x", [{}], [None], {"key": "k"}, 1.5, 1 << 63, -1]
)
changes: st.SearchStrategy[Any] = st.lists(
    st.fixed_dictionaries(
        {"key": st.sampled_from(["a", "b", "", 3, HIDDEN, "b...", "***"])},
        optional={"value": st.sampled_from([HIDDEN, "v", "***", None]), "x": odd},
    ),
    max_size=3,
)
parameters: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {},
    optional={
        "kvsARN": st.sampled_from([STORE, "", None]),
        "KvsARN": st.just(STORE),
        "key": st.sampled_from(["k", "", None, 3, HIDDEN, "k...", "***:k"]),
        "value": st.sampled_from([HIDDEN, "v", None, {}]),
        "ifMatch": st.sampled_from(["KV1", "", None]),
        "puts": changes | odd,
        "deletes": changes | odd,
        "nextToken": st.sampled_from(["t", None, ""]),
        "omitted": st.just("true"),
        "reason": st.just("requestParameters too large"),
    },
)
answers: st.SearchStrategy[Any] = odd | st.fixed_dictionaries(
    {},
    optional={
        "eTag": st.sampled_from(["KV2", "", None, 2]),
        "ETag": st.just("KV3"),
        "itemCount": odd,
        "totalSizeInBytes": odd,
    },
)
names = ["PutKey", "PutKeys", "UpdateKeys", "DeleteKey", "DeleteKeys", "GetKey", "ListKeys", "PutKeyz"]
records: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"name": st.sampled_from([*names, "DescribeKeyValueStore"])},
    optional={
        "requestParameters": parameters | odd,
        "responseElements": answers,
        "eventTime": st.sampled_from(
            [
                "2026-06-10T00:05:02Z",
                "2026-06-10T00:05:02.123456+02:00",
                "2026-06-10 00:05:02",
                "never",
                1781049902,
            ]
        ),
        "errorCode": odd,
        "errorMessage": odd,
        "requestID": odd,
        "userAgent": odd,
        "sourceIPAddress": odd,
        "userIdentity": st.sampled_from(
            [{"arn": "a"}, {"arn": "a", "accessKeyId": "AKIA"}, {"ARN": "a"}, {"accountId": "1"}, "x", None]
        ),
        "recipientAccountId": odd,
        "awsRegion": odd,
        "readOnly": odd,
        "resources": odd,
        "sharedEventID": odd,
        "addendum": odd,
        "eventVersion": odd | st.sampled_from(["1.05", "1.11", "1.99", "2.0"]),
        "eventCategory": odd | st.sampled_from(["Data", "Management", "Insight", "Aggregated"]),
        "_outcome": st.sampled_from([None, "success", "failure", "unknown", 1]),
        "eventSource": st.sampled_from(
            ["edgekeyvaluestore.amazonaws.com", "cloudfront-keyvaluestore.amazonaws.com", "s3.amazonaws.com"]
        ),
    },
)


@given(st.lists(records, max_size=4))
def test_both_ways_say_the_same(all_fields: list[dict[str, Any]]) -> None:
    raws = [json.dumps(record(f"e{number}", **fields)).encode() for number, fields in enumerate(all_fields)]
    found = [(raw, one) for raw in raws if (one := usual(raw)) is not None]
    odd = unclear(keys_of_usual([one for _, one in found], range(len(found))))
    quick = [pair for number, pair in enumerate(found) if number not in odd]
    sources = [f"f{number}" for number in range(len(quick))]
    usuals = [record for _, record in quick]
    keys = keys_of_usual(usuals, range(len(usuals)))
    records = records_of_usual(usuals, sources, ["s3-log"] * len(usuals))
    table = records[keys["record"]].hstack(keys.drop("record")).select(CALLS.names()).cast(CALLS)
    slow = [
        calls_of(decode(raw)[0], source, "s3-log") for (raw, _), source in zip(quick, sources, strict=True)
    ]
    assert_frame_equal(table, calls_table([row for rows in slow for row in rows]))
    assert keys["record"].to_list() == [place for place, rows in enumerate(slow) for _ in rows]


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("PutKey", {"kvsARN": STORE, "ifMatch": "KV1", "key": "k", "value": HIDDEN}),
        ("PutKeys", {"kvsARN": STORE, "ifMatch": "KV1", "key": "k", "value": HIDDEN}),
        ("UpdateKeys", {"kvsARN": STORE, "ifMatch": "KV1", "puts": [{"key": "a", "value": HIDDEN}]}),
        ("UpdateKeys", {"kvsARN": STORE, "ifMatch": "KV1", "deletes": [{"key": "a"}]}),
        ("DeleteKey", {"kvsARN": STORE, "ifMatch": "KV1", "key": "k"}),
        ("GetKey", {"kvsARN": STORE, "key": "k"}),
        ("ListKeys", {"kvsARN": STORE, "maxResults": 50, "nextToken": "t"}),
        ("DescribeKeyValueStore", {"kvsARN": STORE}),
    ],
)
@pytest.mark.parametrize("failed", [False, True])
def test_what_aws_writes_is_usual(name: str, parameters: dict[str, Any], failed: bool) -> None:
    answer = {"itemCount": 3, "totalSizeInBytes": 10, "eTag": "KV2"}
    fields = (
        {"responseElements": None, "errorCode": "AccessDenied"} if failed else {"responseElements": answer}
    )
    assert usual(json.dumps(record("e1", name, requestParameters=parameters, **fields)).encode()) is not None
    if name in ("GetKey", "ListKeys", "DescribeKeyValueStore"):
        read = record("e1", name, requestParameters=parameters, responseElements=None)
        assert usual(json.dumps(read).encode()) is not None


@pytest.mark.parametrize(
    "fields",
    [
        {"eventSource": "s3.amazonaws.com"},
        {"eventName": "DescribeOther"},
        {"requestParameters": {"KvsARN": STORE, "key": "k"}},
        {"requestParameters": {"omitted": "true", "reason": "requestParameters too large"}},
        {"responseElements": {"ETag": "KV2"}},
        {"addendum": {"reason": "UPDATED_DATA"}},
        {"eventID": None},
        {"responseElements": None},
        {"responseElements": {"itemCount": 3}},
        {"eventName": "GetKey", "eventVersion": None},
        {"eventName": "GetKey", "eventCategory": None},
        {"_outcome": "failure"},
        {"requestParameters": {"kvsARN": HIDDEN, "puts": [{"key": "7c62:a"}]}},
    ],
)
def test_any_other_shape_is_left_to_the_long_way(fields: dict[str, Any]) -> None:
    assert usual(json.dumps(record("e1") | fields).encode()) is None
