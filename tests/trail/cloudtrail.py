"""CloudTrail records and files for the tests of the trail."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

from analyzer.sources.source import Source
from analyzer.trail.read import read_trail

if TYPE_CHECKING:
    from analyzer.trail.trail import Trail

STORE = "arn:aws:cloudfront::111122223333:key-value-store/a1b2c3d4-5678-90ab-cdef-EXAMPLE11111"
HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"


def record(event_id: str | None = "e1", name: str = "UpdateKeys", **fields: Any) -> dict[str, Any]:
    """A record as CloudTrail writes it; `fields` replace its own, and None takes one away."""
    whole = {
        "eventVersion": "1.09",
        "userIdentity": {
            "type": "AssumedRole",
            "arn": "arn:aws:sts::111122223333:assumed-role/ci/run",
            "accountId": "111122223333",
            "accessKeyId": "ASIAEXAMPLE",
        },
        "eventTime": "2026-06-10T00:05:02Z",
        "eventSource": "edgekeyvaluestore.amazonaws.com",
        "eventName": name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": "203.0.113.9",
        "userAgent": "aws-sdk-go-v2",
        "requestParameters": {
            "kvsARN": STORE,
            "ifMatch": "KV1",
            "puts": [{"key": "7c62:a", "value": HIDDEN}],
        },
        "responseElements": {"itemCount": 3, "totalSizeInBytes": 10, "eTag": "KV2"},
        "requestID": f"r-{event_id}" if event_id not in ("e1", None) else "r1",
        "eventID": event_id,
        "readOnly": False,
        "resources": [{"accountId": "111122223333", "type": "AWS::CloudFront::KeyValueStore", "ARN": STORE}],
        "recipientAccountId": "111122223333",
        "eventCategory": "Data",
    }
    return {field: value for field, value in (whole | fields).items() if value is not None}


def other(event_id: str = "o1", **fields: Any) -> dict[str, Any]:
    """A record of another service."""
    return record(event_id, "GetObject", eventSource="s3.amazonaws.com", resources=None, **fields)


def log(*records: dict[str, Any], indent: int | None = None) -> bytes:
    """A log file of `records`."""
    return json.dumps({"Records": records}, indent=indent, separators=None if indent else (",", ":")).encode()


def read(*files: bytes, packed: bool = False) -> Trail:
    """The trail of files that are named `f0`, `f1`, ..."""
    contents = [gzip.compress(file) for file in files] if packed else files
    return read_trail([Source(f"f{number}", None, content) for number, content in enumerate(contents)])


def calls(*files: bytes) -> list[dict[str, Any]]:
    """The rows of CALLS of files."""
    return read(*files).calls.to_dicts()


def inputs(*files: bytes) -> list[dict[str, Any]]:
    """The rows of INPUTS of files."""
    return read(*files).inputs.to_dicts()
