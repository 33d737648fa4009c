"""LW306 log-not-understood: a file was taken for a deploy log, and no line of it was understood.

## What it does
Finds deploy logs, met in a folder, a glob or an archive, of which no line was understood. A log that
was named by itself also ends the command with exit code 3.

## Why it matters
No write is expected by such a log, so nothing about its deploy can be missing: a deploy whose writes
were lost would look as if there had been none.

## How it is proven
The file holds words that only SST or Pulumi print, but none of its lines is of a known form: something
stands before each line, the lines are wrapped in JSON, or the text is damaged.

## Example
    Log: shop/prod
        15:40:30-32  create SiteKvKeys  7c62: metadata={}
    Log: of another job, in which `<<` stands before each line
        | <<|  Created     Docs sst:aws:StaticSite → DocsKvKeys sst:aws:KvKeys (1.8s)
        | <<✓  Complete
    Trail:
        15:20:00  UpdateKeys put other          E1 -> E2  by job
        15:40:31  UpdateKeys put 7c62:metadata  E2 -> E3
        17:00:00  UpdateKeys put other          E3 -> E4  by job
    Finding:
        warning LW306: Nothing of 2-deploy.log was read: no line of it was understood: the lines begin
        with `<<`: not known as a prefix.
    Not here, where the log is as the tool wrote it:
      - | <<|  Created     Docs sst:aws:StaticSite → DocsKvKeys sst:aws:KvKeys (1.8s)
      + | |  Created     Docs sst:aws:StaticSite → DocsKvKeys sst:aws:KvKeys (1.8s)
      - | <<✓  Complete
      + | ✓  Complete

## What to do
The message says what the lines look like. Give the log as the tool wrote it: `.sst/log`, `pulumi.log`,
or the raw log of the CI job. The lines that look like those of a deploy, and why each is none, are
listed by:

    lostwrite parse --unrecognised FILE

If the file is of no deploy, leave it out.

## References
- The forms that are read: docs/formats.md
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import polars as pl

if TYPE_CHECKING:
    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW306"
NAME = "log-not-understood"
OF_RUN: Literal[True] = True
SEVERITY: Severity = "warning"


def find(case: Case) -> pl.DataFrame:
    """A finding for each input with lines of which none was recognised."""
    silent = (pl.col("kind") == "unusable") & (pl.col("lines") > 0) & (pl.col("recognised") == 0)
    return case.inputs.filter(silent).select(
        "source",
        about=pl.col("source").str.split("/").list.last(),
        confidence=pl.lit("proven"),
        message=pl.format("Nothing of {} was read: {}.", "source", pl.col("problems").list.first()),
    )
