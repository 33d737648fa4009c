"""LW110 landed-not-surely: writes landed, but what came after them or the time of the deploy is not known.

## What it does
Finds deploys with writes that landed with `low` confidence: verdict `landed`, confidence `low`.

## Why it matters
The write was made, but it may be gone again, or the log has no times and the run in the trail was
told by its keys and its order. Or the log is a text, which names no keys, and a listing shows keys of
its namespaces, but not that they are all. A gate that lets such a deploy pass says more than the
evidence does.

## How it is proven
A successful call of the deploy accounts for the write, or a listing does. An entry of a list that the
log shows in full and that is listed is not reported. After a call, open is one of two things: whether a later
writer removed it (it had perhaps read the list before or not at all, or calls are missing), or whether
this was the run, because the log has no times, or its clock is off and a rerun would look the same.
Where it is not sure whose call it is, the verdict is `unverifiable`, not `landed`.

## Example
    Log: shop/prod
        15:40:30-33  update DocsRoutesUpdate  7c62:routes + site,aa01,,/d -> 7c62:routes + site,aa01,,/docs
    Trail:
        15:20:00  UpdateKeys put other        E1 -> E2  by job
        15:40:30  GetKey 7c62:routes
        15:40:32  UpdateKeys put 7c62:routes  E2 -> E3
        15:40:50  UpdateKeys put 7c62:routes  E3 -> E4  by blog
        17:00:00  UpdateKeys put other        E4 -> E5  by job
    Finding:
        warning LW110: 1 write to store 5f1c0d2e landed with low confidence: nothing rules out a later
        removal or overwrite.
    Not here, where the other writer is seen to read the list after the write:
      - 15:40:50  UpdateKeys put 7c62:routes  E3 -> E4  by blog
      + 15:40:49  GetKey 7c62:routes          by blog
      + 15:40:50  UpdateKeys put 7c62:routes  E3 -> E4  by blog

## What to do
A listing of the store shows whether the key or the entry is there now:

    aws cloudfront-keyvaluestore list-keys --kvs-arn ARN > keys.json

Where the clock is off, give the other logs of the machine in one run. For a log without times, say
when the deploy ran (`--since`, `--until`), or give its event log, which names every key.

## References
- Samples: `console-lines-only`, `clock-behind`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.rules.doubt import about_stores

if TYPE_CHECKING:
    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW110"
NAME = "landed-not-surely"
SEVERITY: Severity = "warning"

_NEAR = 3
"""Seconds within which a clock counts as right."""


def find(case: Case) -> pl.DataFrame:
    """A finding for each deploy and store with writes that landed with low confidence."""
    timeless = case.deploys.filter(pl.all_horizontal(pl.col("started_at", "ended_at").is_null()))["id"]
    offsets = pl.col("offsets").list.eval(
        (pl.element().struct["low"] > _NEAR) | (pl.element().struct["high"] < -_NEAR)
    )
    off = case.alignments.filter((pl.col("state") == "aligned") & offsets.list.any())["deploy"]
    by_text = (
        pl.col("pattern") & pl.col("event_id").is_null() & (pl.col("listed") == "there").fill_null(False)
    )
    weak = case.writes.filter(
        (pl.col("verdict") == "landed")
        & (pl.col("confidence") == "low")
        & ~(by_text & pl.col("entry").is_not_null())
    )
    fact = (
        pl.when(by_text)
        .then(
            pl.lit(
                "the log names no key, so a listing shows keys of the namespace, and not that they are all"
            )
        )
        .when(pl.col("deploy").is_in(timeless.to_list()))
        .then(pl.lit("the log has no times, so the run in the trail may be another one"))
        .when(pl.col("deploy").is_in(off.to_list()))
        .then(pl.lit("the log's clock is off, and a rerun of the stack would show the same calls"))
        .otherwise(pl.lit("nothing rules out a later removal or overwrite"))
    )
    said = "landed with low confidence"
    return about_stores(weak.with_columns(fact=fact), one=said, many=said)
