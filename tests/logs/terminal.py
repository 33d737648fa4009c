"""Logs of SST's terminal for the tests, and how to read them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from analyzer.logs.kinds import sst_log, terminal
from analyzer.sources.input_stats import InputStats
from analyzer.sources.source import Source
from analyzer.tables import EVENTS

if TYPE_CHECKING:
    from types import ModuleType

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
SILENT = ("noise", "unrecognised")

QUOTA = (
    "operation error CloudFront KeyValueStore: UpdateKeys, https response error StatusCode: 402, RequestID: "
    "44b3c2d1-0f4c-4d3b-b16e-c3f4d5e6f708, ServiceQuotaExceededException: Limit exceeded"
)
DEPLOY = f"""\
SST 3.12.5  ready!

➜  App:        shop
   Stage:      prod

~  Deploy

Building kv namespace for RouterRoute/
entry: site,50f6,,/
vite v5.0.0 building for production...
|  Created     Landing sst:aws:Nextjs
|  Created     Landing sst:aws:Nextjs → LandingKvKeys sst:aws:KvKeys
|  Updated     Landing sst:aws:Nextjs → LandingRoutesUpdate sst:aws:KvRoutesUpdate (1.2s)
|  Created     Edge sst:aws:Router → EdgeRouteapi example:com/fooRouteKey:sst:aws:KvKeys
|  Error       Docs sst:aws:StaticSite → DocsKvKeys sst:aws:KvKeys
{QUOTA}

    at IncomingMessage.<anonymous> (<anonymous>:87:26)
|  Deleted     Old aws:s3:BucketV2 (12.3s)

✕  Failed

Docs sst:aws:StaticSite → DocsKvKeys sst:aws:KvKeys
{QUOTA}

    at IncomingMessage.<anonymous> (<anonymous>:87:26)

View more in the console: https://sst.dev/u/1a2b3c4d
"""


def read(
    content: str | bytes, form: ModuleType = terminal, size: int = 4 << 20
) -> tuple[pl.DataFrame, InputStats]:
    data = content.encode() if isinstance(content, str) else content
    stats = InputStats("log")
    frames = list(form.read(Source("log", None, data), stats, batch_bytes=size))
    return pl.concat([pl.DataFrame(schema=EVENTS), *frames]), stats


def events(content: str | bytes, form: ModuleType = terminal) -> list[dict[str, Any]]:
    """What the log says: no noise, nothing that is null, nothing that is the same for all."""
    table = read(content, form)[0].filter(~pl.col("kind").is_in(SILENT)).drop("source", "seq")
    return [
        {
            name: value
            for name, value in row.items()
            if value is not None and value is not False and (name, value) != ("run", 1)
        }
        for row in table.to_dicts()
    ]


def slog_events(content: str | bytes) -> list[dict[str, Any]]:
    return events(content, sst_log)


def unrecognised(content: str | bytes, form: ModuleType = terminal) -> list[str]:
    table = read(content, form)[0]
    return table.filter(pl.col("kind") == "unrecognised")["message"].to_list()


def steps(content: str) -> list[tuple[object, ...]]:
    """Kind, operation, type and name of what is about a resource."""
    return [
        (event["kind"], event.get("op"), event.get("type"), event.get("name"))
        for event in events(content)
        if event["kind"] in ("started", "done", "failed")
    ]


def facts(content: str) -> list[tuple[object, ...]]:
    return [(event["fact"], event.get("value")) for event in events(content) if "fact" in event]
