"""LW304 input-partly-unreadable: a part of a log, a trail or an archive could not be read.

## What it does
Finds inputs of which a part was not read: a file that is cut or damaged, a record or an event that is no
whole JSON, a line longer than 1 MiB, a file that changed while it was read or may not be opened, and files
of an archive that were refused.

## Why it matters
The part that is missing may hold the very call, or the step, that decides. A verdict that needs it is
`unverifiable`, and a deploy whose steps are in it shows no writes at all.

## How it is proven
Each reader counts what it could not read (`inputs[].undecodable` in JSON) and says why (`inputs[].problems`).
What was repaired, or is only told, is no finding: a prefix or a table that was taken off, text that is no
UTF-8 and was replaced, columns that an export lacks (LW315, LW316). Neither is a file of another kind, nor
one that is left out on purpose, such as SST's own code. A log of which no line was understood is LW306, a
listing that is cut LW305.

## Example
    Log: shop/prod
        15:40:30-32  create SiteKvKeys  7c62: metadata={}
    Trail:
        15:20:00  UpdateKeys put other          E1 -> E2  by job
        15:40:31  UpdateKeys put 7c62:metadata  E2 -> E3
        17:00:00  UpdateKeys put other          E3 -> E4  by job
        the file is cut
    Finding:
        warning LW304: A part of trail.json was not read: the JSON is cut short after 3 whole record(s).
    Not here, where the file is whole:
      - the file is cut

## What to do
Get the file again: copy it once more from the bucket or the CI, when nothing writes it any longer, and look
at the permissions. What cannot be got again stays unknown; digests (`--trail`) show whether a file of the
trail is as CloudTrail wrote it, and a listing of the store (`--keys`) shows what is there now.

    aws s3 cp s3://BUCKET/KEY - | gzip -t

## References
- What is read of each form, and its limits: docs/formats.md
- Digests: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-intro.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import polars as pl

if TYPE_CHECKING:
    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW304"
NAME = "input-partly-unreadable"
OF_RUN: Literal[True] = True
SEVERITY: Severity = "warning"

_LOSS: Final = (
    r"not read\b|could not be read|cannot be (?:read|listed|opened)|only what comes before|may be (?:missing|of both)"
    r"|\bdamaged\b|\bis cut\b|cut short|not an engine event|permission denied|input/output error|a signal ended Pulumi"
)
"""What the readers say of a part that they did not read; of a repair they say `repaired`, `replaced` or `read from`."""

_NO_LOSS: Final = (
    r"named keys that cannot be read|record\(s\) are incomplete"  # LW315 and LW316, where a verdict needs them
    r"|leads out of|a link or device|that the archive contains twice"  # left out on purpose, as the next ones
    r"|not read: (?:SST's|what SST built|installed packages|Pulumi's own state|logs of function calls|steps of GitHub)"
)
_DIGEST: Final = "cloudtrail-digest"
"""The kind of a digest, whose problems are those of other files."""


def find(case: Case) -> pl.DataFrame:
    """A finding for each input of which a part was lost."""
    told_elsewhere = (
        (pl.col("kind") == "unusable") & (pl.col("lines") > 0) & (pl.col("recognised") == 0)
    ) | (pl.col("source").is_in(case.misfits["source"].implode()))
    told_elsewhere |= pl.col("source").str.starts_with(
        "arn:"
    )  # a live store: the run says that it was not listed
    is_loss = pl.element().str.contains(_LOSS) & ~pl.element().str.contains(_NO_LOSS)
    undecodable = pl.col("undecodable").fill_null(0)
    candidates = case.inputs.filter(~told_elsewhere.fill_null(value=False) & (pl.col("kind") != _DIGEST))
    lossy = candidates.with_columns(
        lost=pl.col("problems").fill_null([]).list.eval(pl.element().filter(is_loss))
    ).filter((undecodable > 0) | (pl.col("lost").list.len() > 0))
    first = pl.coalesce(
        pl.col("lost").list.first(),
        pl.col("problems").list.first(),
        pl.format("{} of its records or lines could not be read", undecodable),
    )
    more = pl.col("lost").list.len().cast(pl.Int64) - 1
    return lossy.select(
        "source",
        about=pl.col("source").str.split("/").list.last(),
        confidence=pl.lit("proven"),
        line=first.str.extract(r"^line (\d+)\b").cast(pl.Int64),
        message=pl.when(more > 0)
        .then(pl.format("A part of {} was not read: {} (and {} more).", "source", first, more))
        .otherwise(pl.format("A part of {} was not read: {}.", "source", first)),
    )
