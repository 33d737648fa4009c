"""CloudTrail: the records of the calls as AWS writes them, and the S3 log files that they come in.

Forms: docs/facts/cloudtrail.md#1-record-schema to 3. Values are hidden, times are whole seconds, reads show no ETag,
delivery takes up
to ten minutes, files are in no order, and a record may lie in two of them.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.world.calls import READS
from tests.world.hostile.exports import NOTHING_LOST, Export

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path
    from random import Random

    from tests.world.service import Actor, Done

ACCOUNT = "111122223333"
HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"
BUCKET = 300.0
LATEST = 600.0
UNCHECKED = "00" * 256
"""In the place of a signature: without public keys nobody looks at it."""
FIRST_SELECTORS = 60.0
"""When the trail was told to log data events, in worlds whose digests show what was delivered."""
Record = dict[str, Any]


@dataclass
class Condition:
    """What the trail logs, and what of it is in hand. Times are the world's seconds."""

    name: str = "intact"
    logged_since: float = 0.0
    logged_until: float = float("inf")
    reads: bool = True
    lost_files: int = 0
    twice: bool = False
    files_until: float = float("inf")
    files_since: float = 0.0
    digests: bool = False
    not_logged: set[str] = field(default_factory=set)
    """Stores of which no call is logged."""
    copied: float = 0.0
    """The share of the calls whose record comes again under another event ID."""
    export: Export = NOTHING_LOST
    lost: list[File] = field(default_factory=list)
    """Files that were delivered, and listed by a digest, but are not in hand; filled by `files_of`."""

    def logs(self, done: Done) -> bool:
        """Whether the trail logs the call at all."""
        if done.call.store in self.not_logged or not (self.logged_since <= done.at < self.logged_until):
            return False
        return self.reads or done.call.api not in READS


@dataclass
class File:
    """One log file: when it was delivered, what it holds, and which calls."""

    delivered: float
    records: list[Record] = field(default_factory=list)
    calls: list[Done] = field(default_factory=list)


