"""Many small files, with the digests that list them and without: time and memory per file."""

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
_DIGESTED = (10_000, 40_000)
_PLAIN = (10_000, 200_000)
_LINKS = 30_000  # names of one file, which file systems bound


def main() -> None:
    """Prints seconds, and the peak of memory, for two numbers of files each: with digests, and without."""
    with tempfile.TemporaryDirectory(prefix="lostwrite-bench-") as name:
        digested, plain = Path(name, "digested"), Path(name, "plain")
        for count in _DIGESTED:
            write_files(digested / str(count), count)
        for count in _PLAIN:
            link_files(plain / str(count), count)
        title = f"many small files, with hourly digests of {_PER_DIGEST} files; one process"
        _show(title, digested, _DIGESTED)
        _show("many small files without digests; one process", plain, _PLAIN)
        _show("the same; two processes, of which the larger one counts", plain, _PLAIN, processes=2)


def _show(title: str, place: Path, counts: tuple[int, int], processes: int = 1) -> None:
    contenders = {
        f"{count:,} files": Contender(
            [sys.executable, "-m", "benchmarks.run_ours", "trail", str(place / str(count)), str(processes)],
            count / 1e6,
        )
        for count in counts
    }
    print(f"\n{title}")
    timings = compare(contenders, rounds=1)
    for (name, timing), count in zip(timings.items(), counts, strict=True):
        each = timing.seconds / count * 1e6
        print(f"  {name:34} {timing.seconds:8.2f} s {each:8.0f} µs a file {timing.peak:8.0f} MB")
    few, many = (timing.peak for timing in timings.values())
    grown = max(many - few, 0) * 1e6 / (counts[1] - counts[0])
    print(f"  {grown:.0f} bytes of memory a file")


def link_files(folder: Path, count: int) -> None:
    """Makes `count` names of a few log files, by hour and day."""
    folder.mkdir(parents=True)
    for number in range(count):
        start = _BEGIN + timedelta(hours=number // _PER_DIGEST)
        day = folder / f"{start:%Y/%m/%d}"
        if number % _PER_DIGEST == 0:
            day.mkdir(parents=True, exist_ok=True)
        target = day / _name(start, number)
        if number % _LINKS == 0:
            _write_log(day, start, number)
            origin = target
        else:
            target.hardlink_to(origin)


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
    name = _name(start, number)
    (folder / name).write_bytes(gzip.compress(body, 1, mtime=0))
    return {"s3Bucket": "logs", "s3Object": f"AWSLogs/{name}", "hashValue": hashlib.sha256(body).hexdigest()}


def _name(start: datetime, number: int) -> str:
    unique = hashlib.sha256(str(number).encode()).hexdigest()[:16]
    return f"{_ACCOUNT}_CloudTrail_us-east-1_{start:%Y%m%dT%H%MZ}_{unique}.json.gz"


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
