"""Writes what many deploys leave behind: an event log each, and the CloudTrail files of all their calls.

Every write lands, but for one route in a hundred deploys that is never written. Each store's calls form one chain.
"""

from __future__ import annotations

import gzip
import json
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

_ACCOUNT = "111122223333"
_BEGIN = datetime(2026, 3, 2, tzinfo=UTC)
_STORES = 25
_EVERY = timedelta(minutes=6)  # a deploy begins
_HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"
_PER_FILE = 400  # records
_DYNAMIC = "pulumi-nodejs:dynamic:Resource"
_OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2"
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """How large each deploy is.

    Attributes:
        sites: KvKeys resources, each one UpdateKeys of `keys` keys.
        keys: in each.
        routes: KvRoutesUpdate resources: Describe, GetKey and UpdateKeys each.
        others: writes of 50 keys each by another tool, after the deploy, on the same store.
        plain: resources that write no key.
    """

    sites: int
    keys: int
    routes: int
    others: int = 0
    plain: int = 0


def write_deploys(folder: Path, deploys: int, shape: Shape) -> tuple[int, int]:
    """Writes `logs/` and `trail/` below `folder`; gives the number of calls (a row per key) and of records."""
    chance = random.Random(7)
    (folder / "trail").mkdir(parents=True)
    etags = [f"KV{number}" for number in range(_STORES)]
    pending: list[str] = []
    calls = records = 0
    for number in range(deploys):
        made = _Deploy(number, etags, chance)
        events = made.run(shape)
        place = folder / "logs" / f"deploy-{number:05d}"
        place.mkdir(parents=True)
        (place / "eventlog.json").write_text("\n".join(map(_text, events)) + "\n")
        calls += made.calls
        records += len(made.records)
        pending += made.records
        while len(pending) >= _PER_FILE:
            _write(folder / "trail", made.clock, pending[:_PER_FILE], chance)
            pending = pending[_PER_FILE:]
    last = _BEGIN + _EVERY * deploys + timedelta(hours=2)
    _write(folder / "trail", last, pending, chance)
    return calls, records


