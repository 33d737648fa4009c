"""`identify`: the forms of CloudTrail, and what must stay what it was."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.sources.identify import detect
from analyzer.sources.identify_trail import detect_in_text, detect_trail

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
        ("eventversion;eventsource;eventname\n", "cloudtrail-athena"),
        ("eventversion\teventsource\teventname\n", "cloudtrail-athena"),
        (
            "eventtime,eventsource,eventname\n2026-06-10 00:05:02.000,s3.amazonaws.com,GetObject\n",
            "cloudtrail-lake-csv",
        ),
        ("name,eventname\n", "unknown"),
        ('@timestamp,@message\n1,"hello"\n', "unknown"),
        ('@timestamp,@message\n1,"{""eventSource"":""s3.amazonaws.com""}"\n', "cloudtrail-cwl-insights-csv"),
        (json.dumps([{"@timestamp": "x", "@message": TEXT}]), "cloudtrail-cwl-insights-json"),
        (json.dumps([{"@timestamp": "x", "@message": RECORD}]), "cloudtrail-cwl-insights-json"),
        (json.dumps([{"@timestamp": "x", "@message": "hello"}]), "unknown"),
        (json.dumps({"QueryResultRows": [[{"eventJson": TEXT}]]}), "cloudtrail-lake"),
        ('eventJson\n"{""eventSource"":""s3.amazonaws.com""}"\n', "cloudtrail-lake-csv"),
        (
            json.dumps({"ResultSet": {"Rows": [{"Data": [{"VarCharValue": "eventsource"}]}]}}),
            "cloudtrail-athena-rows",
        ),
        (json.dumps({"ResultSet": {"Rows": [{"Data": [{"VarCharValue": "a"}]}]}}), "unknown"),
        (json.dumps([TEXT, TEXT]), "cloudtrail-records"),
        (json.dumps(["hello"]), "unknown"),
        (json.dumps([{"Records": [RECORD]}]), "cloudtrail-records"),
        (json.dumps([{"Records": [{"eventSource": "aws:s3", "eventName": "x"}]}]), "unknown"),
        (json.dumps({"integration": "aws", "aws": RECORD}), "cloudtrail-wazuh"),
        (json.dumps({"data": {"aws": RECORD}, "location": "Wazuh-AWS"}), "cloudtrail-wazuh"),
        (json.dumps({"_source": {"data": {"aws": RECORD | {"source": "cloudtrail"}}}}), "cloudtrail-wazuh"),
        (f"Events:\n- CloudTrailEvent: '{TEXT}'\n", "cloudtrail-yaml"),
        ("Resources:\n  eventSource: x\n", "unknown"),
        (f"EVENTS\tid\t1\ts\t{TEXT}\t2\n", "cloudtrail-cli-text"),
        ("EVENTS\tid\t1\ts\thello\t2\n", "unknown"),
        (f"we saw:\n```json\n{TEXT}\n```\n", "cloudtrail-pasted"),
        ("we saw an eventSource of s3.amazonaws.com\n", "unknown"),
        (f"Updating (dev):\n{TEXT}\n", "pulumi-text"),  # a log stays one
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
    record = b' "eventSource": "s3.amazonaws.com" \\"eventSource'
    for part in (
        b" ",
        b"#\n",
        b"---\n",
        b"- ",
        b"EVENTS\t",
        b"{ ",
        b"EVENTS\t{ \\",
        b'"',
        b'"eventSource" : ',
        b">",
        b"\n ",
    ):
        text = (b"x" + part * (65_536 // len(part)))[:65_000] + record
        detect_in_text(text)
        detect_in_text(text[1:])
