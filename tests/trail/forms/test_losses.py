"""Forms that lose something: what is lost is said, of the call and of the file, and never collector for an absence."""

from __future__ import annotations

import json
from typing import Any

import pytest

from analyzer.sources.source import Source
from analyzer.trail.forms.lookup_events import NO_DATA_EVENTS
from analyzer.trail.read import read_trail
from tests.trail.cloudtrail import HIDDEN, STORE, inputs, log, other, read, record
from tests.trail.forms.exports import yaml
from tests.trail.forms.forms import LOSSLESS, dumps, lines, ocsf_event, table

PUTS = [{"key": "7c62:a", "value": HIDDEN}, {"key": "7c62:b", "value": HIDDEN}]
UPDATE = record("e1", requestParameters={"kvsARN": STORE, "ifMatch": "KV1", "puts": PUTS})
LOGSTASH = {name: item for name, item in UPDATE.items() if name != "eventTime"} | {
    "@timestamp": "2026-06-10T00:05:09.000Z",
    "@version": "1",
}
DOCUMENT: dict[str, Any] = {
    "@timestamp": "2026-06-10T00:05:02.000Z",
    "event": {"action": "UpdateKeys", "provider": "edgekeyvaluestore.amazonaws.com", "id": "e1"},
    "cloud": {"region": "us-east-1", "account": {"id": "111122223333"}},
    "user_agent": {"original": "aws-sdk-go-v2"},
    "aws": {
        "cloudtrail": {
            "event_version": "1.09",
            "request_id": "r1",
            "user_identity": {"arn": "arn:aws:sts::111122223333:assumed-role/ci/run"},
            "flattened": {
                "request_parameters": UPDATE["requestParameters"],
                "response_elements": UPDATE["responseElements"],
            },
        }
    },
}
JAVA = "{kvsARN=" + STORE + ", ifMatch=KV1, puts=[{key=7c62:a, value=x}, {key=7c62:b, value=x}]}"
SPLUNK = {
    "eventSource": "edgekeyvaluestore.amazonaws.com",
    "eventName": "UpdateKeys",
    "eventTime": "2026-06-10T00:05:02Z",
    "eventID": "e1",
    "requestID": "r1",
    "userIdentity.arn": "arn:aws:sts::111122223333:assumed-role/ci/run",
    "requestParameters.kvsARN": STORE,
    "requestParameters.ifMatch": "KV1",
    "responseElements.eTag": "KV2",
    "responseElements.itemCount": "3",
}
SENTINEL = {
    "TimeGenerated [UTC]": "21/04/2026, 09:45:54.000",
    "AwsEventId": "e1",
    "EventVersion": "1.09",
    "EventSource": "edgekeyvaluestore.amazonaws.com",
    "EventName": "UpdateKeys",
    "RequestParameters": dumps(UPDATE["requestParameters"]),
    "ResponseElements": dumps(UPDATE["responseElements"]),
    "AwsRequestId_": "r1",
    "AWSRegion": "us-east-1",
    "RecipientAccountId": "111122223333",
    "ReadOnly": "false",
    "UserIdentityArn": "arn:aws:sts::111122223333:assumed-role/ci/run",
}

OCSF_PATHS = ocsf_event(UPDATE) | {
    "api": ocsf_event(UPDATE)["api"] | {"request": {"uid": "r1"}},
    "unmapped": {
        "requestParameters.kvsARN": STORE,
        "requestParameters.puts[0].key": "7c62:a",
        "requestParameters.puts[1].key": "7c62:b",
    },
}


def sentinel(*times: str, **cells: str) -> bytes:
    rows = [
        [
            *(
                SENTINEL | cells | {"TimeGenerated [UTC]": time, "AwsEventId": time, "AwsRequestId_": time}
            ).values()
        ]
        for time in times
    ]
    return table(list(SENTINEL), rows)


def dotted(value: dict[str, Any], above: str = "") -> dict[str, Any]:
    """Field names as paths, as Elastic shows them too; `flattened` is one field."""
    flat: dict[str, Any] = {}
    for name, item in value.items():
        if isinstance(item, dict) and not above.endswith("flattened."):
            flat |= dotted(item, f"{above}{name}.")
        else:
            flat[above + name] = item
    return flat


