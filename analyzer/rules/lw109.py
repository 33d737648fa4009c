"""LW109 probably-not-in-place: no proof, but the write was probably dropped, lost or refused.

## What it does
Finds writes that cannot be judged, and of which the evidence says what is likely: verdict
`unverifiable`, with `leaning` dropped, lost or errored, and its reason.

## Why it matters
A verdict needs proof, and the newest deploy often has none yet: no later call closes the chain of
ETags. What is likely is then all that there is, and it is worth a look before users tell you.

## How it is proven
It is not: that is why it is a warning. A typical reason is that other writes of the store were logged
and none for this one came for 30 minutes. A file of the trail that is missing would look the same.
A leaning is given only where the deploy's own calls were found, never by order or by names alone.

## Example
    Log: shop/prod
        15:40:25-26  update DocsKvKeys  aa01: a=1 -> aa01: a=2
        15:40:30-32  create SiteKvKeys  7c62: metadata={}
    Trail:
        15:20:00  UpdateKeys put other   E1 -> E2  by job
        15:40:26  UpdateKeys put aa01:a  E2 -> E3
        17:00:00  DescribeKeyValueStore  by job
    Finding:
        warning LW109: Key 7c62:metadata (SiteKvKeys, store 5f1c0d2e) probably never landed, though the
        deploy reports success: the deploy's other calls are available at its time, and none for this write.
    Beside it: LW307, which says why there is no proof
    Not here, where a later write closes the chain and proves it (LW101):
      + 17:00:01  UpdateKeys put other   E3 -> E4  by job

## What to do
Settle it: the report lists, below "To settle it", what would decide, the cheapest first. Mostly that
is a listing of the store, given with `--keys`:

    aws cloudfront-keyvaluestore list-keys --kvs-arn ARN > keys.json

Only then repair it. Another finding (LW3xx) says why there is no proof.

## References
- What is likely and what is proven: docs/architecture.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.rules.doubt import ONE_OF_SEVERAL
from analyzer.rules.phrase import about_writes, one_of, write

if TYPE_CHECKING:
    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW109"
NAME = "probably-not-in-place"
SEVERITY: Severity = "warning"

_FACTS = {
    "dropped": "probably never landed, though the deploy reports success",
    "lost": "probably landed and was lost",
    "errored": "probably failed",
}


def find(case: Case) -> pl.DataFrame:
    """A finding for each write that leans to `dropped`, `lost` or `errored`; others report one of several."""
    likely = (
        (pl.col("verdict") == "unverifiable") & pl.col("leaning").is_in([*_FACTS]) & ~one_of(*ONE_OF_SEVERAL)
    )
    fact = pl.col("leaning").replace_strict(_FACTS, default=None, return_dtype=pl.String)
    reason = pl.col("leaning_reason").fill_null("the evidence points to it, and does not prove it")
    return about_writes(case.writes.filter(likely), pl.format("{} {}: {}.", write(), fact, reason))
