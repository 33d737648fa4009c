"""Twelve logs of deploys: SST's terminal, pulumi.log, a tree, a diff, each ended well and failed; four are longer."""

from __future__ import annotations

from typing import Final

_SDK: Final = (
    "operation error CloudFront KeyValueStore: UpdateKeys, https response error StatusCode: 402, RequestID: "
    "7d0c5a4e-93b1-4f0e-8f39-2f0a6c1d7b55, ServiceQuotaExceededException: Limit exceeded"
)
_SST_HEAD: Final = """\
SST 3.17.10  ready!

➜  App:        harbour
   Stage:      live

~  Deploy

"""
_SST_STEPS: Final = """\
|  Created     Edge sst:aws:Router → EdgeCdn sst:aws:CDN
vite v6.3.5 building for production...
✓ 41 modules transformed.
|  Created     Quay sst:aws:Astro → QuayKvKeys sst:aws:KvKeys (3.0s)
|  Updated     Quay sst:aws:Astro → QuayRoutesUpdate sst:aws:KvRoutesUpdate (1.2s)
|  Deleted     Shed aws:s3:BucketV2 (12.3s)
"""
_SST_OK: Final = f"""\
{_SST_HEAD}{_SST_STEPS}
✓  Complete
   Edge: https://d111111abcdef8.cloudfront.net
   Quay: https://harbour.example.com
   ---
   bucket: harbour-live-assets
"""
_SST_FAILED: Final = f"""\
{_SST_HEAD}{_SST_STEPS}|  Error       Docs sst:aws:StaticSite → DocsKvKeys sst:aws:KvKeys
{_SDK}

    at IncomingMessage.<anonymous> (<anonymous>:87:26)
    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)

✕  Failed

Docs sst:aws:StaticSite → DocsKvKeys sst:aws:KvKeys
{_SDK}

    at IncomingMessage.<anonymous> (<anonymous>:87:26)
    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)

View more in the console: https://sst.dev/u/1a2b3c4d
"""
_MANY: Final = "".join(
    f"|  {'Created' if n % 3 else 'Updated'}     Pier{n} sst:aws:Function → Pier{n}Role aws:iam:Role\n"
    for n in range(60)
)
_SST_LONG: Final = _SST_FAILED.replace(_SST_STEPS, _MANY + _SST_STEPS)
_SST_LONG_OK: Final = _SST_OK.replace(_SST_STEPS, _SST_STEPS + _MANY)

_EDGE: Final = " ~  pulumi-nodejs:dynamic:Resource EdgeRoutesUpdate.sst.aws.KvRoutesUpdate"
_TREE_EDGE: Final = " ~   └─ pulumi-nodejs:dynamic:Resource  EdgeRoutesUpdate.sst.aws.KvRoutesUpdate"
_ROWS_HEAD: Final = """\
Updating (live):

View Live: https://app.pulumi.com/acme/harbour/live/updates/12

@ updating......
 +  pulumi:pulumi:Stack harbour-live creating (0s)
 +  aws:cloudfront:KeyValueStore Store creating (0s)
@ updating....
 +  aws:cloudfront:KeyValueStore Store created (21s)
 +  pulumi-nodejs:dynamic:Resource QuayKvKeys.sst.aws.KvKeys creating (0s)
 +  pulumi-nodejs:dynamic:Resource QuayKvKeys.sst.aws.KvKeys created (2s)
 ~  pulumi-nodejs:dynamic:Resource EdgeRoutesUpdate.sst.aws.KvRoutesUpdate updating (0s) [diff: ~entry]
"""
_ROWS_OK: Final = f"""\
{_ROWS_HEAD} ~  pulumi-nodejs:dynamic:Resource EdgeRoutesUpdate.sst.aws.KvRoutesUpdate updated (0.51s) [diff: ~entry]
 +  pulumi:pulumi:Stack harbour-live created (31s)
Outputs:
    url: "https://harbour.example.com"

Resources:
    + 3 created
    ~ 1 updated
    4 changes. 7 unchanged

Duration: 33s
"""
_ROWS_FAILED: Final = f"""\
{_ROWS_HEAD}{_EDGE} **updating failed** [diff: ~entry]; error: {_SDK}
 +  pulumi:pulumi:Stack harbour-live **creating failed (25s)** 1 error
Diagnostics:
  pulumi:pulumi:Stack (harbour-live):
    error: update failed

  pulumi-nodejs:dynamic:Resource (EdgeRoutesUpdate.sst.aws.KvRoutesUpdate):
    error: {_SDK}
        at IncomingMessage.<anonymous> (<anonymous>:87:26)

Resources:
    + 2 created
    1 errored

Duration: 27s
"""
_ROWS: Final = "".join(
    f" +  aws:iam/role:Role Pier{n}Role creating (0s)\n +  aws:iam/role:Role Pier{n}Role created (1s)\n"
    for n in range(40)
)
_ROWS_LONG: Final = _ROWS_FAILED.replace("@ updating....\n", f"@ updating....\n{_ROWS}")
_ROWS_LONG_OK: Final = _ROWS_OK.replace("@ updating....\n", f"@ updating....\n{_ROWS}")

