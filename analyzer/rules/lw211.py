"""LW211 swallowed-call: an operation is reported as done, and its state shows that its provider wrote nothing.

## What it does
Finds operations on SST's own resources whose outputs are empty though such an operation gives some,
and those whose id is empty.

## Why it matters
SST's resources are written by a program beside Pulumi. It may return early without an error: then
the operation is shown as `Updated`, the state holds the new inputs, and the next deploy sees no
change. The route or the file is not in place until somebody changes it again.

## How it is proven
By the event log alone. Since SST 3.12.5 a route's update that fails to read the list of routes
returns before it sets its outputs: they hold `__provider` and nothing else. A key-value resource
gives its inputs back when it has written. Of other resources it is taken for a sign where the
outputs before the update held more: a resource without an update method is shown as `Updated`, too,
without a call. That is of low confidence, and a warning. A route whose entry is as before is a warning as
well: the list should have it, but the state has lost it. On a create the id is empty as well, which
Pulumi refuses ("returned empty resource.ID"): the deploy fails, and what went wrong is not said.
Where a trail or a listing decides what became of the write, this rule is silent: LW101 has the
error, and LW201 says why.

## Example
    Log: shop/prod
        15:40:33-34  update SiteRoutesUpdate  7c62:routes + site,50f6,,/ -> 7c62:routes + site,50f6,,/a unset
    Finding:
        error LW211: SiteRoutesUpdate is reported as updated, and its outputs are empty: its provider
          returned before it wrote.
    Beside it: LW109, LW209, LW308
    Not here, where the outputs are there:
      - 15:40:33-34  update SiteRoutesUpdate  7c62:routes + site,50f6,,/ -> 7c62:routes + site,50f6,,/a unset
      + 15:40:33-34  update SiteRoutesUpdate  7c62:routes + site,50f6,,/ -> 7c62:routes + site,50f6,,/a

## What to do
Allow `cloudfront-keyvaluestore:GetKey` to the role that deploys, and look for throttling at the
time. Then write the entry by hand, or deploy a change of that resource.

## References
- The log of the sample `failed-read-taken-for-success`, without its trail.
- docs/facts/sst-output.md#s1-shadowed-error; methods that are missing:
  docs/facts/sst-resources.md#1-custom-resources.
- SST: pkg/server/resource/aws-kv-routes-update.go, platform/src/components/rpc/rpc.ts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.resources.shown import is_of_any
from analyzer.rules.by_deploy import resource

if TYPE_CHECKING:
    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW211"
NAME = "swallowed-call"
SEVERITY: Severity = "error"

_EMPTY_ID: Final = r"returned empty resource\.ID from create"
_URN: Final = r"returned empty resource\.ID from create '(urn:[^']+)'"
_FOUND: Final = ("deploy", "source", "line", "write", "about", "confidence", "severity", "message")


def find(case: Case) -> pl.DataFrame:
    """A finding for each operation that wrote nothing."""
    return pl.concat([_done(case), _refused(case)], how="diagonal")


def _done(case: Case) -> pl.DataFrame:
    """Operations that are done, by what their state shows."""
    silent = case.events.filter(pl.col("unwritten").is_in(["no_outputs", "no_id"]).fill_null(value=False))
    if silent.is_empty():
        return pl.DataFrame()
    of_step = case.writes.group_by("deploy", "source", "line", maintain_order=True).agg(
        write=pl.when(pl.len() == 1).then(pl.col("id").first()),
        unchanged=(pl.col("was") == pl.col("entry")).all(),
        decided=(pl.col("verdict") != "unverifiable").any(),
    )
    mine = silent.unique(["deploy", "urn", "op"], keep="last", maintain_order=True).join(
        of_step, on=["deploy", "source", "line"], how="left", maintain_order="left"
    )
    shows = (
        pl.when(pl.col("unwritten") == "no_id")
        .then(pl.lit("its id is empty"))
        .otherwise(pl.lit("its outputs are empty"))
    )
    done = pl.col("op").replace_strict({"update": "updated"}, default="created", return_dtype=pl.String)
    keys = is_of_any()
    needed = ~pl.col("unchanged").fill_null(value=False)
    return (
        mine.filter(~pl.col("decided").fill_null(value=False))
        .select(
            "deploy",
            "source",
            "line",
            "write",
            about="name",
            confidence=pl.when(keys).then(pl.lit("high")).otherwise(pl.lit("low")),
            severity=pl.when(keys & needed).then(pl.lit("error")).otherwise(pl.lit("warning")),
            message=pl.format(
                "{} is reported as {}, and {}: its provider returned before it wrote.",
                resource(),
                done,
                shows,
            ),
        )
        .select(_FOUND)
    )


def _refused(case: Case) -> pl.DataFrame:
    """Creates that Pulumi refused because they came back without an id."""
    said = pl.col("message").str.contains(_EMPTY_ID).fill_null(value=False)
    named = pl.coalesce(pl.col("message").str.extract(_URN).str.split("::").list.last(), "name")
    told = case.events.filter((pl.col("kind") == "diagnostic") & said)
    if told.is_empty():
        return pl.DataFrame()
    refused = told.with_columns(name=named).filter(
        pl.col("name").str.contains(r"\.sst\.\w+\.\w+$").fill_null(value=False)
    )
    # A call that the trail shows as refused says what went wrong: LW103 has the error.
    explained = case.writes.filter(
        (pl.col("verdict") == "errored") & (pl.col("cause") != "service_error").fill_null(value=False)
    ).select("deploy", "name")
    fact = (
        "{} came back without an id: its provider returned before it wrote, and what went wrong is not said."
    )
    return (
        refused.unique(["deploy", "name"], keep="first", maintain_order=True)
        .join(explained, on=["deploy", "name"], how="anti", maintain_order="left")
        .select(
            "deploy",
            "source",
            "line",
            write=pl.lit(None, pl.String),
            about="name",
            confidence=pl.lit("high"),
            severity=pl.lit("warning"),
            message=pl.format(fact, resource()),
        )
        .select(_FOUND)
    )
