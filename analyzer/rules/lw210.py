"""LW210 leaked-promise: the program ended before it had registered its resources.

## What it does
Finds deploys whose program ended while promises were still open, and names what is missing: what
the report of the leak names, and keys of sites that were deleted and never came back.

## Why it matters
A resource that is not registered is not deployed. Pulumi takes what it knew of it for removed: the
old keys of a site may be deleted, and the new ones are never written. The site is then down
although no operation failed.

## How it is proven
Node's runtime of Pulumi prints "detected that N promises were still active" or "Promise leak
detected" when the program exits with promises open; under PULUMI_DEBUG_PROMISE_LEAKS it prints the
resources, too. A resource that was deleted in the same deploy, and that no operation of that name
wrote, is missing: the finding is then an error. SST 3.19.0 to 4.2.0 leaks promises in the builder
of sites and containers.

## Example
    Log:
        | SST 4.2.0  ready!
        |
        | ➜  App:        shop
        |    Stage:      prod
        |
        | ~  Deploy
        |
        | |  Deleted     Store sst:aws:Nextjs → StoreKvKeys sst:aws:KvKeys
        | Promise leak detected:
        |   at new KvKeys (file:///app/.sst/platform/src/components/aws/providers/kv-keys.ts:13:5)
        |
        | ✕  Failed
    Finding:
        error LW210: The program ended before it had registered its resources; deleted and not
          written again: StoreKvKeys.
    Beside it: LW209 names the defect, LW308
    Not here, where nothing leaked:
      - | Promise leak detected:
      - |   at new KvKeys (file:///app/.sst/platform/src/components/aws/providers/kv-keys.ts:13:5)

## What to do
Update SST (fixed in 4.2.1) and deploy again. If the site is down, a deploy with the version before
registers its keys again. Run with PULUMI_DEBUG_PROMISE_LEAKS=1 to see what was open.

## References
- SST: commit cb65f98d0, https://github.com/anomalyco/sst/issues/6470.
- docs/facts/sst-output.md#44-fixes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.resources.shown import is_of_any
from analyzer.rules.by_deploy import resource

if TYPE_CHECKING:
    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW210"
NAME = "leaked-promise"
SEVERITY: Severity = "warning"

_FEW: Final = 3
_DELETES: Final = ("delete", "delete-replaced")


def find(case: Case) -> pl.DataFrame:
    """A finding for each deploy with leaked promises."""
    leaks = case.events.filter((pl.col("fact") == "promise_leak").fill_null(value=False))
    names = pl.col("value").filter(~pl.col("value").fill_null("").str.contains(r"^\d*$"))
    found = leaks.group_by("deploy", maintain_order=True).agg(
        pl.col("source", "line").first(),
        open=pl.col("value").filter(pl.col("value").str.contains(r"^\d+$")).first(),
        named=names.unique(maintain_order=True),
    )
    steps = case.events.filter(
        is_of_any() & (pl.col("kind") == "done") & ~pl.col("planning").fill_null(value=False)
    )
    rows = [_row(deploy, steps) for deploy in found.iter_rows(named=True)]
    told = pl.DataFrame(rows, {"message": pl.String(), "severity": pl.String()}, orient="row")
    return pl.concat([found.select("deploy", "source", "line"), told], how="horizontal").with_columns(
        confidence=pl.lit("high")
    )


def _row(leak: dict[str, object], steps: pl.DataFrame) -> tuple[str, str]:
    """What is said of one deploy, and how grave it is."""
    mine = steps.filter(pl.col("deploy") == leak["deploy"]).with_columns(short=resource())
    deleted = mine.filter(pl.col("op").is_in(_DELETES))["short"].unique(maintain_order=True).to_list()
    written = set(mine.filter(~pl.col("op").is_in(_DELETES))["short"])
    named = pl.DataFrame({"name": leak["named"]}, {"name": pl.String}).select(resource()).to_series()
    gone = [name for name in deleted if name not in written]
    told = written.union(deleted)
    never = [name for name in named if name not in told]
    parts = ["The program ended before it had registered its resources"]
    if leak["open"]:
        parts[0] += f" ({leak['open']} promises were still open)"
    if gone:
        parts.append(f"deleted and not written again: {_few(gone)}")
    if never:
        parts.append(f"never registered: {_few(never)}")
    return "; ".join(parts) + ".", "error" if gone else SEVERITY


def _few(names: list[str]) -> str:
    more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return ", ".join(names[:_FEW]) + more
