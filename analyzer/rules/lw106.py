"""LW106 mismatched-value: the store does not hold what the deploy meant.

## What it does
Finds writes for which the store shows something else than the deploy's log meant: verdict
`mismatched`. The cause says what:

- `other_value`: the key is there with another value.
- `missing`: a listing shows that the key, or the entry of a list, is not there, and no available
  evidence shows whether it ever landed. With a trail that shows this, it is LW101 or LW105.
- `still_there`: the key or the entry was to be removed, and is still listed.

## Why it matters
The site reads what this deploy did not write: an old version, another stage's routes, nothing at
all, or somebody's change by hand. The deploy tool compares with its own state and does not see it.

## How it is proven
By a value, compared in full: from a listing of the store (`--keys`) made after the write ended, or
from a call whose value is not hidden. A write whose value a later available write explains is not
reported. A listing shows what is there at its time, not who changed it since the deploy. CloudTrail
replaces values with `HIDDEN_DUE_TO_SECURITY_REASONS` as a rule, so a trail alone can show that a
key was written and not with what; without a listing or a readable value this rule never fires.

## Example
    Log: shop/prod
        15:40:30-32  create SiteKvKeys  7c62: metadata={}
    Keys: at 15:50:00, ETag E3
        7c62:metadata={"base":"/"}
    Finding:
        error LW106: Key 7c62:metadata (SiteKvKeys, store 5f1c0d2e) holds another value than the
        deploy meant.
    Not here, where it holds what was meant:
      - 7c62:metadata={"base":"/"}
      + 7c62:metadata={}

## What to do
Find the last writer of the key in the report's evidence. Then write the value that was meant with
the command in the report, or deploy a change of that resource.

## References
- GetKey: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_kvs_GetKey.html
- What CloudTrail logs of a store:
  https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/logging_using_cloudtrail.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.rules.phrase import about_writes, cause, write

if TYPE_CHECKING:
    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW106"
NAME = "mismatched-value"
SEVERITY: Severity = "error"


_OTHER = "holds another value than the deploy meant"
_FACTS = {
    "missing": "is not in the store, and no available evidence shows whether it ever landed",
    "still_there": "never took effect: what was to be removed is still in the store",
}


def find(case: Case) -> pl.DataFrame:
    """A finding for each write whose key does not hold what was meant."""
    wrong = case.writes.filter(pl.col("verdict") == "mismatched")
    return about_writes(wrong, pl.format("{} {}.", write(), cause(_FACTS, _OTHER)))
