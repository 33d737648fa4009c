"""LW106 mismatched-value: the key is there with another value than the deploy meant.

## What it does
Finds writes whose key is in the store with a value that differs from the one in the deploy's log:
verdict `mismatched`.

## Why it matters
The site reads a value that this deploy did not write: an old version, another stage's routes, or
somebody's change by hand. The deploy tool compares with its own state and does not see it.

## How it is proven
By a value, compared in full: from a listing of the store, or from a call whose value is not hidden.
CloudTrail replaces values with `HIDDEN_DUE_TO_SECURITY_REASONS` as a rule, so a trail alone can
show that a key was written and not with what; without a readable value this rule never fires.

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

from analyzer.rules.phrase import about_writes, write

if TYPE_CHECKING:
    from analyzer.rules.interface import Case

CODE = "LW106"
NAME = "mismatched-value"
SEVERITY = "error"


def find(case: Case) -> pl.DataFrame:
    """A finding for each write whose key holds another value."""
    wrong = case.writes.filter(pl.col("verdict") == "mismatched")
    return about_writes(wrong, pl.format("{} holds another value than the deploy meant.", write()))
