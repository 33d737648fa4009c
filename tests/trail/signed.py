"""A trail's bucket as CloudTrail fills it: log files by the hour, and digests that list, link and sign them."""

from __future__ import annotations

import hashlib
import json
import os
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from analyzer.sources.source import Source
from tests.trail.cloudtrail import log, record

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNT = "111122223333"
TRAIL = f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/audit"
BEGIN = datetime(2026, 6, 10, tzinfo=UTC)
BUCKET = "trail-bucket"

MANAGEMENT = {"Field": "eventCategory", "Equals": ["Management"]}
DATA = {"Field": "eventCategory", "Equals": ["Data"]}
STORES = {"Field": "resources.type", "Equals": ["AWS::CloudFront::KeyValueStore"]}
ADVANCED = [
    {"Name": "management", "FieldSelectors": [MANAGEMENT]},
    {"Name": "stores", "FieldSelectors": [DATA, STORES]},
]
BASIC = [{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}]


def hour(number: float) -> datetime:
    """The beginning of an hour of the day."""
    return BEGIN + timedelta(hours=number)


@cache
def private_key() -> RSAPrivateKey:
    """One real key for all tests: making it takes a while."""
    return generate_private_key(public_exponent=65537, key_size=2048)


def public_keys(key: RSAPrivateKey | None = None) -> bytes:
    """What `aws cloudtrail list-public-keys` prints: the key in PKCS#1 DER, as the API gives it."""
    public = (key or private_key()).public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)
    shown = {"Value": b64encode(public).decode(), "Fingerprint": "f1", "ValidityStartTime": "2026-01-01"}
    return json.dumps({"PublicKeyList": [shown]}).encode()


class Bucket:
    """Files by their keys. `deliver` puts a log file, `close` the digest of those put since the last one."""

    def __init__(  # noqa: PLR0913 - a real bucket differs in each
        self,
        region: str = "us-east-1",
        trail: str = "audit",
        organisation: str = "",
        *,
        name: str = BUCKET,
        prefix: str = "",
        suffix: str = ".json",
        home: str = "us-east-1",
    ) -> None:
        self.files: dict[str, bytes] = {}
        self.signatures: dict[str, str] = {}
        """Of each digest, as S3 has it in the digest's metadata."""
        self.region, self.trail, self.home = region, trail, home
        self.name, self.suffix = name, suffix
        self.root = f"{prefix}AWSLogs/{organisation}{ACCOUNT}"
        self._pending: list[str] = []
        self._last: dict[bool, tuple[str, bytes, str]] = {}
        self._count = 0

    def deliver(self, at: datetime, *records: dict[str, Any]) -> str:
        """A log file that is delivered at `at`; gives its key."""
        self._count += 1
        name = f"{ACCOUNT}_CloudTrail_{self.region}_{at:%Y%m%dT%H%MZ}_{self._count:016d}{self.suffix}"
        key = f"{self.root}/CloudTrail/{self.region}/{at:%Y/%m/%d}/{name}"
        self.files[key] = log(*records)
        self._pending.append(key)
        return key

    def close(
        self,
        start: datetime,
        end: datetime,
        *,
        backfill: bool = False,
        first: bool = False,
        lost: bool = False,
    ) -> str:
        """The digest of `start` to `end`; `first` begins a chain, `lost` never comes to hand. Gives its key."""
        mark = "_backfill" if backfill else ""
        stamp = f"{self.trail}_{self.home}_{end:%Y%m%dT%H%M%SZ}"
        name = f"{ACCOUNT}_CloudTrail-Digest_{self.region}_{stamp}{mark}.json.gz"
        key = f"{self.root}/CloudTrail-Digest/{self.region}/{end:%Y/%m/%d}/{name}"
        before = None if first else self._last.get(backfill)
        said = {
            "awsAccountId": ACCOUNT,
            "digestStartTime": f"{start:%Y-%m-%dT%H:%M:%SZ}",
            "digestEndTime": f"{end:%Y-%m-%dT%H:%M:%SZ}",
            "digestS3Bucket": self.name,
            "digestS3Object": key,
            "digestPublicKeyFingerprint": "f1",
            "digestSignatureAlgorithm": "SHA256withRSA",
            "previousDigestS3Bucket": self.name if before else None,
            "previousDigestS3Object": before[0] if before else None,
            "previousDigestHashValue": hashlib.sha256(before[1]).hexdigest() if before else None,
            "previousDigestHashAlgorithm": "SHA-256" if before else None,
            "previousDigestSignature": before[2] if before else None,
            "logFiles": [
                {
                    "s3Bucket": self.name,
                    "s3Object": file,
                    "hashValue": hashlib.sha256(self.files[file]).hexdigest(),
                    "hashAlgorithm": "SHA-256",
                }
                for file in self._pending
            ],
        }
        self._pending = []
        data = json.dumps(said).encode()
        text = "\n".join(
            (
                str(said["digestEndTime"]),
                f"{self.name}/{key}",
                hashlib.sha256(data).hexdigest(),
                before[2] if before else "null",
            )
        )
        signature = private_key().sign(text.encode(), PKCS1v15(), SHA256()).hex()
        self._last[backfill] = (key, data, signature)
        self.signatures[key] = signature
        if not lost:
            self.files[key] = data
        return key

    def sources(self) -> list[Source]:
        """The files in hand."""
        return [Source(key, None, data) for key, data in sorted(self.files.items())]

    def write_to(self, folder: Path) -> Path:
        """Copies the files below `folder`, as `aws s3 sync` does."""
        for key, data in self.files.items():
            (folder / key).parent.mkdir(parents=True, exist_ok=True)
            (folder / key).write_bytes(data)
        return folder


