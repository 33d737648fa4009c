"""`--redact`: values, inputs and the environment are left out, and the rows of events stay as they are."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from analyzer import check
from analyzer.bundle.open import opened
from analyzer.bundle.redact import redacted
from tests.bundle.made import put_log, put_trail, writer_at
from tests.bundle.test_judged import bucket_of
from tests.test_proof import PUT, START

if TYPE_CHECKING:
    from analyzer import Report

ROOT = Path(__file__).parents[2]
LOGS = sorted((ROOT / "samples").rglob("eventlog*.json"))
SECRET = "do-not-tell-anyone-4711"  # noqa: S105 - what must not be found
URN = "urn:pulumi:prod::shop::aws:lambda/function:Function::Api"


def log_with(*events: dict[str, Any]) -> bytes:
    """The sample's log with more events before its end."""
    lines = (ROOT / "samples/first-route-never-written/deploy/eventlog.json").read_bytes().splitlines()
    more = [json.dumps(event | {"sequence": 10_000, "timestamp": 1}).encode() for event in events]
    return b"\n".join([*lines[:-1], *more, lines[-1]]) + b"\n"


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.parts[-3])
def test_every_sample_can_be_redacted(path: Path) -> None:
    """`redacted` compares the rows of events itself."""
    left = redacted("log", path.read_bytes())
    assert left is not None
    assert left.count(b"\n") == path.read_bytes().count(b"\n"), "each event stands in its line"


def test_inputs_outputs_configuration_and_environment_are_left_out() -> None:
    state = {
        "urn": URN,
        "id": "f",
        "inputs": {"environment": {"DB": SECRET}, "role": SECRET},
        "outputs": {"x": SECRET},
    }
    step = {
        "op": "update",
        "urn": URN,
        "type": "aws:lambda/function:Function",
        "new": state,
        "old": state,
        "diffs": ["code"],
    }
    data = log_with(
        {"preludeEvent": {"config": {"shop:token": SECRET}}},
        {"resOutputsEvent": {"metadata": step | {"detailedDiff": {"x": SECRET}}}},
        {"diagnosticEvent": {"severity": "debug", "message": SECRET}},
        {"diagnosticEvent": {"severity": "info", "message": f"password={SECRET}\n"}},
        {"newEvent": {"some": SECRET}},
    )
    data = data.replace(f'"role": "{SECRET}"'.encode(), b'"role": "r"')
    assert SECRET.encode() in data
    left = redacted("log", gzip.compress(data))
    assert left is not None
    assert SECRET.encode() not in left
    assert b'"diffs":["code"]' in left


def test_a_log_in_another_form_is_kept_whole_and_that_is_said(tmp_path: Path) -> None:
    with writer_at(tmp_path, START, redact=True) as writer:
        path = put_log(writer, b"|  Created  Web sst:aws:Router\n")
    assert path.read_bytes() == b"|  Created  Web sst:aws:Router\n"
    assert not opened(tmp_path).manifest.items[0].redacted
    assert "nothing was left out of it" in opened(tmp_path).manifest.open[0].why


def test_a_snapshot_loses_its_resources_and_an_update_keeps_what_it_says() -> None:
    resource = {"urn": URN, "inputs": {"environment": SECRET}}
    pending = {"resource": resource, "type": "creating"}
    manifest = {"time": "2026-01-01T00:00:00Z", "magic": SECRET, "version": "v3.1"}
    latest = {
        "manifest": manifest,
        "resources": [resource],
        "pending_operations": [pending],
        "secrets_providers": SECRET,
    }
    state = {"version": 3, "checkpoint": {"stack": "organization/shop/prod", "latest": latest}}
    left = redacted("snapshot", json.dumps(state).encode())
    assert left is not None
    assert SECRET.encode() not in left
    assert json.loads(left)["checkpoint"]["latest"]["pending_operations"][0]["resource"] == {"urn": URN}
    update = {"id": "a" * 24, "command": "deploy", "timeStarted": "2026-01-01T00:00:00Z", "other": SECRET}
    left = redacted("update", json.dumps(update).encode())
    assert left is not None
    assert json.loads(left) == {"id": "a" * 24, "command": "deploy", "timeStarted": "2026-01-01T00:00:00Z"}


def told(report: Report) -> list[Any]:
    columns = ["key", "verdict", "cause", "confidence", "leaning"]
    return [report.writes.select(columns).rows(), report.findings["code"].to_list(), report.evidence.height]


def test_a_redacted_bundle_gives_the_verdicts_of_the_whole_one(tmp_path: Path) -> None:
    """Of P1 to P3, and with a listing of keys of this deploy and of another."""
    data = log_with({"preludeEvent": {"config": {"shop:token": SECRET}}})
    items = [
        {"key": "ea01:metadata", "value": "{}"},
        {"key": "ea01:routes", "value": '["site,0000,,/"]'},
        {"key": "b222:metadata", "value": SECRET},
    ]
    arn = "arn:aws:cloudfront::111122223333:key-value-store/7d1ac5b2-0b3a-4c53-9c4e-3f1f6ab0f0aa"
    listing: dict[str, Any] = {
        "schema": "lostwrite.keys/v1",
        "store": arn,
        "listed_at": f"{START:%Y-%m-%dT%H:%M:%SZ}",
    }
    listing |= {"etag": "E9", "item_count": 3, "items": items}
    reports = []
    for redact in (False, True):
        folder = tmp_path / str(redact) / "b"
        folder.parent.mkdir()
        with writer_at(folder, START + timedelta(hours=5), redact=redact) as writer:
            put_log(writer, data)
            put_trail(writer, bucket_of(PUT).files)
            writer.put("listing", f"cloudfront-keyvaluestore:ListKeys {arn}", json.dumps(listing).encode())
        whole = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
        assert (SECRET.encode() in whole) is not redact
        reports.append(told(check([folder])))
    assert reports[0] == reports[1]


def test_a_redacted_listing_is_not_used_for_a_log_that_came_later(tmp_path: Path) -> None:
    """It may lack the values of that log's keys: they would count as overwritten."""
    listing = json.dumps({"items": [{"key": "b222:metadata", "value": "1"}]}).encode()
    with writer_at(tmp_path, START, redact=True) as writer:
        put_log(writer, log_with())
        path = writer.put("listing", "cloudfront-keyvaluestore:ListKeys arn", listing)
    assert json.loads(path.read_bytes())["items"][0]["value"] == ""
    assert len(opened(tmp_path).listings) == 1
    with writer_at(tmp_path, START + timedelta(hours=1), redact=True) as writer:
        put_log(writer, log_with(), update="1" * 24)
    found = opened(tmp_path)
    assert found.listings == []
    assert any(
        "values were left out of it before a log came" in problem for problem in found.rows[0].problems
    )


def test_a_whole_bundle_that_is_gone_on_with_redacted_copies_logs_again_and_the_trail_not(
    tmp_path: Path,
) -> None:
    log, file = "s3://b/eventlog/a/b/1.json", "s3://t/x.json.gz"
    with writer_at(tmp_path, START) as writer:
        writer.put("log", log, log_with(), etag="1")
        writer.put("trail", file, b"{}", etag="1")
    again = writer_at(tmp_path, START, redact=True)
    assert again.has(log, "1") is None
    assert again.has(file, "1") is not None
