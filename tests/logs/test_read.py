"""All logs together, as the analysis gets them."""

from __future__ import annotations

import polars as pl

from analyzer.logs.read import LogScan
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
