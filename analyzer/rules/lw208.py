"""LW208 service-limit: a write exceeds a limit of CloudFront's key-value stores.

## What it does
Finds calls of a deploy that AWS refused for a limit, says which limit it was where AWS says it, and finds
values that are too long for a store before anybody knows what became of them.

## Why it matters
Trying again does not help: the same deploy fails every time. SST keeps the whole configuration of a site
in one value, `metadata`, which grows with its top-level folders, routes and error pages. An operation of
more than 50 keys is sent in batches, and those before the refused one are in the store.

## How it is proven
By `ServiceQuotaExceededException` in CloudTrail's record or in the log; or by the length of the value that
the log holds: more than 1 KB (1,024 bytes) is refused. A long list of routes is cut into pieces by SST
3.12.5 and later; a long `metadata` is not.

## Example
    Log: shop/prod
        15:40:25-26  update DocsKvKeys  aa01: a=1 -> aa01: a=2
        15:40:30-32  create SiteKvKeys  7c62: metadata={}  fails: operation error CloudFront
            KeyValueStore: UpdateKeys, https response error StatusCode: 402, RequestID: r-1,
            ServiceQuotaExceededException: Limit exceeded: Maximum size of the value in a key value pair
    Trail:
        15:20:00  UpdateKeys put other          E1 -> E2  by job
        15:40:26  UpdateKeys put aa01:a         E2 -> E3
    Finding:
        warning LW208: AWS refused UpdateKeys on store 5f1c0d2e for the limit "Maximum size of the value in a
        key value pair".
    Beside it: LW103 has the error
    Not here, where it is no limit:
      - 15:40:30-32  create SiteKvKeys  7c62: metadata={}  fails: operation error CloudFront
            KeyValueStore: UpdateKeys, https response error StatusCode: 402, RequestID: r-1,
            ServiceQuotaExceededException: Limit exceeded: Maximum size of the value in a key value pair
      + 15:40:30-32  create SiteKvKeys  7c62: metadata={}  fails: operation error CloudFront
            KeyValueStore: UpdateKeys, https response error StatusCode: 404, RequestID: r-1,
            ResourceNotFoundException: no such store

## What to do
Make the value smaller: fewer routes, error pages and top-level folders in one site, shorter names. A value
has at most 1 KB, a key 512 bytes, an update 50 keys or 3 MB, a store 5 MB.

## References
- A value over 1 KB: https://github.com/anomalyco/sst/issues/5748
- Limits:
  https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.rules.phrase import about_writes, store, write
from analyzer.rules.refused import grouped, listed, refused

if TYPE_CHECKING:
    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW208"
NAME = "service-limit"
SEVERITY: Severity = "warning"

LONGEST: Final = 1024
"""Bytes of a value: docs/facts/sst-output.md#42-calls-per-operation."""

_WHICH: Final = r"Limit exceeded: ([A-Za-z][A-Za-z -]{0,100}[A-Za-z])"
_JUDGED: Final = ("landed", "lost", "mismatched")
"""Verdicts of a write that was made: its value was not too long."""


def find(case: Case) -> pl.DataFrame:
    """A finding for each deploy, store and limit; and one for each value that is too long and was not refused yet."""
    calls = refused(case, "quota")
    too_long = _too_long(case, calls)
    if calls.is_empty():
        return too_long
    calls = calls.with_columns(limit=pl.col("error_message").str.extract(_WHICH).fill_null(""))
    # An error that does not say which limit is told only where no other of the store does.
    named = (pl.col("limit") != "").any().over("deploy", "store")
    found = grouped(calls.filter((pl.col("limit") != "") | ~named), "limit")
    limit = (
        pl.when(pl.col("limit") == "")
        .then(pl.lit("a limit of the service"))
        .otherwise(pl.format('the limit "{}"', "limit"))
    )
    apis = pl.when(pl.col("apis").list.len() > 0).then(listed("apis")).otherwise(pl.lit("a call"))
    message = pl.format(
        "AWS refused {} on {} for {}.", apis, store("a store that the log does not name"), limit
    )
    of_calls = found.select("confidence", "deploy", "source", "line", "store", message=message, about="limit")
    return pl.concat([of_calls, too_long], how="diagonal")


def _too_long(case: Case, calls: pl.DataFrame) -> pl.DataFrame:
    size = pl.col("value").str.len_bytes()
    refused_already = pl.col("id").is_in(calls["write"].drop_nulls().unique().implode())
    long = case.writes.filter((size > LONGEST) & ~pl.col("verdict").is_in(_JUDGED) & ~refused_already)
    if long.is_empty():
        return pl.DataFrame()
    return about_writes(
        long,
        pl.format(
            "{} has a value of {} bytes, and a store takes at most {}.", write(), size, pl.lit(LONGEST)
        ),
    )
