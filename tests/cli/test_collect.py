"""`lostwrite collect` against a real server: what is gathered, and that `check` judges it alone."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.ministack import aws, endpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]

__all__ = ["aws", "endpoint"]
SAMPLE = Path(__file__).parents[2] / "samples" / "first-route-never-written"
TRAIL = SAMPLE / "trail"
UPDATE = f"{~1742571620000 & (2**48 - 1):012x}0123456789ab"  # of the time at which the sample's deploy began
STATE, TRAILS = "sst-state-abcdefghijkl", "trails"


@pytest.fixture(scope="module")
def stage(endpoint: str, aws: None) -> Iterator[str]:  # noqa: ARG001 - credentials
    """The endpoint of an account with the sample's deploy: SST's home, and a trail with its bucket."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "111122223333")  # which the service takes for the account
        fill(endpoint)
        yield endpoint


def fill(endpoint: str) -> None:
    import boto3

    s3, ssm, trails = (
        boto3.client(service, endpoint_url=endpoint, region_name="us-east-1")
        for service in ("s3", "ssm", "cloudtrail")
    )
    for bucket in (STATE, TRAILS):
        s3.create_bucket(Bucket=bucket)
    ssm.put_parameter(Name="/sst/bootstrap", Value=json.dumps({"version": 5, "state": STATE}), Type="String")
    log = gzip.compress((SAMPLE / "deploy" / "eventlog.json").read_bytes())
    update = {"id": UPDATE, "command": "deploy", "version": "3.17.4", "timeStarted": "2025-03-21T15:40:20Z"}
    objects: dict[str, Any] = {"eventlog": log, "update": json.dumps(update).encode(), "snapshot": b"{}"}
    for kind, body in objects.items():
        s3.put_object(Bucket=STATE, Key=f"{kind}/shop/prod/{UPDATE}.json", Body=body)
    for file in filter(Path.is_file, TRAIL.rglob("*")):
        s3.put_object(Bucket=TRAILS, Key=str(file.relative_to(TRAIL)), Body=file.read_bytes())
    trails.create_trail(Name="main", S3BucketName=TRAILS, IsMultiRegionTrail=True)
    trails.start_logging(Name="main")


def test_what_is_gathered_is_judged_alone(lostwrite: Run, stage: str, tmp_path: Path) -> None:
    bundle = str(tmp_path / "bundle")
    gathered = lostwrite("collect", "shop/prod", "--output", bundle, "--endpoint-url", stage)
    assert "ListKeys" in gathered.out  # there is no such store: the one thing that was refused
    assert gathered.code == 1
    assert f"Next: lostwrite check {bundle}" in gathered.out
    judged = lostwrite("check", bundle)
    assert "ea01:routes (RouterRoute/RoutesUpdate, store 10a80d9c) never landed" in judged.out
    assert "dropped  proven" in judged.out
