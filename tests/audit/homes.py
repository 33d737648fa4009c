"""Small homes for tests of audits: event logs of deploys, and a CloudTrail file for each of them."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from pathlib import Path

BEGIN = datetime(2026, 1, 30, 12, tzinfo=UTC)
ACCOUNT = "111122223333"
Json = dict[str, Any]


def arn(store: int) -> str:
    """The ARN of a store, by its number."""
    return f"arn:aws:cloudfront::{ACCOUNT}:key-value-store/0f1e2d3c-0000-4000-8000-{store:012d}"


@dataclass
class Home:
    """A home that is being filled: `logs/` and `trail/` below `folder`. Each store's calls form one chain."""

    folder: Path
    etags: dict[int, int] = field(default_factory=dict)
    events: int = 0

    def deploy(self, number: int, *, store: int = 0, made: bool = True, recorded: bool = True) -> None:
        """One deploy, a day after the one before it: it writes a key of its own; `made`: whether it really did.

        `recorded`: whether the trail has its file already; `record` writes it later.
        """
        at = BEGIN + timedelta(days=number)
        namespace = f"{number:04x}"
        urn = f"urn:pulumi:s{store}::shop::sst:aws:KvKeys::Web{number}KvKeys.sst.aws.KvKeys"
        inputs = {"store": arn(store), "namespace": namespace, "entries": {"/a": "s3"}, "purge": False}
        state = {"type": "sst:aws:KvKeys", "urn": urn, "inputs": inputs, "outputs": inputs}
        step = {"op": "create", "urn": urn, "type": "sst:aws:KvKeys", "old": None, "new": state}
        second = int(at.timestamp())
        log = [
            {"timestamp": second, "preludeEvent": {"config": {}}},
            {"timestamp": second + 10, "resourcePreEvent": {"metadata": step}},
            {"timestamp": second + 12, "resOutputsEvent": {"metadata": step}},
            {"timestamp": second + 14, "summaryEvent": {"maybeCorrupt": False, "durationSeconds": 14}},
            {"timestamp": second + 14, "cancelEvent": {}},
        ]
        place = self.folder / "logs" / f"d{number:03d}"
        place.mkdir(parents=True)
        lines = (json.dumps({"sequence": nth, **event}) for nth, event in enumerate(log))
        (place / "eventlog.json").write_text("\n".join(lines) + "\n")
        if recorded:
            self.record(number, store=store, made=made)

    def record(self, number: int, *, store: int = 0, made: bool = True) -> None:
        """The trail's file of a deploy: somebody writes before and after it, and between these the deploy."""
        at = BEGIN + timedelta(days=number)
        calls = [
            self._call(store, at - timedelta(minutes=30), "other", [f"x{number}:1"]),
            *([self._call(store, at + timedelta(seconds=11), "ci", [f"{number:04x}:/a"])] if made else ()),
            self._call(store, at + timedelta(hours=1), "other", [f"x{number}:2"]),
        ]
        delivered = at + timedelta(hours=2)
        name = f"{ACCOUNT}_CloudTrail_us-east-1_{delivered:%Y%m%dT%H%MZ}_{number:016d}.json.gz"
        place = self.folder / "trail" / f"{delivered:%Y/%m/%d}"
        place.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(gzip.compress(json.dumps({"Records": calls}).encode(), mtime=0))

    def _call(self, store: int, at: datetime, who: str, keys: list[str]) -> Json:
        before = self.etags.get(store, 0)
        self.etags[store] = before + 1
        self.events += 1
        return {
            "eventVersion": "1.09",
            "eventSource": "cloudfront-keyvaluestore.amazonaws.com",
            "eventName": "UpdateKeys",
            "eventTime": f"{at:%Y-%m-%dT%H:%M:%SZ}",
            "awsRegion": "us-east-1",
            "eventID": f"00000000-0000-4000-8000-{self.events:012d}",
            "requestID": f"10000000-0000-4000-8000-{self.events:012d}",
            "eventType": "AwsApiCall",
            "recipientAccountId": ACCOUNT,
            "sourceIPAddress": "203.0.113.7",
            "userAgent": "sst" if who == "ci" else "aws-cli",
            "userIdentity": {
                "type": "AssumedRole",
                "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{who}/run",
                "accessKeyId": f"ASIA{who.upper():0<16}",
            },
            "requestParameters": {
                "kvsARN": arn(store),
                "ifMatch": f"KV{before}",
                "puts": [{"key": key, "value": "HIDDEN_DUE_TO_SECURITY_REASONS"} for key in keys],
                "deletes": [],
            },
            "responseElements": {"eTag": f"KV{before + 1}", "itemCount": before + 1},
            "resources": [
                {"accountId": ACCOUNT, "type": "AWS::CloudFront::KeyValueStore", "ARN": arn(store)}
            ],
        }


def content(catalogue: Path) -> dict[str, bytes]:
    """Every published file of a catalogue, by its place."""
    return {
        str(path.relative_to(catalogue)): path.read_bytes()
        for path in sorted(catalogue.rglob("data.parquet"))
        if ".read" not in path.parts and ".work" not in path.parts
    }


def differing(one: Path, other: Path) -> list[str]:
    """The published files in which two catalogues differ, with the columns."""
    mine, theirs = content(one), content(other)
    said = [f"{place}: only in one" for place in mine.keys() ^ theirs.keys()]
    for place in mine.keys() & theirs.keys():
        if mine[place] != theirs[place]:
            a, b = (pl.read_parquet(root / place, hive_partitioning=False) for root in (one, other))
            columns = a.columns if a.shape != b.shape else [n for n in a.columns if not a[n].equals(b[n])]
            said.append(f"{place}: {a.shape} {b.shape} {columns}")
    return sorted(said)
