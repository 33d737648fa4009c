"""LW403 warnings: the deploy printed warnings.

## What it does
Reports how many warnings a deploy's log has, with the first of them: one finding for each deploy.

## Why it matters
A deprecation or a version that is about to fail is told once, in the middle of a log that ended
well. A policy that was broken, and is only advisory, is told there too.

## How it is proven
By the form of the line: a diagnostic of Pulumi's of the severity warning, SST's `Warning` line, a
record of the level WARN. Warnings of one text count once. Pending operations are LW404.

## Example
    Log: shop/prod
        15:40:30-31  create aws:s3/bucket:Bucket Assets {}
        15:40:31     warning on Assets: bucket is deprecated
        15:40:32     warning: a new version of Pulumi is available
    Finding:
        note LW403: The log has 2 warnings: bucket is deprecated | a new version of Pulumi is available
    Not here, where the program only says so:
      - 15:40:31     warning on Assets: bucket is deprecated
      + 15:40:31     info on Assets: bucket is deprecated
      - 15:40:32     warning: a new version of Pulumi is available

## What to do
Read the lines that the report names. `lostwrite parse LOG` shows them all.

## References
- Pulumi's diagnostics: docs/facts/pulumi-output.md#1-event-log.
- SST's lines: docs/facts/sst-output.md#2-terminal-output.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.rules.by_deploy import said_together
from analyzer.rules.lw404 import is_pending

if TYPE_CHECKING:
    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW403"
NAME = "warnings"
SEVERITY: Severity = "note"


def find(case: Case) -> pl.DataFrame:
    """A finding for each deploy with warnings."""
    warning = (pl.col("kind") == "diagnostic") & (pl.col("severity") == "warning").fill_null(value=False)
    return said_together(
        case.events.filter(warning & ~is_pending()),
        one="The log has a warning",
        many="The log has {} warnings",
    )
