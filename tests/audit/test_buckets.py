"""An audit of a home and a trail in a bucket: what it says of the same files, and what a second one reads."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from analyzer.api import audit
from analyzer.audit.catalogue.folder import Folder
from analyzer.audit.catalogue.manifest import read_manifest
from analyzer.audit.tables import TABLES
from analyzer.audit.view import View
from analyzer.sources.s3.client import Connection
from analyzer.sources.s3.settings import S3Settings
from tests.audit.homes import Home
from tests.ministack import aws, endpoint

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from analyzer.audit.report import AuditReport

__all__ = ["aws", "endpoint"]

NAMES = ("source", "id", "deploy", "write", "fingerprint", "message", "modified_at")
"""Columns that hold names of inputs, are made from these, or say when a file was stored."""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.deploy(1)
    made.deploy(2, made=False)
    made.deploy(8, store=1)
    return made


@pytest.fixture
def bucket(endpoint: str, aws: None, home: Home) -> Any:  # noqa: ARG001 - credentials
    """A client of a bucket that contains the home."""
    import boto3

    client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
    client.create_bucket(Bucket="audited")
    for file in filter(Path.is_file, home.folder.rglob("*")):
        put(client, home, file)
    return client


def put(client: Any, home: Home, file: Path) -> str:
    """Puts a file of the home into the bucket; gives its ETag."""
    answer = client.put_object(
        Bucket="audited", Key=str(file.relative_to(home.folder)), Body=file.read_bytes()
    )
    etag: str = answer["ETag"]
    return etag


@contextmanager
def gets() -> Iterator[list[str]]:
    """The keys of the objects that are read."""
    keys: list[str] = []
    real = Connection.get

    def noting(self: Connection, bucket: str, object_: Any, *rest: Any) -> Any:
        keys.append(object_.key)
        return real(self, bucket, object_, *rest)

    with patch.object(Connection, "get", noting):
        yield keys


def told(catalogue: Path) -> dict[str, pl.DataFrame]:
    """What a catalogue says, but for names."""
    folder = Folder(catalogue)
    view = View(folder, read_manifest(folder))
    tables = {}
    for name in TABLES:
        table = view.table(name)
        plain = [
            column for column in table.columns if column not in NAMES and not table[column].dtype.is_nested()
        ]
        plain = [
            column for column in plain if name != "inputs" or column in {"kind", "role", "size", "records"}
        ]
        tables[name] = table.select(plain).sort(plain)
    return tables


def test_objects_are_audited_as_files_are_and_what_has_not_changed_is_not_read_again(
    home: Home, bucket: Any, endpoint: str
) -> None:
    folder = home.folder

    def of_bucket(**how: Any) -> AuditReport:
        return audit(
            ["s3://audited/logs"],
            trail=["s3://audited/trail"],
            catalogue=folder / "kept",
            s3=S3Settings(endpoint_url=endpoint),
            **how,
        )

    files = audit([folder / "logs"], trail=[folder / "trail"], catalogue=folder / "here")
    with gets() as read:
        objects = of_bucket()
    assert len(read) == len(set(read)) == 6
    assert (objects.exit_code, objects.unread) == (files.exit_code, ())
    assert "landed" in objects.counts["verdict"].to_list()
    here, there = told(folder / "here"), told(folder / "kept")
    for name, table in here.items():
        differing = [column for column in table.columns if not table[column].equals(there[name][column])]
        assert differing == [], name

    with gets() as read:
        again = of_bucket()
    assert read == []
    assert again.counts.equals(objects.counts)

    log = folder / "logs/d002/eventlog.json"
    log.write_text(log.read_text().replace('"s3"', '"s4"'))  # as long as before
    etag = put(bucket, home, log)
    with gets() as read:
        of_bucket()
    assert read == ["logs/d002/eventlog.json"]
    kept = Folder(folder / "kept")
    inputs = View(kept, read_manifest(kept)).table("inputs")
    stamps = dict(inputs.select("source", "stamp").iter_rows())
    assert stamps["s3://audited/logs/d002/eventlog.json"].strip('"') == etag.strip('"')
    with gets() as read:
        of_bucket(verify=True)
    assert read == [], "the ETag says all"
