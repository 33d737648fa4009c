"""Writes CloudTrail files as AWS would: gzipped, about a megabyte each, a few calls on a key-value store in them."""

from __future__ import annotations

import gzip
import json
import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_ACCOUNT = "111122223333"
_STORE = f"arn:aws:cloudfront::{_ACCOUNT}:key-value-store/0f1e2d3c-0000-4000-8000-000000000001"
_RECORDS = 700
_SERVICES = (
    ("s3.amazonaws.com", "GetObject"),
    ("kms.amazonaws.com", "Decrypt"),
    ("sts.amazonaws.com", "AssumeRole"),
    ("ec2.amazonaws.com", "DescribeInstances"),
    ("logs.amazonaws.com", "CreateLogStream"),
    ("dynamodb.amazonaws.com", "GetItem"),
)


def write_trail(folder: Path, files: int, *, marked: float, share: float = 0.005) -> float:
    """Writes `files` log files and gives their size unpacked, in MB.

    Args:
        folder: an empty folder.
        files: how many.
        marked: the part of the files that hold calls on a store.
        share: the part of all records that are such calls.
    """
    chance = random.Random(20250320)
    clock = datetime(2025, 3, 20, tzinfo=UTC)
    size = 0
    for number in range(files):
        clock += timedelta(minutes=5)
        here = share / marked if number % round(1 / marked) == 0 else 0.0
        records = [_record(chance, clock, here) for _ in range(_RECORDS)]
        body = json.dumps({"Records": records}, separators=(",", ":")).encode()
        size += len(body)
        name = f"{_ACCOUNT}_CloudTrail_us-east-1_{clock:%Y%m%dT%H%MZ}_{number:016d}.json.gz"
        (folder / name).write_bytes(gzip.compress(body, 6, mtime=0))
    return size / 1e6


def _record(chance: random.Random, clock: datetime, kvs: float) -> dict[str, object]:
    called = chance.random() < kvs
    source, name = ("edgekeyvaluestore.amazonaws.com", "UpdateKeys") if called else chance.choice(_SERVICES)
    moment = clock - timedelta(seconds=chance.randrange(300))
    principal = f"AROA{chance.randrange(16**12):012X}"
    return {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": f"{principal}:session-{chance.randrange(999)}",
            "arn": f"arn:aws:sts::{_ACCOUNT}:assumed-role/service-{chance.randrange(40)}/session",
            "accountId": _ACCOUNT,
            "accessKeyId": f"ASIAEXAMPLE{chance.randrange(10**9):09d}",
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role",
                    "principalId": principal,
                    "arn": f"arn:aws:iam::{_ACCOUNT}:role/service",
                    "accountId": _ACCOUNT,
                    "userName": "service",
                },
                "attributes": {"creationDate": f"{clock:%Y-%m-%dT%H:%M:%SZ}", "mfaAuthenticated": "false"},
            },
        },
        "eventTime": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        "eventSource": source,
        "eventName": name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": f"10.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(256)}",
        "userAgent": "aws-sdk-go-v2/1.30.3 os/linux lang/go#1.22.5 md/GOOS#linux md/GOARCH#amd64",
        **(_store_call(chance) if called else _other_call(chance)),
        "requestID": f"{chance.randrange(16**32):032x}",
        "eventID": f"{chance.randrange(16**32):032x}",
        "readOnly": not called,
        "eventType": "AwsApiCall",
        "managementEvent": False,
        "recipientAccountId": _ACCOUNT,
        "eventCategory": "Data",
        "tlsDetails": {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256"},
    }


def _store_call(chance: random.Random) -> dict[str, object]:
    puts = [
        {"key": f"{chance.randrange(65536):04x}:/file-{n}", "value": "HIDDEN_DUE_TO_SECURITY_REASONS"}
        for n in range(5)
    ]
    etag = f"KV{chance.randrange(16**13):013X}"
    return {
        "requestParameters": {
            "kvsARN": _STORE,
            "ifMatch": f"KV{chance.randrange(16**13):013X}",
            "puts": puts,
        },
        "responseElements": {"itemCount": 40, "totalSizeInBytes": 4000, "eTag": etag},
    }


def _other_call(chance: random.Random) -> dict[str, object]:
    key = f"build/{chance.randrange(10**6)}/assets/chunk-{chance.randrange(10**9)}.js"
    arn = f"arn:aws:s3:::bucket-{chance.randrange(30)}"
    return {
        "requestParameters": {
            "bucketName": arn[13:],
            "Host": f"{arn[13:]}.s3.us-east-1.amazonaws.com",
            "key": key,
        },
        "responseElements": None,
        "additionalEventData": {"SignatureVersion": "SigV4", "bytesTransferredOut": chance.randrange(10**6)},
        "resources": [
            {"type": "AWS::S3::Object", "ARN": f"{arn}/{key}"},
            {"accountId": _ACCOUNT, "type": "AWS::S3::Bucket", "ARN": arn},
        ],
    }
