"""What an audit puts into the catalogue that only other parts of the program know: credentials, ends of stores."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import polars as pl
import pytest

from analyzer.api import audit
from analyzer.audit.catalogue.folder import Folder
from analyzer.audit.catalogue.manifest import read_manifest
from analyzer.audit.view import View
from tests.audit.homes import Home

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.deploy(1)
    made.deploy(2, made=False)
    return made


def table(catalogue: Path, name: str) -> pl.DataFrame:
    folder = Folder(catalogue)
    return View(folder, read_manifest(folder)).table(name)


def test_access_keys_are_published_as_check_shows_them_and_still_tell_writers_apart(home: Home) -> None:
    """One role, one session, two credentials, which end alike: only their hashes tell the deploy's calls."""
    for file in home.folder.rglob("*.json.gz"):
        records = json.loads(gzip.decompress(file.read_bytes()))["Records"]
        for record in records:
            record["userIdentity"]["arn"] = "arn:aws:sts::111122223333:assumed-role/ci/run"
        file.write_bytes(gzip.compress(json.dumps({"Records": records}).encode(), mtime=0))
    catalogue = home.folder / "kept"
    audit([home.folder / "logs"], trail=[home.folder / "trail"], catalogue=catalogue)
    calls, alignments = table(catalogue, "calls"), table(catalogue, "alignments")
    assert set(calls["access_key"]) == {"[redacted]0000"}
    writers = [writer for row in alignments["writers"] for writer in row]
    assert {writer["access_key"] for writer in writers} == {"[redacted]0000"}
    assert [row["state"] for row in alignments.filter(pl.col("writers").list.len() == 1).to_dicts()] == [
        "aligned"
    ]
    stored = pl.concat([pl.read_parquet(file) for file in catalogue.glob(".read/*/trail/records.parquet")])
    assert stored["access_key"].n_unique() == 2