def day(hours: int = 6, **selected: Any) -> Bucket:
    """Hours of a healthy trail, a log file in each but the third, which is empty; selectors are put at 00:10."""
    bucket = Bucket()
    for number in range(hours):
        if number == 0:
            bucket.deliver(hour(0.25), put_selectors(hour(0) + timedelta(minutes=10), **selected))
        elif number != 2:
            bucket.deliver(hour(number + 0.5), other_at(hour(number + 0.4), number))
        bucket.close(hour(number), hour(number + 1), first=number == 0)
    return bucket


def other_at(at: datetime, number: int) -> dict[str, Any]:
    """A record of another service."""
    return record(
        f"o{number}", "GetObject", eventSource="s3.amazonaws.com", eventTime=_text(at), resources=None
    )


def control(at: datetime, api: str = "PutEventSelectors", **fields: Any) -> dict[str, Any]:
    """A call that changes the trail."""
    return record(
        fields.pop("event_id", f"c-{api}-{at:%H%M%S}"),
        api,
        **{
            "eventSource": "cloudtrail.amazonaws.com",
            "eventTime": _text(at),
            "requestParameters": {"name": "audit"},
            "responseElements": None,
            "resources": None,
            "eventCategory": "Management",
        }
        | fields,
    )


def put_selectors(
    at: datetime, selectors: list[dict[str, Any]] | None = None, **fields: Any
) -> dict[str, Any]:
    """A PutEventSelectors; the names in its parameters begin in lower case, as in real records."""
    chosen = folded(ADVANCED if selectors is None else selectors)
    kind = "advancedEventSelectors" if "fieldSelectors" in chosen[0] else "eventSelectors"
    said = {"trailName": "audit", kind: chosen}
    return control(at, requestParameters=said, responseElements={"trailARN": TRAIL, kind: chosen}, **fields)


def folded(value: Any) -> Any:
    """`value` with names that begin in lower case."""
    if isinstance(value, dict):
        return {name[0].lower() + name[1:]: folded(item) for name, item in value.items()}
    return [folded(item) for item in value] if isinstance(value, list) else value


def write_selectors(folder: Path, at: datetime, selectors: list[dict[str, Any]]) -> Path:
    """What `aws cloudtrail get-event-selectors` prints, saved at `at`."""
    path = folder / "selectors.json"
    kind = "AdvancedEventSelectors" if "FieldSelectors" in selectors[0] else "EventSelectors"
    path.write_text(json.dumps({"TrailARN": TRAIL, kind: selectors}))
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


def _text(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
