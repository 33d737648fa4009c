"""`identify`: the forms of CloudTrail, and what must stay what it was."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.sources.identify import detect
from analyzer.sources.identify_trail import detect_trail

RECORD = {
    "eventVersion": "1.09",
    "userIdentity": {"type": "x"},
    "eventSource": "s3.amazonaws.com",
    "eventName": "GetObject",
    "requestParameters": {"detail-type": "x", "detail": {}, "digestStartTime": "", "digestEndTime": ""},
}
TEXT = json.dumps(RECORD)
EVENT = {"detail-type": "AWS API Call via CloudTrail", "detail": RECORD}


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (TEXT, "cloudtrail-records"),  # names count where they stand
        (f"[{TEXT}, ", "cloudtrail-records"),
        (f"\ufeff [\n {TEXT[:200]}", "cloudtrail-records"),
        (json.dumps({"version": "0", **EVENT}, indent=2), "cloudtrail-eventbridge"),
        (json.dumps({"events": [{"message": TEXT}]}), "cloudtrail-cwl-events"),
        (json.dumps({"events": [{"message": "hello"}]}), "unknown"),
        (json.dumps({"nextToken": "x", "events": [{"message": TEXT}]}), "cloudtrail-cwl-events"),
        (json.dumps({"messageType": "DATA_MESSAGE", "logEvents": [{"message": "x"}]}), "unknown"),
        (json.dumps({"@timestamp": "x", "aws.cloudtrail.event_version": "1.09"}), "cloudtrail-elastic"),
        (json.dumps({"@timestamp": "x", "aws": {"s3": {}}, "message": "x"}), "unknown"),
        (json.dumps({"class_uid": 6003, "metadata": {"product": {"name": "GuardDuty"}}}), "unknown"),
        (json.dumps({"_raw": "hello", "_time": "x"}), "unknown"),
        (f"2026-06-10T00:05:02.000Z {TEXT}\n", "cloudtrail-cwl-export"),
        ('2026-06-10T00:05:02.000Z {"level":"info"}\n', "unknown"),
        ("eventversion,eventsource,eventname\n", "cloudtrail-athena"),
        ('"eventSource","eventName"\r\n', "cloudtrail-athena"),
        (
            "eventtime,eventsource,eventname\n2026-06-10 00:05:02.000,s3.amazonaws.com,GetObject\n",
            "cloudtrail-lake-csv",
        ),
        ("name,eventname\n", "unknown"),
        ('@timestamp,@message\n1,"hello"\n', "unknown"),
        ('@timestamp,@message\n1,"{""eventSource"":""s3.amazonaws.com""}"\n', "cloudtrail-cwl-insights-csv"),
        ('{"Items": [{"Key": "7c62:routes", "Value": "[]"}]}', "key-listing"),
        ('{"sequence":1,"timestamp":2,"diagnosticEvent":{"message":"eventSource"}}', "engine-events"),
        (" +  sst:aws:Router Web creating (0s) \n" + TEXT, "pulumi-text"),
        ("a, b\n@ updating....\n", "terminal"),
        ('[12:01] "eventSource": "eventName": .amazonaws.com\nUpdating (dev):\n', "terminal"),
        ('{"changeSummary": {}, "steps": []}', "preview-digest"),
    ],
)
def test_a_kind(head: str, kind: str) -> None:
    assert detect(head.encode()).kind == kind


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (
            '{"TrailARN":"x","AdvancedEventSelectors":[{"Name":"eventSource"}]}',
            "event selectors of a trail: a setting, not records",
        ),
        (
            '[{"eventId":"1","eventName":"x","eventSource":"oss.aliyuncs.com","serviceName":"Oss"}]',
            "events of Aliyun's ActionTrail, not CloudTrail records",
        ),
    ],
)
def test_what_is_refused(head: str, reason: str) -> None:
    found = detect(head.encode())
    assert (found.kind, found.reason) == ("unknown", reason)


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"{", b'[{"', b'{"a":', b"2026-06-10T00:05:02.000Z {", b"a,b\n"]),
)
def test_nothing_raises(data: bytes, begin: bytes) -> None:
    detect_trail(begin + data)


def test_hostile_heads_end() -> None:
    for text in (b"[" * 65_536, b'{"a":' * 13_000, b'"\\' * 32_000, b'{"' + b" " * 65_000, b"," * 65_536):
        detect_trail(b"{" + text)
        detect_trail(text)
