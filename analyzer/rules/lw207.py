"""LW207 throttled: AWS throttled calls of the deploy.

## What it does
Finds calls of a deploy on a store that AWS throttled: a warning where the deploy gave up and a write was
not made, a note where it tried again and all was made.

## Why it matters
The requests of a second are limited. Many deploys at once, a big purge (ListKeys, page by page) or a
script use them up. SST gives up on a call after ten attempts. Where that call is the read of the list of
routes, SST 3.12.5 and later report success (LW201).

## How it is proven
By CloudTrail's records of the calls (`errorCode` ThrottlingException, "Rate exceeded"), which also name
everybody else who called the store at that time, or by the error that the log prints.

## Example
    Log: shop/prod
        15:40:25-26  update DocsKvKeys  aa01: a=1 -> aa01: a=2
        15:40:30-36  update SiteRoutesUpdate  7c62:routes + site,aa01,,/a -> 7c62:routes + site,aa01,,/b unset
    Trail:
        15:20:00  UpdateKeys put other   E1 -> E2  by job
        15:40:26  UpdateKeys put aa01:a  E2 -> E3
        15:40:31  GetKey 7c62:routes     fails ThrottlingException: Rate exceeded
        15:40:33  GetKey 7c62:routes     fails ThrottlingException: Rate exceeded
        17:00:00  UpdateKeys put other   E3 -> E4  by job
    Finding:
        warning LW207: AWS throttled GetKey of this deploy on store 5f1c0d2e: it gave up, and not all of its
        writes were made.
    Beside it: LW101 has the error, LW201 says what came of the read, LW209 names the defect
    Not here, where nothing is throttled:
      - 15:40:31  GetKey 7c62:routes     fails ThrottlingException: Rate exceeded
      - 15:40:33  GetKey 7c62:routes     fails ThrottlingException: Rate exceeded
      + 15:40:31  GetKey 7c62:routes

## What to do
Let fewer deploys use the store at the same time, and keep scripts that read it away from deploys. Then
deploy a change of what was not made, or use the command in the report.

## References
- Sample: `failed-read-taken-for-success`.
- Limits:
  https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.rules.phrase import store
from analyzer.rules.refused import grouped, listed, refused

if TYPE_CHECKING:
    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW207"
NAME = "throttled"
SEVERITY: Severity = "warning"


def find(case: Case) -> pl.DataFrame:
    """A finding for each deploy and store."""
    calls = refused(case, "throttled")
    if calls.is_empty():
        return pl.DataFrame()
    found = grouped(calls)
    apis = pl.when(pl.col("apis").list.len() > 0).then(listed("apis")).otherwise(pl.lit("calls"))
    end = (
        pl.when("stopped")
        .then(pl.lit("it gave up, and not all of its writes were made"))
        .otherwise(pl.lit("it tried again, and went on"))
    )
    message = pl.format(
        "AWS throttled {} of this deploy on {}: {}.", apis, store("a store that the log does not name"), end
    )
    note = pl.when(~pl.col("stopped")).then(pl.lit("note"))
    return found.select("confidence", "deploy", "source", "line", "store", message=message, severity=note)
