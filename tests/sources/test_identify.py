"""`identify`: what a source is, by its content."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.sources.identify import detect, identify
from analyzer.sources.source import Source

DATA = Path(__file__).parents[3] / "shared" / "data"
RECORD = {
    "eventVersion": "1.09",
    "userIdentity": {},
    "eventSource": "s3.amazonaws.com",
    "eventName": "GetObject",
}
SLOG = b"time=2025-06-04T10:02:01.512+03:00 level=INFO msg=x\n"
EVENT = b'{"sequence":0,"timestamp":1700000000,"preludeEvent":{"config":{}}}\n'


def kind(data: bytes) -> str:
    return identify(Source("x", None, data)).kind


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (json.dumps({"Records": [RECORD]}).encode(), "cloudtrail-s3"),
        (json.dumps({"Records": [RECORD]}, indent=4).encode(), "cloudtrail-s3"),
        (b'\xef\xbb\xbf {"Records":[]}', "cloudtrail-s3"),
        (
            b'{"awsAccountId":"1","digestStartTime":"x","digestEndTime":"y","digestS3Object":"z"}',
            "cloudtrail-digest",
        ),
        (EVENT, "engine-events"),
        (b"\xef\xbb\xbf" + EVENT.replace(b"\n", b"\r\n"), "engine-events"),
        (b'{"sequence":1,"timestamp":2,"diagnosticEvent":{"message":"x"},"Error":null}', "engine-events"),
        (
            b'{"resourcePreEvent":{"metadata":{"x":"' + b"y" * 100_000,
            "engine-events",
        ),  # a line longer than the head
        (b'{"cancelEvent": {}, "timestamp": 5, "sequence": 1}', "engine-events"),
        (b" +  sst:aws:Router Web creating (0s) \n", "pulumi-text"),
        (b"2026-06-10T00:00:00.0000000Z  ~  pulumi:pulumi:Stack app-dev running \n", "terminal"),
        (b"    pulumi:pulumi:Stack app-dev running Building kv namespace for RouterRoute/\n", "pulumi-text"),
        (b"  urn:pulumi:dev::app::a:b:C::x: (same)\n", "pulumi-text"),
        (b" +  urn:pulumi:dev::app::a:b:C::x creating\n", "pulumi-text"),
        (b"@ updating....\n", "pulumi-text"),
        (b"Updating (dev):\n", "pulumi-text"),
        (b"Diagnostics:\r\n  sst:sst:App (x):\r\n", "pulumi-text"),
        (b"Resources:\n    + 6 created\n", "pulumi-text"),
        (b"npm install\n" * 20_000 + b"Updating (dev)\n", "terminal"),  # far below the head
        (b"[12:00] starting\n[12:01] Updating (dev):\n", "terminal"),
        (b"SST 3.10.0  ready!\n\n", "terminal"),
        (b"\x1b[1mSST 4.2.0 ready!\x1b[0m\n", "terminal"),
        ("➜  App:        shop\n".encode(), "terminal"),
        (b"~  Deploy\n", "terminal"),
        (b"|  Created     Web sst:aws:Router\n", "terminal"),
        (b"|  Error\n", "terminal"),
        ("✓  Complete    \n".encode(), "terminal"),
        ("✕  Failed\n".encode(), "terminal"),
        ("↗  Permalink   https://sst.dev/u/c33ffb62\n".encode(), "terminal"),
        (b"deploy\tRun\t2026-06-10T00:00:00.0000000Z |  Created     Web sst:aws:Router\n", "terminal"),
        (b"Promise leak detected:\n", "terminal"),
        (b"$ sst deploy\ntime=2025-06-04T10:02:01.512+03:00 level=INFO msg=x\n", "terminal"),
        (b"time=2025-06-04T10:02:01.512+03:00 level=INFO msg=x\n", "sst-log"),
        (SLOG * 600 + "|  Created     Foo sst:aws:Nextjs → FooKvKeys sst:aws:KvKeys\n".encode(), "terminal"),
        (SLOG * 9 + b"|  Error\n", "terminal"),
        (SLOG * 9 + "✓  Complete    \n".encode(), "terminal"),
        (SLOG * 9 + b"SST 3.17.0  ready!\n", "terminal"),
        (SLOG * 9 + "➜  App:        shop\n".encode(), "terminal"),
        (SLOG * 9 + b'level=ERROR msg=x err="y\\n|  Created     Foo a:b:C"\n', "sst-log"),
        (b'level=ERROR msg="stack run failed" error="x\\nUpdating (production):"\n', "sst-log"),
        (b"I0320 12:00:00.123456   77 log.go:12] eventSink::Infoerr(x)\n", "pulumi-verbose"),
        (b"Log file created at: 2025/03/20 12:00:00\n", "pulumi-verbose"),
        (b'{"time":"2025-03-20T12:00:00.1Z","level":"DEBUG-4","msg":"x","v":9}\n', "pulumi-verbose"),
        (b'{\n    "sequence": 0,\n    "timestamp": 5,\n', "engine-events"),
        (b'npm start\n{"sequence":0,"timestamp":5,"preludeEvent":{}}\n', "engine-events"),
        (
            b"x\n" * 50_000 + b'2026-06-10T00:00:00Z {"sequence":0,"timestamp":5,"preludeEvent":{}}',
            "engine-events",
        ),
        (b'{\n  "config": {"a:b": "c"},\n  "steps": [{"op": "same", "urn": "urn:x"', "preview-digest"),
        (b'{"result":"failed","duration":9125000000,"resources":[]}', "pulumi-summary"),
        (
            b'{"id":"fe6aadedee0704c33ffb620d","version":"3.9.0","command":"deploy","timeStarted":"x"}',
            "sst-update",
        ),
        (
            b'{"created":"x","updateID":"fe6aadedee0704c33ffb620d","runID":"","command":"deploy"}',
            "sst-update",
        ),
        (b'{"version":"3.2.0","updateID":"fe6a","command":"deploy","timeStarted":"x"}', "sst-summary"),
        (b'{"version":3,"checkpoint":{"stack":"organization/shop/prod","latest":{}}}', "sst-state"),
        (b'{"version":3,"deployment":{"manifest":{}}}', "sst-state"),
        (b'[{"op":"create","urn":"urn:x","type":"t","old":null,"new":{}}]', "sst-diff"),
    ],
)
def test_a_kind_is_told_plain_and_packed(data: bytes, expected: str) -> None:
    assert kind(data) == expected
    assert kind(gzip.compress(data)) == expected


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty (0 bytes)"),
        (b" \n\n", "blank: nothing but white space"),
        (b"\x00\x01\x02\xff" * 100, "a binary file"),
        (b"PK\x03\x04abc", "a zip archive: unpack it first"),
        ("Updating (dev)".encode("utf-16"), "UTF-16 text: convert it to UTF-8 first"),
        (b"hello\nworld\n", "text without one line of a Pulumi log"),
        (b'{"version": 3, "deployment": {}}', "JSON of another shape (its first key is 'version')"),
        (b"[1, 2", "text without one line of a Pulumi log"),
        (
            gzip.compress(b"x" * 9_999, mtime=0)[:12],
            "the gzip data is cut short: only what comes before was read",
        ),
        (b"\x1f\x8b garbage", "the gzip data is damaged: only what comes before was read"),
        (
            b'{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","eventName":"ObjectCreated:Put"}]}',
            "these are S3 event notifications, not CloudTrail records",
        ),
        (
            b'{"Records":[{"eventID":"1","eventName":"INSERT","eventSource":"aws:dynamodb"}]}',
            "these are DynamoDB stream notifications, not CloudTrail records",
        ),
        (
            b'{"Records":[{"kinesis":{},"eventSource":"aws:kinesis"}]}',
            "these are Kinesis notifications, not CloudTrail records",
        ),
        (b'{"Records":[{"a":1}]}', "a list of records that are not CloudTrail's"),
    ],
)
def test_the_unknown_has_a_reason(data: bytes, reason: str) -> None:
    found = identify(Source("x", None, data))
    assert (found.kind, found.reason) == ("unknown", reason)


def test_a_file_that_cannot_be_opened_is_unknown(tmp_path: Path) -> None:
    assert identify(Source("gone", tmp_path / "gone")).reason == "no such file or directory"


@given(st.binary(max_size=300))
def test_nothing_raises(data: bytes) -> None:
    assert identify(Source("x", None, data)).reason
    assert detect(b'{"Records":[' + data).reason


@given(st.text(max_size=200))
def test_a_notification_is_never_cloudtrail(key: str) -> None:
    record = {"eventSource": "aws:s3", "s3": {"object": {"key": key + '"eventSource":"s3.amazonaws.com"'}}}
    assert kind(json.dumps({"Records": [record]}).encode()) == "unknown"


@pytest.mark.skipif(not DATA.exists(), reason="the shared data is not here")
def test_real_files() -> None:
    told = {
        str(path.relative_to(DATA)): identify(Source(str(path), path))
        for path in DATA.rglob("*.*")
        if path.is_file()
    }
    for name, found in told.items():
        if name.startswith("cloudtrail/s3-log-files/"):
            assert found.kind == "cloudtrail-s3", name
        elif name.startswith("cloudtrail/not-cloudtrail/"):
            assert (found.kind, found.reason.startswith("JSON of another shape")) == ("unknown", True), name
        elif name.endswith("/events.json"):
            assert found.kind == "engine-events", name
    texts = {name: found.kind for name, found in told.items() if name.endswith("non-interactive.txt")}
    assert set(texts.values()) == {"pulumi-text"}


@pytest.mark.skipif(not DATA.exists(), reason="the shared data is not here")
def test_real_notifications_are_told_from_cloudtrail() -> None:
    text = (DATA / "cloudtrail" / "not-cloudtrail" / "test_s3_notifications_sqs.snapshot.json").read_text()
    snapshots = json.loads(text).values()
    lists = [
        shot["recorded-content"]["receive_messages"]["messages"]
        for shot in snapshots
        if "receive_messages" in shot["recorded-content"]
    ]
    filled = [messages for messages in lists if messages]
    assert filled
    for messages in filled:
        found = detect(json.dumps({"Records": messages}).encode())
        assert (found.kind, "S3 event notifications" in found.reason) == ("unknown", True)


@pytest.mark.parametrize(
    "head",
    [
        b'{"Items": [{"Key": "7c62:routes", "Value": "[]"}]}',
        b'\n{\n    "Items": [\n        {\n            "Key": "a"',
        b'{"Items": []}',
        b'{"Items": [',
        b'{"NextToken": "abc", "Items": [{"Value": "v", "Key": "k"}]}',
        b'{\n  "schema": "lostwrite.keys/v1",',
    ],
)
def test_a_listing_of_keys(head: bytes) -> None:
    assert detect(head).kind == "key-listing"


@pytest.mark.parametrize(
    "head", [b'{"Items": [{"id": {"S": "x"}}]}', b'{"Items": {"Key": 1}}', b'{"schema": "other/v1"}']
)
def test_what_only_looks_like_a_listing(head: bytes) -> None:
    assert detect(head).kind == "unknown"