@pytest.mark.parametrize(
    ("data", "kind", "words"),
    [
        (lines([LOGSTASH]), "cloudtrail-logstash", "no eventTime: the time is @timestamp"),
        (lines([DOCUMENT]), "cloudtrail-elastic", "Elastic's fields instead of event.original"),
        (lines([dotted(DOCUMENT)]), "cloudtrail-elastic", "Elastic's fields instead of event.original"),
        (
            sentinel("21/04/2026, 09:45:54.000"),
            "cloudtrail-sentinel",
            "no eventTime: the time is TimeGenerated",
        ),
    ],
)
def test_a_form_that_shows_every_key(data: bytes, kind: str, words: str) -> None:
    trail = read(data)
    rows = trail.calls.to_dicts()
    assert {(row["key"], row["etag"], row["item_count"], row["if_match"]) for row in rows} == {
        ("7c62:a", "KV2", 3, "KV1"),
        ("7c62:b", "KV2", 3, "KV1"),
    }
    assert all(row["degraded"].startswith(words) for row in rows)
    (stats,) = trail.inputs.to_dicts()
    assert (stats["kind"], stats["records"]) == (kind, 1)
    assert stats["problems"] == [f"1 record(s) are incomplete: {rows[0]['degraded']}"]


@pytest.mark.parametrize(
    "data",
    [
        lines([DOCUMENT | {"aws": {"cloudtrail": {"request_parameters": JAVA}}}]),
        lines(
            [{"preview": False, "result": SPLUNK | {"requestParameters.puts{}.key": ["7c62:a", "7c62:b"]}}]
        ),
        table(
            [*SPLUNK, "requestParameters.puts{}.key", "_time"], [[*SPLUNK.values(), "7c62:a\n7c62:b", "x"]]
        ),
        lines([OCSF_PATHS]),
    ],
    ids=["elastic-java", "splunk", "splunk-csv", "ocsf-paths"],
)
def test_where_keys_may_be_missing_a_row_without_a_key_says_so(data: bytes) -> None:
    rows = read(data).calls.to_dicts()
    assert {(row["effect"], row["key"], row["store"]) for row in rows} == {
        ("put", "7c62:a", STORE),
        ("put", "7c62:b", STORE),
        ("put", None, STORE),
    }
    assert all(row["degraded"] for row in rows)


@pytest.mark.parametrize(
    "parameters",
    [
        "{kvsARN="
        + STORE
        + ", key=a, b=c, value="
        + HIDDEN
        + "}",  # `b` is no parameter: it may be the key's
        "{kvsARN=" + STORE + ", key={a, value=" + HIDDEN + "}",
        "{kvsARN=" + STORE + ", key=a, key=b}",
        "{kvsARN=" + STORE,
    ],
)
def test_a_map_that_can_be_read_in_two_ways_leaves_the_keys_open(parameters: str) -> None:
    header = [
        "eventversion",
        "eventtime",
        "eventsource",
        "eventname",
        "eventid",
        "requestparameters",
        "resources",
    ]
    cells = ["1.09", "2026-06-10 00:05:02.000", "edgekeyvaluestore.amazonaws.com", "PutKey", "e1", parameters]
    rows = read(table(header, [[*cells, "[{arn=" + STORE + ", type=null}]"]])).calls.to_dicts()
    assert {row["store"] for row in rows} == {STORE}
    assert {(row["effect"], row["key"]) for row in rows} == {("put", None)}
    assert "cannot be separated" in rows[0]["degraded"]


def test_a_table_without_the_parameters() -> None:
    header = ["eventtime", "eventsource", "eventname", "eventid"]
    data = table(header, [["2026-06-10T00:05:02Z", "edgekeyvaluestore.amazonaws.com", "PutKey", "e1"]])
    (row,) = read(data).calls.to_dicts()
    assert (row["key"], row["degraded"]) == (
        None,
        "no parameters; neither an error nor an ETag shows the outcome; the table lacks columns of the record",
    )


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (["2026-04-03T09:45:54.000Z"], ["2026-04-03T09:45:54"]),
        (
            ["21/04/2026, 09:45:54.000", "03/04/2026, 09:45:54.000"],
            ["2026-04-21T09:45:54", "2026-04-03T09:45:54"],
        ),
        (["4/21/2026, 9:45:54.000 PM"], ["2026-04-21T21:45:54"]),
        (["4/3/2026, 12:45:54.000 AM"], ["2026-04-03T00:45:54"]),
        (["04/04/2026, 09:45:54"], ["2026-04-04T09:45:54"]),
        (["03/04/2026, 09:45:54.000"], []),  # April or March: not read
        (["41/41/2026, 09:45:54.000"], []),
    ],
)
def test_the_times_of_sentinel(times: list[str], expected: list[str]) -> None:
    trail = read(sentinel(*times))
    assert [
        f"{row['at']:%Y-%m-%dT%H:%M:%S}"
        for row in trail.calls.unique("event_id").sort("event_id", descending=True).to_dicts()
    ] == expected
    if not expected:
        assert "is not a time, or can be read as two" in trail.inputs["problems"][0][0]