def files_of(
    history: Iterable[Done], condition: Condition, base: datetime, end: float, chance: Random
) -> list[File]:
    """The files in hand; other services' records fill them until `end`."""
    found: dict[tuple[int, int], File] = {}

    def deliver(at: float, record: Record, done: Done | None) -> None:
        arrived = at + chance.uniform(60, LATEST - BUCKET)
        bucket = int(arrived // BUCKET) + 1
        for part in {chance.randrange(2), chance.randrange(2)} if condition.twice else {chance.randrange(2)}:
            file = found.setdefault((bucket, part), File(bucket * BUCKET))
            file.records.append(record)
            if done is not None:
                file.calls.append(done)

    for done in history:
        for record in _records_of(done, condition, base, chance):
            deliver(done.at, record, done)
    at = chance.uniform(0, 200)
    while at < end:
        deliver(at, _other(at, base, chance), None)
        at += chance.uniform(60, 400)
    if condition.digests and condition.logged_since == 0:
        deliver(FIRST_SELECTORS, _selectors(FIRST_SELECTORS, base, chance, condition, on=True), None)
    for moment in (condition.logged_since, condition.logged_until):
        if 0 < moment < float("inf"):
            on = moment == condition.logged_since
            deliver(moment, _selectors(moment, base, chance, condition, on=on), None)
    return _in_hand([found[key] for key in sorted(found)], condition, chance)


def _records_of(done: Done, condition: Condition, base: datetime, chance: Random) -> Iterator[Record]:
    """The record of a call, if it is logged; and again under another event ID, where the trail has copies."""
    if condition.logs(done):
        record = condition.export.shown(record_of(done, base), done)
        yield record
        if condition.copied and chance.random() < condition.copied:
            yield record | {"eventID": f"copy-{done.event_id}"}


def _in_hand(files: list[File], condition: Condition, chance: Random) -> list[File]:
    kept = [file for file in files if condition.files_since <= file.delivered <= condition.files_until]
    condition.lost += [file for file in files if file not in kept]
    for _ in range(condition.lost_files):
        interesting = [file for file in kept if file.calls] or kept
        if interesting:
            gone = chance.choice(interesting)
            kept.remove(gone)
            condition.lost.append(gone)
    for file in kept:
        chance.shuffle(file.records)
    return kept


def write(files: Sequence[File], folder: Path, base: datetime, condition: Condition) -> None:
    """Writes them as CloudTrail names them, and the digests of what was delivered, if the trail makes them."""
    if not condition.export.own_files:
        records = [record for file in files for record in file.records]
        folder.mkdir(parents=True, exist_ok=True)
        name = "export.csv" if condition.export.table else "export.ndjson"
        (folder / name).write_text(condition.export.text(records))
        return
    bodies: dict[str, tuple[float, bytes]] = {}
    for number, file in enumerate([*files, *condition.lost]):
        at = base + timedelta(seconds=file.delivered)
        place = f"AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/{at:%Y/%m/%d}"
        name = f"{place}/{ACCOUNT}_CloudTrail_us-east-1_{at:%Y%m%dT%H%MZ}_{number:016d}.json.gz"
        body = json.dumps({"Records": file.records}).encode()
        bodies[name] = (file.delivered, body)
        if number < len(files):
            _put(folder / name, body)
    if condition.digests and bodies:
        for end, name, digest in _digests(bodies, base):
            if end <= condition.files_until:
                _put(folder / name, digest)


def _put(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(body, 1, mtime=0))


def _digests(bodies: dict[str, tuple[float, bytes]], base: datetime) -> Iterator[tuple[float, str, bytes]]:
    """A digest an hour: its end, its name and its bytes. Signatures are not made.

    Source: docs/facts/cloudtrail.md#21-digests.
    """
    last: tuple[str, bytes] | None = None
    begin = 0.0
    while begin <= max(delivered for delivered, _ in bodies.values()):
        start, end = base + timedelta(seconds=begin), base + timedelta(seconds=begin + 3600)
        name = (
            f"AWSLogs/{ACCOUNT}/CloudTrail-Digest/us-east-1/{end:%Y/%m/%d}/"
            f"{ACCOUNT}_CloudTrail-Digest_us-east-1_main_us-east-1_{end:%Y%m%dT%H%M%SZ}.json.gz"
        )
        listed = [
            {
                "s3Bucket": "bucket",
                "s3Object": file,
                "hashValue": hashlib.sha256(body).hexdigest(),
                "hashAlgorithm": "SHA-256",
            }
            for file, (delivered, body) in bodies.items()
            if begin < delivered <= begin + 3600
        ]
        digest = json.dumps(
            {
                "awsAccountId": ACCOUNT,
                "digestStartTime": f"{start:%Y-%m-%dT%H:%M:%SZ}",
                "digestEndTime": f"{end:%Y-%m-%dT%H:%M:%SZ}",
                "digestS3Bucket": "bucket",
                "digestS3Object": name,
                "digestPublicKeyFingerprint": "f1",
                "digestSignatureAlgorithm": "SHA256withRSA",
                "previousDigestS3Bucket": "bucket" if last else None,
                "previousDigestS3Object": last[0] if last else None,
                "previousDigestHashValue": hashlib.sha256(last[1]).hexdigest() if last else None,
                "previousDigestHashAlgorithm": "SHA-256" if last else None,
                "previousDigestSignature": UNCHECKED if last else None,
                "logFiles": listed,
            }
        ).encode()
        yield begin + 3600, name, digest
        last = (name, digest)
        begin += 3600


def record_of(done: Done, base: datetime) -> Record:
    """The record of one call."""
    call, error, read = done.call, done.error, done.call.api in READS
    account = call.store.split(":")[4]
    record = _envelope(
        done.actor, base + timedelta(seconds=done.at), "edgekeyvaluestore.amazonaws.com", call.api
    )
    if error is not None:
        record |= {"errorCode": error.code, "errorMessage": error.message}
    record |= {
        "requestParameters": _parameters(done),
        "responseElements": None
        if read or done.reply is None
        else {
            "itemCount": done.reply.item_count,
            "totalSizeInBytes": done.reply.size,
            "eTag": done.reply.etag,
        },
        "requestID": done.request_id,
        "eventID": done.event_id,
        "readOnly": read,
        "resources": [{"accountId": account, "type": "AWS::CloudFront::KeyValueStore", "ARN": call.store}],
        "eventType": "AwsApiCall",
        "managementEvent": False,
        "recipientAccountId": account,
        "eventCategory": "Data",
    }
    return record


def _parameters(done: Done) -> Record:
    call = done.call
    found: Record = {"kvsARN": call.store}
    if call.if_match is not None:
        found["ifMatch"] = call.if_match
    if call.key is not None:
        found["key"] = call.key
    if call.api == "PutKey":
        found["value"] = HIDDEN
    if call.api == "UpdateKeys" and call.puts:
        found["puts"] = [{"key": key, "value": HIDDEN} for key, _ in call.puts]
    if call.api == "UpdateKeys" and call.deletes:
        found["deletes"] = [{"key": key} for key in call.deletes]
    if call.token:
        found["nextToken"] = f"token-{call.token}"
    return found


def _envelope(actor: Actor | None, at: datetime, source: str, name: str) -> Record:
    arn = actor.caller if actor else f"arn:aws:sts::{ACCOUNT}:assumed-role/backup/nightly"
    return {
        "eventVersion": "1.09",
        "userIdentity": {"type": "AssumedRole", "arn": arn, "accountId": arn.split(":")[4]},
        "eventTime": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": source,
        "eventName": name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": actor.address if actor else "203.0.113.4",
        "userAgent": actor.agent if actor else "aws-cli/2.15.0",
    }


def _other(at: float, base: datetime, chance: Random) -> Record:
    service, name = chance.choice(
        [
            ("ssm", "GetParameter"),
            ("sts", "AssumeRole"),
            ("cloudfront", "DescribeKeyValueStore"),
            ("lambda", "UpdateFunctionCode20150331v2"),
        ]
    )
    return _management(at, base, f"{service}.amazonaws.com", name, chance)


def _management(at: float, base: datetime, source: str, name: str, chance: Random) -> Record:
    return _envelope(None, base + timedelta(seconds=at), source, name) | {
        "requestParameters": None,
        "responseElements": None,
        "requestID": f"{chance.getrandbits(128):032x}",
        "eventID": f"{chance.getrandbits(128):032x}",
        "readOnly": name.startswith(("Get", "Describe")),
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
    }


def _selectors(at: float, base: datetime, chance: Random, condition: Condition, *, on: bool) -> Record:
    """The record of a change of the selectors, which ask for what is logged (docs/facts/cloudtrail.md)."""
    management = [{"field": "eventCategory", "equals": ["Management"]}]
    data = [
        {"field": "eventCategory", "equals": ["Data"]},
        {"field": "resources.type", "equals": ["AWS::CloudFront::KeyValueStore"]},
    ]
    if not condition.reads:
        data.append({"field": "readOnly", "equals": ["false"]})
    if condition.not_logged:
        data.append({"field": "resources.ARN", "notEquals": sorted(condition.not_logged)})
    chosen = [{"name": "management", "fieldSelectors": management}]
    if on:
        chosen.append({"name": "stores", "fieldSelectors": data})
    arn = f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/main"
    record = _management(at, base, "cloudtrail.amazonaws.com", "PutEventSelectors", chance)
    return record | {
        "requestParameters": {"trailName": arn, "advancedEventSelectors": chosen},
        "responseElements": {"trailARN": arn, "advancedEventSelectors": chosen},
        "readOnly": False,
    }
