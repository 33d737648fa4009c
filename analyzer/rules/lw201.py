"""LW201 failed-read: the list of routes could not be read, and the deploy took that for success.

## What it does
Says of a write that never landed (LW101) that the read before it had failed, and with which error.

## Why it matters
KvRoutesUpdate changes one entry of a list: it reads the list, changes it and writes it back. Since SST
3.12.5 a failed read ends an update or a delete as a success. Nothing is written, and the next deploy
sees no change. A role that may not read the store loses every change of a route in this way.

## How it is proven
The trail has a GetKey of the list that failed, in the time of the operation and of its writer, and no
UpdateKeys after it. Or the log shows it: the operation's new outputs hold the provider alone, because
the resource returned before it set them. The error of LW101 counts the write; this note says why.

## Example
    Log: shop/prod
        15:40:30-36  update SiteRoutesUpdate  7c62:routes + site,aa01,,/a -> 7c62:routes + site,aa01,,/b unset
    Trail:
        15:20:00  UpdateKeys put other  E1 -> E2  by job
        15:40:31  GetKey 7c62:routes    fails ThrottlingException: Rate exceeded
        17:00:00  UpdateKeys put other  E2 -> E3  by job
    Finding:
        note LW201: Entry site,aa01,,/b of key 7c62:routes (SiteRoutesUpdate, store 5f1c0d2e) was not made:
        the list of routes could not be read (GetKey: ThrottlingException), and the operation returned success.
    Beside it: LW101 has the error, LW207 says who was throttled, LW209 names the defect
    Not here, where the list is read and written:
      - 15:40:30-36  update SiteRoutesUpdate  7c62:routes + site,aa01,,/a -> 7c62:routes + site,aa01,,/b unset
      + 15:40:30-36  update SiteRoutesUpdate  7c62:routes + site,aa01,,/a -> 7c62:routes + site,aa01,,/b
      - 15:40:31  GetKey 7c62:routes    fails ThrottlingException: Rate exceeded
      + 15:40:31  GetKey 7c62:routes
      + 15:40:35  UpdateKeys put 7c62:routes  E2 -> E2b

## What to do
No version of SST is known that reports it. Where the read was denied, allow
`cloudfront-keyvaluestore:GetKey` to the role that deploys (LW206 has the statement); where it was
throttled, let fewer deploys use the store at the same time. Then make the write by hand with the
command in the report.

## References
- Sample: `failed-read-taken-for-success`.
- SST: pkg/server/resource/aws-kv-routes-update.go, docs/facts/sst-output.md#s1-shadowed-error
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.rules.phrase import about_writes, write
from analyzer.rules.refused import cited

if TYPE_CHECKING:
    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW201"
NAME = "failed-read"
SEVERITY: Severity = "note"

_READ = "GetKey"


def find(case: Case) -> pl.DataFrame:
    """A finding for each write whose read failed and that the deploy reports as made."""
    unread = case.writes.filter((pl.col("cause") == "read_failed") & (pl.col("reported") == "succeeded"))
    if unread.is_empty():
        return unread
    errors = (
        cited(case)
        .filter(pl.col("api") == _READ)
        .group_by("write")
        .agg(pl.col("error_code").drop_nulls().first())
    )
    said = unread.drop("error_code").join(
        errors, left_on="id", right_on="write", how="left", maintain_order="left"
    )
    what = pl.format("{} was not made: the list of routes could not be read", write())
    how = (
        pl.when(pl.col("error_code").is_not_null())
        .then(pl.format(" (GetKey: {})", "error_code"))
        .when("unset")
        .then(pl.lit(" (the log shows no outputs of the operation)"))
        .otherwise(pl.lit(""))
    )
    return about_writes(said, pl.format("{}{}, and the operation returned success.", what, how))