def lookup(*records: dict[str, Any]) -> bytes:
    events = [
        {
            "EventId": item["eventID"],
            "ReadOnly": "true",
            "EventTime": 1781049902.0,
            "CloudTrailEvent": dumps(item),
        }
        for item in records
    ]
    return json.dumps({"Events": events, "NextToken": "x"}).encode()


HISTORY = table(
    ["Event name", "Event time", "User name", "Event source", "Resource type"],
    [["GetObject", "2026-06-10T00:05:02Z", "u", "s3.amazonaws.com", ""]] * 3,
)


def test_unclear_parameters_of_elastic_leave_the_keys_open() -> None:
    printed = "{kvsARN=" + STORE + ", ifMatch=KV1, key=a, b=c}"
    document = DOCUMENT | {"aws": {"cloudtrail": {"request_parameters": printed}}}
    (row,) = read(lines([document])).calls.to_dicts()
    assert (row["key"], row["store"], row["if_match"]) == (None, STORE, "KV1")
    assert "cannot be separated" in row["degraded"]


def lookup_text(*records: dict[str, Any]) -> bytes:
    rows = [
        f"EVENTS\tAKIA\t{dumps(item)}\t{item['eventID']}\tGetObject\ts3.amazonaws.com\t2026-06-10T00:05:02+00:00"
        "\tfalse\tci\nRESOURCES\tb\tAWS::S3::Bucket\n"
        for item in records
    ]
    return "".join(["NEXTTOKEN\tx\n", *rows]).encode()


LOOKED_UP = {
    "json": lookup(other("o1"), other("o2")),
    "text": lookup_text(other("o1"), other("o2")),
    "yaml": yaml(json.loads(lookup(other("o1"), other("o2")))),
    "yaml of events": yaml(json.loads(lookup(other("o1"), other("o2")))["Events"]),
}


@pytest.mark.parametrize(("data", "number"), [*((data, 2) for data in LOOKED_UP.values()), (HISTORY, 3)])
def test_a_form_without_data_events_speaks_for_no_time(data: bytes, number: int) -> None:
    trail = read(data)
    (stats,) = trail.inputs.to_dicts()
    assert (stats["records"], stats["undecodable"], stats["problems"]) == (number, 0, [NO_DATA_EVENTS])
    assert (trail.first, trail.reach, trail.accounts) == (None, None, frozenset())


OMITTED = {"omitted": True, "originalSize": "149893", "reason": "requestParameters too large"}
UNKNOWN_KEYS = {
    "omitted": OMITTED,
    "absent": None,
    "hidden": {"kvsARN": STORE, "ifMatch": "KV1", "puts": HIDDEN},
    "a hidden key": {"kvsARN": STORE, "ifMatch": "KV1", "puts": [{"key": "a"}, {"key": HIDDEN}]},
    "odd": {"kvsARN": STORE, "ifMatch": "KV1", "puts": [{"key": "a"}, {"key": ["b"]}]},
}


@pytest.mark.parametrize("form", LOSSLESS)
@pytest.mark.parametrize("parameters", UNKNOWN_KEYS)
def test_parameters_that_hide_keys_are_told_in_every_form(form: str, parameters: str) -> None:
    made = [
        record("e0"),
        record("e1", requestID="r9", requestParameters=UNKNOWN_KEYS[parameters]),
        other("o1"),
    ]
    made[1].setdefault("requestParameters", None)
    trail = read(LOSSLESS[form](made))
    (stats,) = trail.inputs.to_dicts()
    assert any("may have named keys" in told or "incomplete" in told for told in stats["problems"]), stats[
        "problems"
    ]
    rows = trail.calls.filter(trail.calls["event_id"] == "e1")
    assert rows["key"].null_count() >= 1
    assert rows["degraded"].null_count() == 0


@pytest.mark.parametrize("indent", [None, 2])
def test_a_log_file_of_management_events_alone_may_be_a_download_of_event_history(indent: int | None) -> None:
    looked_up = [other(f"o{n}", managementEvent=True, eventCategory="Management") for n in range(3)]
    for records, is_told in (
        (looked_up, True),
        ([*looked_up, UPDATE], False),
        ([*looked_up, other("o4")], False),
    ):
        (stats,) = inputs(log(*records, indent=indent))
        assert any("management events only" in problem for problem in stats["problems"]) is is_told


