"""`check` with selectors and digests: a drop that no later write of the store closes is proven all the same."""

from __future__ import annotations

import gzip
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from analyzer import check
from tests.trail.signed import ADVANCED, BASIC, Bucket, public_keys, put_selectors, write_selectors

SAMPLE = Path(__file__).parents[1] / "samples" / "first-route-never-written"
LOG = SAMPLE / "deploy" / "eventlog.json"
START = datetime(2025, 3, 21, 14, tzinfo=UTC)


def records() -> dict[str, dict[str, Any]]:
    """The records of the sample by their ids, but for the write that closes the chain after the deploy."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted((SAMPLE / "trail").rglob("*.json*")):
        data = path.read_bytes()
        whole = json.loads(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)
        found |= {record["eventID"]: record for record in whole["Records"]}
    return {name: record for name, record in found.items() if record["eventTime"] < "2025-03-21T15:45"}


def trail(folder: Path, *changes: dict[str, Any], hours: int = 4) -> Bucket:
    """The sample's calls in a bucket from 14:00 on, with a digest for each hour."""
    bucket = Bucket()
    bucket.deliver(START + timedelta(minutes=10), *changes)
    bucket.close(START, START + timedelta(hours=1), first=True)
    bucket.deliver(START + timedelta(hours=1, minutes=45), *records().values())
    for number in range(1, hours):
        bucket.close(START + timedelta(hours=number), START + timedelta(hours=number + 1))
    bucket.write_to(folder)
    return bucket


def route(folder: Path, **options: Any) -> tuple[str, str, str]:
    report = check([LOG], trail=[folder], **options)
    row = report.writes.filter(key="ea01:routes").row(0, named=True)
    return row["verdict"], row["cause"], row["confidence"]


PUT = put_selectors(START + timedelta(minutes=5))


def test_without_digests_it_stays_open(tmp_path: Path) -> None:
    bucket = trail(tmp_path, PUT)
    for key in bucket.files:
        if "Digest" in key:
            (tmp_path / key).unlink()
    assert route(tmp_path)[0] == "unverifiable"


def test_selectors_and_digests_prove_it(tmp_path: Path) -> None:
    trail(tmp_path, PUT)
    assert route(tmp_path) == ("dropped", "never_attempted", "high")


def test_signatures_are_heard(tmp_path: Path) -> None:
    trail(tmp_path / "t", PUT)
    (tmp_path / "keys").write_bytes(public_keys())
    report = check([LOG], trail=[tmp_path / "t"], public_keys=tmp_path / "keys")
    assert report.evidence["detail"].str.contains("(signed)", literal=True).any()


def test_basic_selectors_disprove_it(tmp_path: Path) -> None:
    trail(tmp_path, put_selectors(START + timedelta(minutes=5), BASIC))
    assert route(tmp_path)[0] == "unverifiable"


def test_a_file_of_selectors_counts_where_the_digests_reach_it_or_the_user_says_so(tmp_path: Path) -> None:
    trail(tmp_path / "t")
    near = write_selectors(tmp_path, START + timedelta(hours=3.5), ADVANCED)
    assert route(tmp_path / "t", selectors=[near])[0] == "dropped"
    later = START + timedelta(days=9)
    os.utime(near, (later.timestamp(), later.timestamp()))
    assert route(tmp_path / "t", selectors=[near])[0] == "unverifiable"
    assert route(tmp_path / "t", selectors=[near], selectors_since=START)[0] == "dropped"


@pytest.mark.parametrize("damage", ["missing", "cut", "altered"])
def test_a_damaged_file_takes_the_proof_away(tmp_path: Path, damage: str) -> None:
    bucket = trail(tmp_path, PUT)
    path = tmp_path / next(key for key in bucket.files if "T1545Z" in key)
    data = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(gzip.compress(data)[:-30] if damage == "cut" else data + b" ")
    assert route(tmp_path)[0] == "unverifiable"
    problems = check([LOG], trail=[tmp_path]).inputs["problems"].explode().drop_nulls()
    words = "log files are missing" if damage == "missing" else "log files are altered or cut"
    assert problems.str.starts_with(f"{words}: 111122223333_CloudTrail_us-east-1_20250321T1545Z_").any()


def test_digests_among_the_logs_are_taken_for_the_trail(tmp_path: Path) -> None:
    bucket = trail(tmp_path, PUT)
    report = check([LOG, *(tmp_path / key for key in bucket.files)])
    assert report.writes.filter(key="ea01:routes")["verdict"].item() == "dropped"
