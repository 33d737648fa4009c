"""LW313 contested-calls: fewer calls were made than there are operations that they fit.

## What it does
Finds deploys with writes that cannot be judged because several operations fit the same calls, and
there are fewer calls than operations: verdict `unverifiable`, cause `contested`.

## Why it matters
At least one of these writes may not have been made. Which one, the trail does not tell, and a guess
would send somebody after the wrong route.

## How it is proven
One call answers for one operation. The operations and the calls that fit them are joined so that as
many operations as possible have a call; the ones that are left over cannot be told from the others.
Text logs name no keys, and CloudTrail hides values: both make operations look alike.

## Example
    Log: shop/prod
        15:40:25-26  update DocsKvKeys  aa01: a=1 -> aa01: a=2
        15:40:30-34  create SiteRoutesUpdate  7c62:routes + site,50f6,,/
        15:40:30-34  create DocsRoutesUpdate  7c62:routes + docs,aa01,,/docs
    Trail:
        15:20:00  UpdateKeys put other        E1 -> E2  by job
        15:40:26  UpdateKeys put aa01:a       E2 -> E3
        15:40:32  UpdateKeys put 7c62:routes  E3 -> E4
        17:00:00  UpdateKeys put other        E4 -> E5  by job
    Finding:
        warning LW313: 2 writes to store 5f1c0d2e remain in doubt: there are fewer calls than operations
        that they fit, and nothing shows whose they are.
    Not here, where each has its call:
      + 15:40:33  UpdateKeys put 7c62:routes  E4 -> E5

## What to do
The event log of the deploy names the key and the entry of each operation. A listing shows which of
the entries are there:

    aws cloudfront-keyvaluestore list-keys --kvs-arn ARN > keys.json

## References
- The assignment is a maximum matching: docs/facts/alignment.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.rules.doubt import doubts

if TYPE_CHECKING:
    import polars as pl

    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW313"
NAME = "contested-calls"
SEVERITY: Severity = "warning"


def find(case: Case) -> pl.DataFrame:
    """A finding for each deploy and store whose writes share too few calls."""
    return doubts(
        case,
        {
            "contested": "there are fewer calls than operations that they fit, and nothing shows whose they are"
        },
    )