def test_it_is_not_told_of_the_files_of_a_trail() -> None:
    looked_up = log(other("o1", managementEvent=True))
    names = ["a/111122223333_CloudTrail_us-east-1_20260610T0510Z_AbCd.json", *(f"f{n}" for n in range(20))]
    rows = read_trail([Source(name, None, looked_up) for name in names]).inputs.to_dicts()
    assert rows[0]["problems"] == []
    assert sum(bool(row["problems"]) for row in rows) == 5


@pytest.mark.parametrize("wrap", [log, lambda item: lines([item])])
@pytest.mark.parametrize(
    "item",
    [
        record("i1", eventCategory="Insight", eventType="AwsCloudTrailInsight", insightDetails={}),
        {
            "eventVersion": "1.0",
            "eventId": "a1",
            "eventSource": "edgekeyvaluestore.amazonaws.com",
            "eventCategory": "Aggregated",
            "eventType": "AwsAggregatedEvent",
            "accountId": "111122223333",
            "summary": {"primaryDimension": {"dimension": "UpdateKeys"}},
        },
    ],
    ids=["insight", "aggregated"],
)
def test_a_record_of_many_calls_is_counted_and_no_call(wrap: Any, item: dict[str, Any]) -> None:
    trail = read(wrap(item))
    assert trail.calls.is_empty()
    (stats,) = trail.inputs.to_dicts()
    assert (stats["records"], stats["undecodable"]) == (1, 0)


def test_a_new_major_version_is_read_and_not_trusted() -> None:
    (row,) = read(log(record("e1", eventVersion="2.0"))).calls.to_dicts()
    assert (row["key"], row["degraded"]) == ("7c62:a", "eventVersion 2.0 is not known")
    assert read(log(record("e1", eventVersion="1.27"))).calls["degraded"].to_list() == [None]


S3 = {
    "eventVersion": "2.1",
    "eventSource": "aws:s3",
    "awsRegion": "us-east-1",
    "eventName": "ObjectCreated:Put",
}
STREAM = {"eventID": "1", "eventName": "INSERT", "eventVersion": "1.1", "eventSource": "aws:dynamodb"}
KINESIS = {"kinesis": {}, "eventSource": "aws:kinesis", "eventName": "aws:kinesis:record", "eventID": "x"}
ALIYUN = {"eventId": "1", "eventName": "PutObject", "eventSource": "oss.aliyuncs.com", "serviceName": "Oss"}
SELECTORS = {"TrailARN": "arn:aws:cloudtrail:us-east-1:111122223333:trail/t", "AdvancedEventSelectors": []}


@pytest.mark.parametrize("item", [S3, STREAM, KINESIS, ALIYUN, SELECTORS, {"a": 1}])
@pytest.mark.parametrize(
    "wrap", [dumps, lambda item: dumps([item]), lambda item: dumps(item) + "\n" + dumps(item)]
)
def test_what_only_looks_like_cloudtrail_is_refused(wrap: Any, item: dict[str, Any]) -> None:
    (stats,) = inputs(wrap(item).encode())
    assert (stats["kind"], stats["records"]) == ("unusable", None)
    assert stats["problems"][0].startswith("not CloudTrail: ")


@pytest.mark.parametrize("item", [S3, STREAM, KINESIS, ALIYUN])
@pytest.mark.parametrize(
    "wrap",
    [
        lambda item: {"version": "0", "detail-type": "AWS API Call via CloudTrail", "detail": item},
        lambda item: {"messageType": "DATA_MESSAGE", "logEvents": [{"message": dumps(item)}]},
        lambda item: {"events": [{"message": dumps(item)}]},
        lambda item: {"preview": False, "result": {"_raw": dumps(item)}},
    ],
    ids=["eventbridge", "subscription", "cwl-events", "splunk"],
)
def test_nor_does_it_pass_within_a_wrapper(wrap: Any, item: dict[str, Any]) -> None:
    (stats,) = inputs(dumps(wrap(item)).encode())
    assert stats["kind"] == "unusable"
    assert stats["problems"][0].startswith("not CloudTrail: ")


def test_among_records_it_is_counted_with_its_reason() -> None:
    (stats,) = inputs(lines([UPDATE, S3, S3, {"a": 1}]))
    assert (stats["records"], stats["undecodable"]) == (1, 3)
    assert stats["problems"] == [
        "not records of CloudTrail: an S3 event notification (2), an object of another kind (1), the first with the"
        " keys 'a'"
    ]
