"""Small deploy logs in each language, ended well and failed, and what the analyser reads of bytes."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import polars as pl

from analyzer.logs.read import LogScan
from analyzer.sources.source import Source

ERROR = (
    "operation error CloudFront KeyValueStore: UpdateKeys, https response error StatusCode: 409, RequestID: "
    "0c1d2e3f-4a5b-4c6d-8e7f-901122334455, ConflictException: Precondition failed"
)
_SST = """\
SST 3.14.2  ready!

➜  App:        bakery
   Stage:      live

~  Deploy

vite v6.0.1 building for production...
|  Created     Edge sst:aws:Router → EdgeCdn sst:aws:CDN (4.1s)
|  Updated     Shop sst:aws:Astro → ShopKvKeys sst:aws:KvKeys
"""
_PULUMI = """\
Updating (live):

 +  pulumi:pulumi:Stack bakery-live creating (0s)
 +  aws:s3:BucketV2 Files creating (0s)
@ updating....
 +  aws:s3:BucketV2 Files created (2s)
 +  pulumi-nodejs:dynamic:Resource ShopKvKeys.sst.aws.KvKeys creating (0s)
"""
_TREE = """\
Updating (live)

     Type                                 Name                       Status
"""
LOGS = {
    "sst": _SST
    + """|  Created     Shop sst:aws:Astro → ShopRoutesUpdate sst:aws:KvRoutesUpdate (1.3s)
|  Deleted     Old aws:s3:BucketV2 (12.3s)

✓  Complete
   Edge: https://d111111abcdef8.cloudfront.net
""",
    "sst failed": _SST
    + f"""|  Error       Shop sst:aws:Astro → ShopRoutesUpdate sst:aws:KvRoutesUpdate
{ERROR}

✕  Failed

Shop sst:aws:Astro → ShopRoutesUpdate sst:aws:KvRoutesUpdate
{ERROR}
""",
    "pulumi": _PULUMI
    + """ +  pulumi-nodejs:dynamic:Resource ShopKvKeys.sst.aws.KvKeys created (1s)
 +  pulumi:pulumi:Stack bakery-live created (5s)
Resources:
    + 3 created

Duration: 6s
""",
    "pulumi failed": _PULUMI
    + f""" +  pulumi-nodejs:dynamic:Resource ShopKvKeys.sst.aws.KvKeys **creating failed** error: {ERROR}
 +  pulumi:pulumi:Stack bakery-live **creating failed (4s)** 1 error
Diagnostics:
  pulumi-nodejs:dynamic:Resource (ShopKvKeys.sst.aws.KvKeys):
    error: {ERROR}

Resources:
    + 2 created
    1 errored

Duration: 6s
""",
    "tree": _TREE
    + """ +   pulumi:pulumi:Stack                  bakery-live                created (6s)
 +   ├─ aws:s3:BucketV2                   Files                      created (2s)
 +   └─ pulumi-nodejs:dynamic:Resource    ShopKvKeys.sst.aws.KvKeys  created (1s)

Resources:
    + 3 created

Duration: 6s
""",
    "tree failed": _TREE
    + f""" +   pulumi:pulumi:Stack                  bakery-live                **creating failed**     1 error
 +   ├─ aws:s3:BucketV2                   Files                      created (2s)
 +   └─ pulumi-nodejs:dynamic:Resource    ShopKvKeys.sst.aws.KvKeys  **creating failed**     1 error

Diagnostics:
  pulumi-nodejs:dynamic:Resource (ShopKvKeys.sst.aws.KvKeys):
    error: {ERROR}

Resources:
    + 2 created
    1 errored

Duration: 6s
""",
}
SST_LOGS = ("sst", "sst failed")
_SAID = ("kind", "name", "type", "op", "outcome", "message", "severity", "fact", "value", "run", "error_code")
_SILENT = ("noise", "unrecognised", "console")


@lru_cache(64)  # a bare log is compared with many that were damaged, and a test asks more than one thing
def scanned(data: bytes) -> tuple[pl.DataFrame, dict[str, Any]]:
    """EVENTS of `data`, and its row of INPUTS."""
    scan = LogScan([Source("a.log", None, data)])
    batches = list(scan)
    table = pl.concat(batches) if batches else pl.DataFrame()
    return table, scan.inputs.row(0, named=True)


Said = list[tuple[object, ...]]
"""What a log says: a row an event."""


@lru_cache(64)
def said(data: bytes | str) -> Said:
    """What the events say, lines and times aside."""
    table, _ = scanned(data.encode() if isinstance(data, str) else data)
    if table.is_empty():
        return []
    real = table.filter(~pl.col("kind").is_in(_SILENT))
    return sorted(real.select(_SAID).rows(), key=repr)


def steps(data: bytes | str) -> Said:
    """The steps and the ends of deploys alone."""
    return steps_of(said(data))


def steps_of(events: Said) -> Said:
    """Those of `events` that are steps and ends of deploys, without their messages."""
    return [row[:5] for row in events if row[0] in ("done", "failed", "summary")]


def problems(data: bytes | str) -> list[str]:
    """What the input's row says was wrong with it."""
    _, row = scanned(data.encode() if isinstance(data, str) else data)
    return list(row["problems"])