_TREE_HEAD: Final = """\
Updating (live)

View Live: https://app.pulumi.com/acme/harbour/live/updates/13

     Type                              Name                                 Status                  Info
"""
_TREE_OK: Final = f"""\
{_TREE_HEAD} +   pulumi:pulumi:Stack               harbour-live                         created (31s)
 +   ├─ aws:cloudfront:KeyValueStore   Store                                created (21s)
 +   ├─ pulumi-nodejs:dynamic:Resource QuayKvKeys.sst.aws.KvKeys            created (2s)
 ~   └─ pulumi-nodejs:dynamic:Resource  EdgeRoutesUpdate.sst.aws.KvRoutesUpdate  updated (0.51s)     [diff: ~entry]

Outputs:
    url: "https://harbour.example.com"

Resources:
    + 3 created
    ~ 1 updated
    4 changes. 7 unchanged

Duration: 33s
""".replace("Resource QuayKvKeys", "Resource  QuayKvKeys")
_TREE_FAILED: Final = f"""\
{_TREE_HEAD} +   pulumi:pulumi:Stack               harbour-live                         **creating failed**     1 error
 +   ├─ aws:cloudfront:KeyValueStore   Store                                created (21s)
 +   ├─ pulumi-nodejs:dynamic:Resource  QuayKvKeys.sst.aws.KvKeys            created (2s)
{_TREE_EDGE}  **updating failed**     [diff: ~entry]; 1 error

Diagnostics:
  pulumi:pulumi:Stack (harbour-live):
    error: update failed

  pulumi-nodejs:dynamic:Resource (EdgeRoutesUpdate.sst.aws.KvRoutesUpdate):
    error: {_SDK}

Resources:
    + 2 created
    1 errored

Duration: 27s
"""
_DIFF_STEPS: Final = """\
Updating (live):
  pulumi:pulumi:Stack: (same)
    [urn=urn:pulumi:live::harbour::pulumi:pulumi:Stack::harbour-live]
    + aws:cloudfront/keyValueStore:KeyValueStore: (create)
        [urn=urn:pulumi:live::harbour::aws:cloudfront/keyValueStore:KeyValueStore::Store]
        name: "harbour"
    ~ pulumi-nodejs:dynamic:Resource: (update)
        [id=edge]
        [urn=urn:pulumi:live::harbour::sst:aws:Router$pulumi-nodejs:dynamic:Resource::EdgeRoutesUpdate.sst.aws.KvRoutesUpdate]
      ~ entry: "a" => "b"
"""
_DIFF_OK: Final = f"""\
{_DIFF_STEPS}Resources:
    + 1 created
    ~ 1 updated
    2 changes. 1 unchanged

Duration: 8s
"""
_DIFF_FAILED: Final = f"""\
{_DIFF_STEPS}Diagnostics:
  pulumi-nodejs:dynamic:Resource (EdgeRoutesUpdate.sst.aws.KvRoutesUpdate):
    error: {_SDK}

  pulumi:pulumi:Stack (harbour-live):
    error: update failed

Resources:
    + 1 created
    1 errored

Duration: 8s
"""

LOGS: Final = {
    "sst": _SST_OK,
    "sst failed": _SST_FAILED,
    "sst long": _SST_LONG_OK,
    "sst long failed": _SST_LONG,
    "rows": _ROWS_OK,
    "rows failed": _ROWS_FAILED,
    "rows long": _ROWS_LONG_OK,
    "rows long failed": _ROWS_LONG,
    "tree": _TREE_OK,
    "tree failed": _TREE_FAILED,
    "diff": _DIFF_OK,
    "diff failed": _DIFF_FAILED,
}
"""Text by name."""
