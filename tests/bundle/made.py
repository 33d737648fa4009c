"""Bundles for tests: of a sample's deploy, of a trail's bucket, and of what a user would give beside them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from analyzer.bundle.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

UPDATE = "0123456789abcdef01234567"
TRAIL = "arn:aws:cloudtrail:us-east-1:111122223333:trail/audit"


def writer_at(folder: Path, at: datetime, *, redact: bool = False) -> Writer:
    """A writer whose clock stands."""
    return Writer.open(folder, redact=redact, now=partial(at.replace))


def put_trail(writer: Writer, files: Mapping[str, bytes], bucket: str = "trail-bucket") -> None:
    """CloudTrail's files, by their keys."""
    for key, data in files.items():
        writer.put("digest" if "CloudTrail-Digest" in key else "trail", f"s3://{bucket}/{key}", data)


def put_log(writer: Writer, data: bytes, update: str = UPDATE) -> Path:
    """An event log of SST's home."""
    return writer.put("log", f"s3://sst-state-abc/eventlog/shop/prod/{update}.json", data, etag='"1"')


def files_of(folder: Path) -> dict[str, bytes]:
    """The files below a folder by their paths."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
