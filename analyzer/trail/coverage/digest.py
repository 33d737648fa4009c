"""CloudTrail's digest files, read: each lists the log files that were delivered in an hour, with their hashes.

Source: CloudTrail user guide, "CloudTrail digest file structure", and the AWS CLI's `validate-logs`
(awscli, customizations/cloudtrail/validation.py). A digest is named by the key under which it was delivered,
`[prefix/]AWSLogs/[o-id/]ACCOUNT/CloudTrail-Digest/REGION/.../ACCOUNT_CloudTrail-Digest_REGION_TRAIL_HOME_TIME.json.gz`,
and says that key itself; `..._backfill.json.gz` lists log files that came too late for theirs, in a chain of their own.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime  # noqa: TC003 - msgspec reads the types
from typing import Final, NamedTuple

import msgspec

from analyzer.trail.coverage.digest_entries import DigestEntries
from analyzer.trail.times import parse_time

KIND: Final = "cloudtrail-digest"
NAME_PART: Final = "_CloudTrail-Digest_"
"""In the name of every digest that still has its own."""

_KEY: Final = re.compile(
    r"(?:^|/)(?P<account>\d{12})_CloudTrail-Digest_(?P<region>[a-z0-9-]+)_(?P<trail>.+)_(?P<home>[a-z0-9-]+)"
    r"_(?P<time>\d{8}T\d{6})Z(?P<backfill>_backfill)?\.json\.gz$"
)
_ORGANISATION: Final = re.compile(r"(?:^|/)AWSLogs/o-[a-z0-9]{10,32}/")


class Chain(NamedTuple):
    """Digests that follow each other: one chain for each account, Region and trail, and one of its backfills."""

    account: str
    organisation: bool
    region: str
    trail: str
    home: str
    backfill: bool


class Digest(NamedTuple):
    """One digest file.

    Attributes:
        source: the file that was read.
        chain: where it belongs.
        sha256: of its bytes, unpacked, in hex.
        start, end: the hour in which the files that it lists were delivered.
        end_text: the end as it is written, which is signed.
        place: `BUCKET/KEY`, which is signed.
        key: its own key in S3.
        fingerprint: of the public key of its signature.
        previous: the key of the digest before it, None at the start of a chain; with its hash and signature.
        files: the log files.
    """

    source: str
    chain: Chain
    sha256: str
    start: datetime
    end: datetime
    end_text: str
    place: str
    key: str
    fingerprint: str
    previous: str | None
    previous_sha256: str | None
    previous_signature: str | None
    files: DigestEntries


class _File(msgspec.Struct, rename={"key": "s3Object", "sha256": "hashValue"}):
    key: str
    sha256: str


class _Raw(
    msgspec.Struct,
    rename={
        "start": "digestStartTime",
        "end": "digestEndTime",
        "bucket": "digestS3Bucket",
        "key": "digestS3Object",
        "fingerprint": "digestPublicKeyFingerprint",
        "previous": "previousDigestS3Object",
        "previous_sha256": "previousDigestHashValue",
        "previous_signature": "previousDigestSignature",
        "files": "logFiles",
    },
):
    start: str
    end: str
    bucket: str
    key: str
    fingerprint: str
    previous_signature: str | None
    previous: str | None = None
    previous_sha256: str | None = None
    files: list[_File] = []


_DECODER: Final = msgspec.json.Decoder(_Raw)


def read_digest(source: str, data: bytes) -> Digest:
    """The digest in `data`, the whole of one file, unpacked.

    Raises:
        ValueError: it is no digest, or lacks what the AWS CLI requires of one.
    """
    raw = _DECODER.decode(data)
    start, end, key = parse_time(raw.start), parse_time(raw.end), _KEY.search(raw.key)
    if start is None or end is None or key is None:
        raise ValueError("it lacks its hour or its own key")
    chain = Chain(
        key["account"],
        _ORGANISATION.search(raw.key) is not None,
        key["region"],
        key["trail"],
        key["home"],
        key["backfill"] is not None,
    )
    return Digest(
        source,
        chain,
        sha256_of(data),
        start,
        end,
        raw.end,
        f"{raw.bucket}/{raw.key}",
        raw.key,
        raw.fingerprint,
        raw.previous,
        raw.previous_sha256,
        raw.previous_signature,
        DigestEntries((file.key, file.sha256) for file in raw.files),
    )


def sha256_of(data: bytes) -> str:
    """The hash as digests write it."""
    return hashlib.sha256(data).hexdigest()
