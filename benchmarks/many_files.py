"""Many small files with the digests that list them: time and memory per file."""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.measure import Contender, compare

_ACCOUNT = "111122223333"
_BEGIN = datetime(2025, 3, 20, tzinfo=UTC)
_PER_DIGEST = 500  # log files
_COUNTS = (10_000, 40_000)


def main() -> None:
    """Prints seconds, and the peak of memory, for two numbers of files."""
    with tempfile.TemporaryDirectory(prefix="lostwrite-bench-") as name:
        contenders = {}
        for count in _COUNTS:
            folder = Path(name, str(count))
            write_files(folder, count)
            command = [sys.executable, "-m", "benchmarks.run_ours", "trail", str(folder)]
            contenders[f"{count:,} files"] = Contender(command, count / 1e6)
        timings = compare(contenders, rounds=3)
    print(f"\nmany small files, with hourly digests of {_PER_DIGEST} files; one process")
    for (title, timing), count in zip(timings.items(), _COUNTS, strict=True):
        each = timing.seconds / count * 1e6
        print(f"  {title:34} {timing.seconds:8.2f} s {each:8.0f} µs a file {timing.peak:8.0f} MB")
    few, many = (timing.peak for timing in timings.values())
    print(f"  {(many - few) * 1e6 / (_COUNTS[1] - _COUNTS[0]):.0f} bytes of memory a file")


def write_files(folder: Path, count: int) -> None:
    """Writes `count` log files of one record each, and a linked digest for every hour."""
    before: tuple[str, str] | None = None
    for number in range(0, count, _PER_DIGEST):
        start = _BEGIN + timedelta(hours=number // _PER_DIGEST)
        logs = folder / "CloudTrail" / "us-east-1" / f"{start:%Y/%m/%d}"
        logs.mkdir(parents=True, exist_ok=True)
        listed = [
            _write_log(logs, start, number + place) for place in range(min(_PER_DIGEST, count - number))
        ]
        before = _write_digest(folder, start, listed, before)


def _write_log(folder: Path, start: datetime, number: int) -> dict[str, str]:
    record = {
        "eventVersion": "1.11",
        "userIdentity": {"type": "AssumedRole", "accountId": _ACCOUNT},
        "eventTime": f"{start:%Y-%m-%dT%H:%M:%SZ}",
        "eventSource": "s3.amazonaws.com",
        "eventName": "GetObject",
        "awsRegion": "us-east-1",
        "requestParameters": {"bucketName": "shop", "key": f"images/{number}.png"},
        "responseElements": None,
        "eventID": f"{number:032x}",
        "recipientAccountId": _ACCOUNT,
    }
    body = json.dumps({"Records": [record]}, separators=(",", ":")).encode()
    name = f"{_ACCOUNT}_CloudTrail_us-east-1_{start:%Y%m%dT%H%MZ}_{number:016d}.json.gz"
    (folder / name).write_bytes(gzip.compress(body, 1, mtime=0))
    return {"s3Bucket": "logs", "s3Object": f"AWSLogs/{name}", "hashValue": hashlib.sha256(body).hexdigest()}


def _write_digest(
    folder: Path, start: datetime, listed: list[dict[str, str]], before: tuple[str, str] | None
) -> tuple[str, str]:
    """Writes the digest of an hour; gives its key and its hash, for the next one."""
    end = start + timedelta(hours=1)
    place = folder / "CloudTrail-Digest" / "us-east-1"
    place.mkdir(parents=True, exist_ok=True)
    name = f"{_ACCOUNT}_CloudTrail-Digest_us-east-1_audit_us-east-1_{end:%Y%m%dT%H%M%SZ}.json.gz"
    key = f"AWSLogs/{_ACCOUNT}/CloudTrail-Digest/us-east-1/{name}"
    body = json.dumps(
        {
            "digestStartTime": f"{start:%Y-%m-%dT%H:%M:%SZ}",
            "digestEndTime": f"{end:%Y-%m-%dT%H:%M:%SZ}",
            "digestS3Bucket": "logs",
            "digestS3Object": key,
            "digestPublicKeyFingerprint": "0" * 32,
            "previousDigestS3Object": before and before[0],
            "previousDigestHashValue": before and before[1],
            "previousDigestSignature": before and "00",
            "logFiles": listed,
        }
    ).encode()
    (place / name).write_bytes(gzip.compress(body, 1, mtime=0))
    return key, hashlib.sha256(body).hexdigest()
