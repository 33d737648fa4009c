"""A bucket of trails held in memory: it answers as S3 does, and counts what it is asked."""

from __future__ import annotations

import gzip
import hashlib
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from analyzer.collect.interface import RefusedError
from analyzer.sources.s3.answer import S3Error
from analyzer.sources.s3.client import Connection, Object, Page
from analyzer.sources.s3.words import Failure
from tests.trail.cloudtrail import log, record
from tests.trail.signed import ADVANCED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

ACCOUNT = "111122223333"
STORE = f"arn:aws:cloudfront::{ACCOUNT}:key-value-store/a1b2c3d4-5678-90ab-cdef-EXAMPLE11111"
ARN = f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/audit"
BUCKET = "trail-bucket"
ROOT = f"AWSLogs/{ACCOUNT}/"
NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)
NOW = NOON + timedelta(days=40)


def at(minutes: float) -> datetime:
    """Minutes after noon."""
    return NOON + timedelta(minutes=minutes)


class FakeConnection(Connection):
    """Buckets by name; `lists` and `gets` count, `denied` are keys that are refused."""

    def __init__(self, page: int = 1000) -> None:
        super().__init__()
        self.buckets: dict[str, dict[str, bytes]] = {BUCKET: {}}
        self.lists: list[tuple[str, str, str]] = []
        self.gets: list[str] = []
        self.denied: set[str] = set()
        self.denied_bucket = BUCKET
        self.size = page
        self._sorted: dict[str, list[str]] = {}

    @property
    def objects(self) -> dict[str, bytes]:
        return self.buckets[BUCKET]

    def page(
        self, bucket: str, prefix: str, *, levels: bool = False, after: str = "", token: str | None = None
    ) -> Page:
        self.lists.append((bucket, prefix, after))
        objects = self.buckets.get(bucket)
        if objects is None:
            raise S3Error(Failure("there is no such bucket"))
        keys = self._sorted.get(bucket, [])
        if len(keys) != len(objects):
            keys = self._sorted[bucket] = sorted(objects)
        place = bisect_right(keys, max(token or after, prefix[:-1]))
        found: list[Object] = []
        folders: list[str] = []
        for key in keys[place:]:
            if not key.startswith(prefix):
                break
            rest = key[len(prefix) :]
            if levels and "/" in rest:
                folder = prefix + rest.split("/", 1)[0] + "/"
                folders += [folder] if folder not in folders else []
            elif len(found) == self.size:
                return Page(tuple(found), tuple(folders), found[-1].key)
            else:
                found.append(object_of(key, objects[key]))
        return Page(tuple(found), tuple(folders), None)

    def get(self, bucket: str, object_: Object, start: int, end: int) -> Any:
        self.gets.append(object_.key)
        is_denied = bucket == self.denied_bucket and object_.key in self.denied
        return _Answer(None if is_denied else self.buckets[bucket][object_.key][start:end])


@dataclass
class _Answer:
    data: bytes | None

    def result(self) -> bytes:
        if self.data is None:
            raise S3Error(Failure("access denied"))
        return self.data


def object_of(key: str, data: bytes) -> Object:
    etag = hashlib.md5(data, usedforsecurity=False).hexdigest()
    return Object(key, len(data), f'"{etag}"', NOON)


def name_of(minute: datetime, number: int, root: str = ROOT, region: str = "us-east-1") -> str:
    """The key of a log file."""
    account = root.rstrip("/").rsplit("/", 1)[-1]
    return (
        f"{root}CloudTrail/{region}/{minute:%Y/%m/%d}/{account}_CloudTrail_{region}_{minute:%Y%m%dT%H%MZ}"
        f"_{number:016d}.json.gz"
    )


EMPTY = gzip.compress(b'{"Records":[]}', mtime=0)


def quiet(start: datetime, end: datetime, minutes: int = 5, root: str = ROOT) -> dict[str, bytes]:
    """Files without any call on a store, one every so many minutes."""
    files: dict[str, bytes] = {}
    while start < end:
        files[name_of(start, 0, root)] = EMPTY
        start += timedelta(minutes=minutes)
    return files


def write(
    time: datetime, before: str, after: str, store: str = STORE, name: str = "UpdateKeys", **fields: Any
) -> dict[str, Any]:
    """A write that replaced an ETag by another."""
    return record(
        f"e-{before}-{after}",
        name,
        eventTime=f"{time:%Y-%m-%dT%H:%M:%SZ}",
        requestParameters={"kvsARN": store, "ifMatch": before, "puts": [{"key": "7c62:a"}]},
        responseElements={"itemCount": 3, "totalSizeInBytes": 10, "eTag": after},
        resources=[{"type": "AWS::CloudFront::KeyValueStore", "ARN": store}],
        **fields,
    )


