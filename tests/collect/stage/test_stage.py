"""The stage is as its parts say: the server has what the model says, in the forms that AWS and SST have."""

from __future__ import annotations

import gzip
import json
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.request import urlopen

import boto3
import pytest

from analyzer import check
from tests.collect.stage.delivered import Trail
from tests.collect.stage.server_store import stores_client
from tests.collect.stage.stage import Stage, stage
from tests.collect.stage.state import STATE
from tests.trail.signed import public_keys

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["stage"]


def test_the_server_holds_what_the_model_says(stage: Stage) -> None:
    pages = stores_client(stage.server).get_paginator("list_keys").paginate(KvsARN=stage.store)
    listed = {item["Key"]: item["Value"] for page in pages for item in page.get("Items", ())}
    assert listed == stage.world.service.stores[stage.store].values
    assert len(listed) > 10


def test_the_day_has_each_fate(stage: Stage) -> None:
    fates = {(name, truth.fate) for name in stage.story.names for truth in stage.truths(name)}
    assert fates >= {
        ("first", "dropped"),
        ("plain", "landed"),
        ("removed", "lost"),
        ("denied", "errored"),
        ("killed", "unfinished"),
        ("race-prod", "lost"),
        ("newest", "landed"),
    }


def test_the_home_is_as_sst_lays_it_out(stage: Stage) -> None:
    client = boto3.client("s3", region_name="us-east-1", endpoint_url=stage.url)
    stage.show()
    keys = {item["Key"] for item in client.list_objects_v2(Bucket=STATE)["Contents"]}
    assert keys == set(stage.state.objects)
    assert f"update/{stage.state.of('killed')}" in keys
    assert f"eventlog/{stage.state.of('killed')}" not in keys
    said = boto3.client("ssm", region_name="us-east-1", endpoint_url=stage.url).get_parameter(
        Name="/sst/bootstrap"
    )
    assert json.loads(said["Parameter"]["Value"])["state"] == STATE
    assert [call.action for call in stage.proxy.calls] == ["s3:ListBucket", "ssm:GetParameter"]


def test_the_trail_is_as_cloudtrail_says(stage: Stage) -> None:
    (delivered,) = stage.show(Trail())
    client = boto3.client("cloudtrail", region_name="us-east-1", endpoint_url=stage.url)
    (trail,) = client.describe_trails(includeShadowTrails=True)["trailList"]
    assert (trail["TrailARN"], trail["S3BucketName"]) == (delivered.trail.arn, "trail-main")
    status = client.get_trail_status(Name=trail["TrailARN"])
    assert status["IsLogging"]
    assert status["LatestDeliveryTime"] <= stage.now
    assert "AdvancedEventSelectors" in client.get_event_selectors(TrailName=trail["TrailARN"])
    (key,) = client.list_public_keys()["PublicKeyList"]
    assert isinstance(key["ValidityStartTime"], datetime)
    with urlopen(f"{stage.url}/trail-main") as answer:  # noqa: S310 - the proxy's
        assert answer.headers["Date"] == "Tue, 06 May 2025 18:15:00 GMT"


def test_what_it_delivered_proves_each_fate_by_the_analysers_own_inputs(
    stage: Stage, tmp_path: Path
) -> None:
    """Without `collect`: all files, all logs. What `collect` gathers has to suffice for the same."""
    (delivered,) = stage.show(Trail())
    for key, data in delivered.objects.items():
        path = tmp_path / "trail" / key.rstrip("/")
        if not key.endswith("/"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    names = {}
    for name in stage.story.names:
        place = f"eventlog/{stage.state.of(name)}"
        if place in stage.state.objects:
            path = tmp_path / f"{name}.json"
            data = stage.state.objects[place]
            path.write_bytes(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)
            names[name] = path
    (tmp_path / "keys.json").write_bytes(public_keys())
    report = check(list(names.values()), trail=[tmp_path / "trail"], public_keys=tmp_path / "keys.json")
    print(report.writes.group_by("deploy", "verdict", "cause", "confidence").len())
    print(report.inputs.filter(report.inputs["problems"].list.len() > 0))
    print(report.evidence["detail"].to_list()[:20])
    assert 0
