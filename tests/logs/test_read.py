"""All logs together, as the analysis gets them."""

from __future__ import annotations

import polars as pl
import pytest

from analyzer.logs.read import LogScan, read_logs
from analyzer.sources.source import Source


def test_an_sdk_error_names_its_operation_with_or_without_a_request() -> None:
    log = """\
SST 3.12.5  ready!

|  Error       Site sst:aws:Nextjs → SiteKvKeys sst:aws:KvKeys
operation error CloudFront KeyValueStore: UpdateKeys, https response error StatusCode: 402, RequestID: 44b3c2d1, X: y
|  Error       Site sst:aws:Nextjs → SiteRoutesUpdate sst:aws:KvRoutesUpdate
operation error SSM: GetParameter, get identity: get credentials: failed to refresh cached credentials
"""
    events = pl.concat(LogScan([Source("job.log", None, log.encode())]))
    failed = events.drop_nulls("error_api").select("line", "error_api", "request_id", "http_status")
    assert failed.unique(maintain_order=True).rows() == [
        (3, "UpdateKeys", "44b3c2d1", 402),
        (5, "GetParameter", None, None),
    ]


def test_what_a_diff_without_its_header_shows_is_planned() -> None:
    log = "|  Created     B aws:s3:BucketV2\n\n✓  Generated\n\n+  B aws:s3:BucketV2\n".encode()
    events = pl.concat(LogScan([Source("job.log", None, log)])).drop_nulls("type")
    assert events["line"].to_list() == [1, 5]
    assert events["planning"].to_list() == [True, True]


STEP = "|  Created     B aws:s3:BucketV2\n"
PULUMI = "building\nUpdating (prod):\n +  aws:s3:Bucket b created (1s)\nResources:\n    + 1 created\n"


@pytest.mark.parametrize(
    ("log", "tools"),
    [
        (STEP, ["sst"]),
        ("✓  Refreshed    \n", ["sst"]),
        ("time=2025-03-28T02:12:00.794Z level=INFO msg=eof\n", ["sst"]),
        (
            'level=ERROR msg="stack run failed" error="code: 255\\nstdout: Updating (prod):\\nstderr: "\n',
            ["sst"],
        ),
        (PULUMI, ["pulumi"]),
        ("building\n +  aws:s3:Bucket b created (1s)\n", ["pulumi"]),
        (f"SST 3.17.0  ready!\n{STEP}{PULUMI}", ["sst", "pulumi"]),
    ],
)
def test_whose_deploy_it_is_is_told_by_the_lines_alone(log: str, tools: list[str]) -> None:
    logs = read_logs([Source("job.log", None, log.encode())])
    assert logs.deploys["tool"].to_list() == tools


def test_the_last_record_names_the_stack() -> None:
    log = f'{STEP}✓  Complete\ntime=2025-03-28T02:12:00.794Z level=INFO msg="INFO unlocking app=shop stage=prod"\n'
    deploys = read_logs([Source("job.log", None, log.encode())]).deploys
    assert deploys.select("app", "stage", "tool").rows() == [("shop", "prod", "sst")]