def delivered(time: datetime, *records: dict[str, Any], root: str = ROOT, lag: float = 4) -> dict[str, bytes]:
    """One file with the records of a moment, delivered some minutes later."""
    key = name_of(time + timedelta(minutes=lag), 7, root)
    return {key: gzip.compress(log(*records), mtime=0)}


@dataclass
class FakeKeep:
    """A bundle in a folder, and what was noted in it."""

    folder: Path
    items: dict[str, Path] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    refused: list[tuple[str, str]] = field(default_factory=list)
    opened: list[tuple[str, str, datetime | None]] = field(default_factory=list)
    etags: dict[str, str | None] = field(default_factory=dict)

    def has(self, source: str, etag: str | None, *, context: bool = False) -> Path | None:  # noqa: ARG002
        return self.items.get(source) if etag is not None and self.etags.get(source) == etag else None

    def source(self, path: Path) -> str:
        return str(path)

    def asked_logs(self) -> list[str]:
        return [source for source, kind in self.kinds.items() if kind == "log"]

    def drop(self, kind: str) -> None:
        for source in [source for source, of in self.kinds.items() if of == kind]:
            del self.items[source], self.kinds[source]

    def put(  # noqa: PLR0913 - as Keep has it
        self,
        kind: str,
        source: str,
        data: bytes,
        *,
        etag: str | None = None,
        modified: datetime | None = None,  # noqa: ARG002
        context: bool = False,  # noqa: ARG002
    ) -> Path:
        path = self.items.get(source, self.folder / f"{len(self.items)}")
        path.write_bytes(data)
        self.items[source], self.kinds[source], self.etags[source] = path, kind, etag
        return path

    def refuse(self, what: str, why: str) -> None:
        self.refused.append((what, why))

    def leave_open(self, what: str, why: str, when: datetime | None = None) -> None:
        self.opened.append((what, why, when))

    def of(self, kind: str) -> list[str]:
        """The sources of a kind."""
        return [source for source, is_kind in self.kinds.items() if is_kind == kind]


def described(arn: str = ARN, **fields: Any) -> dict[str, Any]:
    """A trail as DescribeTrails says it."""
    home = arn.split(":")[3]
    return {
        "Name": arn.rsplit("/", 1)[-1],
        "S3BucketName": BUCKET,
        "IncludeGlobalServiceEvents": True,
        "IsMultiRegionTrail": True,
        "HomeRegion": home,
        "TrailARN": arn,
        "LogFileValidationEnabled": True,
        "HasCustomEventSelectors": True,
        "IsOrganizationTrail": False,
    } | fields


@dataclass
class FakeCloud:
    """CloudTrail's answers; what is missing is denied."""

    trails: Sequence[Mapping[str, Any]] = ()
    statuses: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    selectors: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    keys: Sequence[Mapping[str, Any]] = ()
    asked: list[str] = field(default_factory=list)

    def parameter(self, name: str) -> str:
        raise RefusedError(name, "access denied")

    def describe_trails(self) -> Sequence[Mapping[str, Any]]:
        return self.trails

    def trail_status(self, arn: str) -> Mapping[str, Any]:
        return self._of(self.statuses, "GetTrailStatus", arn)

    def event_selectors(self, arn: str) -> Mapping[str, Any]:
        return self._of(self.selectors, "GetEventSelectors", arn)

    def public_keys(self, start: datetime, end: datetime) -> Sequence[Mapping[str, Any]]:
        self.asked.append(f"ListPublicKeys {start:%Y-%m-%dT%H:%M} {end:%Y-%m-%dT%H:%M}")
        return self.keys

    def _of(self, answers: dict[str, Mapping[str, Any]], call: str, arn: str) -> Mapping[str, Any]:
        self.asked.append(f"{call} {arn}")
        if arn not in answers:
            raise RefusedError(f"cloudtrail:{call} {arn}", "access denied")
        return answers[arn]


def running(since: datetime = NOON - timedelta(days=300)) -> dict[str, Any]:
    """The status of a trail that logs."""
    return {"IsLogging": True, "StartLoggingTime": since, "LatestDeliveryTime": NOW}


def plain(arn: str = ARN, **fields: Any) -> FakeCloud:
    """One trail, which records all stores of its account."""
    return FakeCloud([described(arn, **fields)], {arn: running()}, {arn: advanced(arn)})


def advanced(arn: str = ARN, selectors: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """What GetEventSelectors says."""
    return {"TrailARN": arn, "AdvancedEventSelectors": ADVANCED if selectors is None else selectors}


def told(what: str, done: int, of: int | None, size: int) -> None:
    """Nobody listens."""
