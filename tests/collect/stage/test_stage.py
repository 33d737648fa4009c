"""The stage is as its parts say: the server has what the model says, in the forms that AWS and SST have."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.request import urlopen

import boto3

from analyzer import check
from tests.collect.stage.delivered import Trail
from tests.collect.stage.held import said, unproven, untrue
from tests.collect.stage.server_store import stores_client
from tests.collect.stage.stage import Stage, stage
from tests.collect.stage.state import STATE
from tests.collect.stage.story import LOGGED

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


def test_all_that_was_delivered_proves_each_fate(stage: Stage, tmp_path: Path) -> None:
    """Without `collect`, by every file and every log: what `collect` gathers has to suffice for the same."""
    (delivered,) = stage.show(Trail())
    for key, data in delivered.objects.items():
        if key.endswith(".json.gz"):
            path = tmp_path / "trail" / key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    for name in LOGGED:
        place = stage.state.of(name)
        (tmp_path / place.replace("/", "-")).write_bytes(stage.state.objects[f"eventlog/{place}"])
    report = check(sorted(tmp_path.glob("*.json")), trail=[tmp_path / "trail"])
    assert untrue(stage, report, *LOGGED) == []
    assert unproven(stage, report, *(name for name in LOGGED if "race" not in name)) == []
    verdicts = {(place.deploy, verdict.verdict) for place, verdict in said(stage, report).items()}
    assert verdicts >= {("first", "dropped"), ("removed", "lost"), ("denied", "errored"), ("plain", "landed")}
