"""How the tests read a `pulumi.log`."""

from __future__ import annotations

import polars as pl

from analyzer.logs.kinds import pulumi_text
from analyzer.sources.input_stats import InputStats
from analyzer.sources.source import Source
from analyzer.tables import EVENTS

BUCKET = "urn:pulumi:prod::shop::aws:s3/bucket:Bucket::a bucket"


def read(content: bytes | str, size: int = 4 << 20) -> tuple[pl.DataFrame, InputStats]:
    data = content.encode() if isinstance(content, str) else content
    stats = InputStats("pulumi.log")
    frames = list(pulumi_text.read(Source("pulumi.log", None, data), stats, batch_bytes=size))
    return pl.concat([pl.DataFrame(schema=EVENTS), *frames]), stats


def events(content: str) -> list[dict[str, object]]:
    """The events without what is null, and without the columns that are the same for all."""
    table = read(content)[0].drop("source", "run")
    return [
        {name: value for name, value in row.items() if value is not None and (name != "planning" or value)}
        for row in table.to_dicts()
    ]
