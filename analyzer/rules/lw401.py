"""LW401 errors-in-a-good-deploy: the log has errors, and its end says that the deploy succeeded.

## What it does
Finds deploys whose log ends as a success and has errors all the same.

## Why it matters
The job is green, so nobody reads the log. What failed was not done, and a deploy tool that did not
count it as failed does not try it again.

## How it is proven
By the log alone: its end (`Complete`, the engine's summary, Pulumi's totals) says that the deploy
succeeded, and lines before it are errors by their form: Pulumi's diagnostics of the severity error,
SST's `Error` lines, records of the level ERROR. Lines that only speak of an error are not counted,
nor SST's record of an event that it could not read (a problem of the input), nor leaked promises
(LW210). The deploy is then not taken as succeeded: its result is failed or unknown.

## Example
    Log:
        | SST 4.3.0  ready!
        |
        | ➜  App:        shop
        |    Stage:      prod
        |
        | ~  Deploy
        |
        | |  Error       Site sst:aws:Astro → SiteAssetFiles sst:aws:BucketFiles
        | Access Denied
        |
        | ✓  Complete
    Finding:
        warning LW401: The end of the deploy says that it succeeded, and its log has an error: Access
          Denied
    Not here, where the deploy says that it failed:
      - | ✓  Complete
      + | ✕  Failed

## What to do
Open the log at the line that the report names. Where an operation failed, deploy again with a
change of that resource. With a trail (`--trail`) the report says which writes landed.

## References
- How a log says its end: docs/facts/sst-output.md#2-terminal-output,
  docs/facts/pulumi-output.md#12-ends-of-steps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.logs.results import is_error, says_done
from analyzer.rules.by_deploy import said_together

if TYPE_CHECKING:
    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW401"
NAME = "errors-in-a-good-deploy"
SEVERITY: Severity = "warning"


def find(case: Case) -> pl.DataFrame:
    """A finding for each deploy that ended well with errors in its log."""
    real = case.events.filter(~pl.col("planning").fill_null(value=False))
    badly = (pl.col("kind") == "summary") & pl.col("outcome").is_in(["failed", "interrupted"])
    ended_well = (
        real.group_by("deploy")
        .agg(done=says_done().any(), badly=badly.fill_null(value=False).any())
        .filter(pl.col("done") & ~pl.col("badly"))
    )
    failed = (pl.col("kind") == "failed") & pl.col("message").is_not_null()
    errors = real.filter((is_error() | failed) & pl.col("fact").is_null()).join(
        ended_well, on="deploy", how="semi", maintain_order="left"
    )
    return said_together(
        errors,
        one="The end of the deploy says that it succeeded, and its log has an error",
        many="The end of the deploy says that it succeeded, and its log has {} errors",
    )
