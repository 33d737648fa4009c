"""LW310 clocks-differ: the times do not show which calls in the trail are the deploy's.

## What it does
Finds deploys with writes that cannot be judged because it is not known which calls are theirs: verdict
`unverifiable`, cause `clocks_differ`. The message says what is known: no run in the trail matches the
log, the calls that fit may be another log's or run's, or the clock was set while the deploy ran.

## Why it matters
With a clock that is a minute off, each call of a healthy deploy lies outside of its operation. That
looks like a deploy of which nothing landed. Where one key or role makes the calls of several runs, it
looks as if the calls of one were the other's.

## How it is proven
A deploy is aligned where enough of its operations match calls of one writer at one difference of the
clocks, and no other run or log fits as well: the report names the difference and corrects all times by
it. Where too few fit, it does not guess. Then the clock may be wrong, or the operations made no call, as
one that had nothing to write.

## Example
    Log: shop/prod
        15:40:30-32  create SiteKvKeys  7c62: metadata={}
    Trail:
        15:20:00  UpdateKeys put other          E1 -> E2  by job
        16:13:31  UpdateKeys put 7c62:metadata  E2 -> E3
        17:00:00  UpdateKeys put other          E3 -> E4  by job
    Finding:
        warning LW310: 1 write to store 5f1c0d2e remains in doubt: the calls that fit are at another time:
        another run made them, or the log's clock is wrong.
    Not here, where the call lies in the time of the operation:
      - 16:13:31  UpdateKeys put 7c62:metadata  E2 -> E3
      + 15:40:31  UpdateKeys put 7c62:metadata  E2 -> E3

## What to do
Where another log or run matches too, give its log or update object, or a window (`--since`, `--until`).
Where the clock may be wrong, give one that is right: the event log of the deploy from the state bucket,
the CI's log with time stamps, or the logs of other deploys of the same machine, which had the same
clock. Give all of them in one run. Times of CI are the times of printing, which may be minutes late.

A listing of the store needs no clock:

    aws cloudfront-keyvaluestore list-keys --kvs-arn ARN > keys.json

## References
- docs/facts/alignment.md: how the offset is found, and when it is not trusted.
- eventTime: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.rules.doubt import about_stores

if TYPE_CHECKING:
    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW310"
NAME = "clocks-differ"
SEVERITY: Severity = "warning"


_UNKNOWN: Final = "nothing shows which calls in the trail are its own"
_FACTS: Final = {
    "unaligned": "no run in the trail matches enough of the log's operations, so nothing shows which calls are its own",
    "ambiguous": "the calls that fit may be another log's or run's, and nothing shows whose they are",
    "elsewhere": "the calls that fit are at another time: another run made them, or the log's clock is wrong",
    "aligned": "the log's clock may have been set while the deploy ran, so the times do not show which call is whose",
}
"""By the state of the alignment: what is known of the clocks."""


def find(case: Case) -> pl.DataFrame:
    """A finding for each deploy and store whose writes stay open because nothing shows whose calls are whose."""
    if "clocks_differ" not in case.doubts:
        return pl.DataFrame()
    states = case.alignments.select(
        "deploy", state=pl.when(_elsewhere()).then(pl.lit("elsewhere")).otherwise("state")
    )
    unsure = case.writes.filter((pl.col("verdict") == "unverifiable") & (pl.col("cause") == "clocks_differ"))
    fact = pl.col("state").replace_strict(_FACTS, default=_UNKNOWN, return_dtype=pl.String)
    stated = unsure.join(states, on="deploy", how="left", maintain_order="left").with_columns(fact=fact)
    return about_stores(stated, one="remains in doubt", many="remain in doubt")


def _elsewhere() -> pl.Expr:
    """Whether the calls that fit lie where the log's clock is not right."""
    offset = pl.col("offsets").list.first()
    span = offset.struct.field("low"), offset.struct.field("high")
    off = (pl.min_horizontal(*span) > 0) | (pl.max_horizontal(*span) < 0)
    return (pl.col("state") == "ambiguous") & off.fill_null(value=False)
