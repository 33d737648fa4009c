"""How the tests read a `pulumi.log`."""

from __future__ import annotations

import polars as pl

from analyzer.logs.kinds import pulumi_text
from analyzer.sources.account import Account
from analyzer.sources.source import Source
from analyzer.tables import EVENTS

BUCKET = "urn:pulumi:prod::shop::aws:s3/bucket:Bucket::a bucket"


def read(content: bytes | str, size: int = 4 << 20) -> tuple[pl.DataFrame, Account]:
    data = content.encode() if isinstance(content, str) else content
    account = Account("pulumi.log")
    frames = list(pulumi_text.read(Source("pulumi.log", None, data), account, batch_bytes=size))
    return pl.concat([pl.DataFrame(schema=EVENTS), *frames]), account


def events(content: str) -> list[dict[str, object]]:
    """The events without what is null, and without the columns that are the same for all."""
    table = read(content)[0].drop("source", "run")
    return [
        {name: value for name, value in row.items() if value is not None and (name != "planning" or value)}
        for row in table.to_dicts()
    ]
