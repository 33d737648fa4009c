"""LW404 pending-operations: an earlier deploy was stopped in the middle of operations, and nobody resolved them.

## What it does
Finds what Pulumi says of pending operations at the beginning of a deploy, and pending operations
in a state (`pulumi stack export`, the `app/` and `snapshot/` objects of SST's home).

## Why it matters
A pending operation began and its outcome was never recorded: the resource may exist without being
in the state, or may be half made. Pulumi goes on with what the state says. A create that did happen
is then made twice; keys of a store that were written are not known to the state.

## How it is proven
Pulumi writes an operation into the state before it calls the provider, and takes it out after that.
What is still there at the next deploy was cut off: by a second ^C, a signal, a lost runner.

## Example
    Log: shop/prod
        15:40:30     warning: Attempting to deploy or update resources with 1 pending operations from
          previous deployment. * urn:pulumi:prod::shop::a:b:C::SiteKvKeys, interrupted while creating
        15:40:31-32  same aws:s3/bucket:Bucket Assets {}
    Finding:
        warning LW404: An operation of an earlier deploy is pending: SiteKvKeys (creating).
    Not here, where it is another warning:
      - 15:40:30     warning: Attempting to deploy or update resources with 1 pending operations from
          previous deployment. * urn:pulumi:prod::shop::a:b:C::SiteKvKeys, interrupted while creating
      + 15:40:30     warning: bucket is deprecated

## What to do
Look whether the resource exists, then clear the operation:

    pulumi refresh
    sst refresh

Then deploy again. `lostwrite check` on the log of the deploy that was stopped says which writes of
keys were under way (LW107).

## References
- https://www.pulumi.com/docs/iac/operations/troubleshooting/interrupted-updates/
- Interrupted runs: docs/facts/pulumi-output.md#12-ends-of-steps.
- The state: docs/facts/sst-output.md#13-state-bucket.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW404"
NAME = "pending-operations"
SEVERITY: Severity = "warning"

_PENDING: Final = r"(?i)\bpending operations?\b|, interrupted while [a-z]+"
_NAMED: Final = r"(?m)\* ?(?P<urn>[^\n]+), interrupted while (?P<doing>[a-z]+)"
_FEW: Final = 3


def is_pending() -> pl.Expr:
    """Which of EVENTS speak of pending operations."""
    said = pl.col("message").str.contains(_PENDING).fill_null(value=False)
    return (pl.col("kind") == "diagnostic") & pl.col("severity").is_in(["warning", "error"]) & said


def find(case: Case) -> pl.DataFrame:
    """A finding for each deploy, or state, with pending operations."""
    told_of = case.events.filter(is_pending())
    if told_of.is_empty():
        return pl.DataFrame()
    named = (
        pl.col("message").str.extract_all(_NAMED).list.eval(pl.element().str.replace(_NAMED, "$urn ($doing)"))
    )
    own = pl.format("{} ({})", "urn", pl.col("message").str.extract("interrupted while ([a-z]+)", 1))
    listed = pl.when(named.list.len() > 0).then(named).otherwise(pl.concat_list(own))
    pending = (
        told_of.select("deploy", "source", "line", operation=listed)
        .explode("operation", empty_as_null=True, keep_nulls=True)
        .with_columns(pl.col("operation").str.replace(r"^urn:pulumi:.*::", ""))
        .unique(["deploy", "operation"], maintain_order=True)
    )
    known = set(case.deploys["id"])
    together = pending.group_by("deploy", maintain_order=True).agg(
        pl.col("source", "line").first(),
        count=pl.col("operation").count(),
        few=pl.col("operation").drop_nulls().head(_FEW).str.join(", "),
    )
    count = pl.col("count")
    told = (
        pl.when(count == 0)
        .then(pl.lit("Operations of an earlier deploy are pending."))
        .when(count == 1)
        .then(pl.format("An operation of an earlier deploy is pending: {}.", "few"))
        .when(count <= _FEW)
        .then(pl.format("{} operations of an earlier deploy are pending: {}.", count, "few"))
        .otherwise(
            pl.format(
                "{} operations of an earlier deploy are pending: {} and {} more.", count, "few", count - _FEW
            )
        )
    )
    return together.select(
        pl.when(pl.col("deploy").is_in(known)).then("deploy"),
        "source",
        "line",
        confidence=pl.lit("high"),
        message=told,
    )