class _Deploy:
    def __init__(self, number: int, etags: list[str], chance: random.Random) -> None:
        self.stage = f"pr-{number}"
        self.number = number
        self.clock = _BEGIN + _EVERY * number
        self.etags = etags
        self.role = "deploy"
        self.index = number % _STORES
        self.store = (
            f"arn:aws:cloudfront::{_ACCOUNT}:key-value-store/0f1e2d3c-0000-4000-8000-{self.index:012d}"
        )
        self.chance = chance
        self.records: list[str] = []
        self.calls = 0
        self.events: list[Json] = []

    def run(self, shape: Shape) -> list[Json]:
        """The events of the deploy; its records are in `records`."""
        self._event({"preludeEvent": {"config": {}}})
        for number in range(shape.plain):
            with _Step(self, f"Object{number}", {"bucket": "shop", "key": f"{number}.png"}, _OBJECT):
                pass
        for site in range(shape.sites):
            self._site(f"Site{site}", shape.keys)
        for route in range(shape.routes):
            self._route(f"Site{route}", dropped=route == 0 and self.number % 100 == 50)
        self._others(shape.others)
        self._event(
            {
                "summaryEvent": {
                    "maybeCorrupt": False,
                    "durationSeconds": 60,
                    "resourceChanges": {},
                    "PolicyPacks": {},
                }
            }
        )
        return self.events

    def _site(self, name: str, keys: int) -> None:
        namespace = f"{(self.number * 64 + int(name[4:])) % 65536:04x}"
        values = {f"/file-{key}.html": "s3" for key in range(keys)}
        inputs = {"store": self.store, "namespace": namespace, "entries": values, "purge": False}
        with _Step(self, f"{name}KvKeys.sst.aws.KvKeys", inputs):
            self._call("DescribeKeyValueStore", {})
            self._update([f"{namespace}:{key}" for key in values])

    def _route(self, name: str, *, dropped: bool) -> None:
        inputs = {"store": self.store, "namespace": "5bd5", "key": "routes", "entry": f"site,{name},,/{name}"}
        with _Step(self, f"{name}RoutesUpdate.sst.aws.KvRoutesUpdate", inputs):
            self._call("DescribeKeyValueStore", {})
            self._call("GetKey", {"key": "5bd5:routes"})
            if not dropped:
                self._update(["5bd5:routes"])

    def _others(self, count: int) -> None:
        role, self.role = self.role, "importer"
        for number in range(count):
            self._update([f"data:{number}-{key}" for key in range(50)])
        self.role = role

    def _update(self, keys: list[str]) -> None:
        before = self.etags[self.index]
        after = f"KV{self.chance.getrandbits(52):013X}"
        puts = [{"key": key, "value": _HIDDEN} for key in keys]
        answer = {"itemCount": 900, "totalSizeInBytes": 90000, "eTag": after}
        self._call("UpdateKeys", {"ifMatch": before, "puts": puts}, answer, rows=len(keys))
        self.etags[self.index] = after

    def _call(self, api: str, parameters: Json, answer: Json | None = None, rows: int = 1) -> None:
        self.calls += rows
        arn = f"arn:aws:sts::{_ACCOUNT}:assumed-role/{self.role}/{self.stage}"
        record = {
            "eventVersion": "1.09",
            "userIdentity": {
                "type": "AssumedRole",
                "principalId": "AROAEXAMPLE:ci",
                "arn": arn,
                "accountId": _ACCOUNT,
            },
            "eventTime": f"{self.clock:%Y-%m-%dT%H:%M:%SZ}",
            "eventSource": "edgekeyvaluestore.amazonaws.com",
            "eventName": api,
            "awsRegion": "us-east-1",
            "sourceIPAddress": "203.0.113.9",
            "userAgent": "aws-sdk-go-v2/1.30.3 os/linux lang/go#1.22.5",
            "requestParameters": {"kvsARN": self.store, **parameters},
            "responseElements": answer,
            "requestID": f"{self.chance.getrandbits(128):032x}",
            "eventID": f"{self.chance.getrandbits(128):032x}",
            "readOnly": answer is None,
            "resources": [
                {"accountId": _ACCOUNT, "type": "AWS::CloudFront::KeyValueStore", "ARN": self.store}
            ],
            "eventType": "AwsApiCall",
            "managementEvent": False,
            "recipientAccountId": _ACCOUNT,
            "eventCategory": "Data",
        }
        self.records.append(_text(record))

    def _event(self, payload: Json) -> None:
        self.events.append(
            {"sequence": len(self.events), "timestamp": int(self.clock.timestamp()), **payload}
        )


class _Step:
    """One create: its two events, and a second for the calls between them."""

    def __init__(self, deploy: _Deploy, name: str, inputs: Json, kind: str = _DYNAMIC) -> None:
        self.deploy = deploy
        self.urn = f"urn:pulumi:{deploy.stage}::shop::{kind}::{name}"
        self.inputs = inputs
        self.kind = kind

    def __enter__(self) -> None:
        self._event("resourcePreEvent", {})

    def __exit__(self, *_: object) -> None:
        self._event("resOutputsEvent", self.inputs)
        self.deploy.clock += timedelta(seconds=1)

    def _event(self, name: str, outputs: Json) -> None:
        new = {"type": self.kind, "urn": self.urn, "inputs": self.inputs, "outputs": outputs}
        metadata = {"op": "create", "urn": self.urn, "type": self.kind, "old": None, "new": new}
        self.deploy._event({name: {"metadata": metadata}})


def _write(folder: Path, clock: datetime, records: list[str], chance: random.Random) -> None:
    delivered = clock + timedelta(minutes=5)
    name = f"{_ACCOUNT}_CloudTrail_us-east-1_{delivered:%Y%m%dT%H%MZ}_{chance.getrandbits(64):016x}.json.gz"
    body = '{"Records":[' + ",".join(records) + "]}"
    (folder / name).write_bytes(gzip.compress(body.encode(), 1, mtime=0))


def _text(value: Json) -> str:
    return json.dumps(value, separators=(",", ":"))
