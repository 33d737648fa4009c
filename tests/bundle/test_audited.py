"""An audit takes a bundle as its home and its trail; what is missing in it is among the inputs of the report."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from analyzer.audit.audit import audit
from tests.bundle.made import put_log, put_trail, writer_at
from tests.bundle.test_judged import bucket_of
from tests.test_proof import LOG, PUT, START

if TYPE_CHECKING:
    from pathlib import Path


def test_it_judges_the_home_by_the_trail_and_tells_the_holes(tmp_path: Path) -> None:
    with writer_at(tmp_path / "b", START + timedelta(hours=5)) as writer:
        put_log(writer, LOG.read_bytes())
        put_trail(writer, bucket_of(PUT).files)
        writer.refuse("s3://sst-state-abc/eventlog/shop/prod/2.json", "AccessDenied")
    writer.pack(tmp_path / "b.tar")
    report = audit([tmp_path / "b"], catalogue=tmp_path / "kept")
    assert report.exit_code == 1
    assert report.writes.filter(key="ea01:routes")["verdict"].to_list() == ["dropped"]
    told = report.inputs.filter(source="s3://sst-state-abc/eventlog/shop/prod/2.json")["problems"].explode()
    assert told.to_list() == ["not in the bundle: AccessDenied"]
    packed = audit([tmp_path / "b.tar"], catalogue=tmp_path / "other")
    assert packed.unread == ((str(tmp_path / "b.tar"), "a packed bundle: unpack it, and name the folder"),)
