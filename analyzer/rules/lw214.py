"""LW214 existing-record: a DNS record that was there already was taken for the one that was meant.

## What it does
Finds Vercel DNS records that the deploy reports as created or updated, and whose state says
`existing-record`.

## Why it matters
SST sends a new record for an update, too. Vercel refuses it where such a record exists, and SST
takes the refusal for success: the changed value was not written. The deploy tool's state holds the
new value, so the next deploy sees no change.

## How it is proven
By the event log alone: the outputs of the operation hold `recordId: "existing-record"`, which SST
writes where Vercel answered `record_exists`, and only there. What the record holds is not known: it
may be what was meant, by chance or by an earlier deploy.

## Example
    Log: shop/prod
        15:40:30-31  update a:b:C Www.sst.vercel.DnsRecord {} -> {} => {"recordId": "existing-record"}
    Finding:
        warning LW214: Www is reported as updated, and Vercel refused it because such a record exists: its
          value was not written.
    Not here, where Vercel made a record:
      - 15:40:30-31  update a:b:C Www.sst.vercel.DnsRecord {} -> {} => {"recordId": "existing-record"}
      + 15:40:30-31  update a:b:C Www.sst.vercel.DnsRecord {} -> {} => {"recordId": "rec_1"}

## What to do
Compare the record with the program: `vercel dns ls DOMAIN`. Remove the old record (`vercel dns rm
ID`), then deploy a change of the resource, or add the new record by hand.

## References
- docs/facts/sst-resources.md#n8-verceldnsrecord.
- SST: pkg/server/resource/vercel-dns-record.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.rules.by_deploy import resource

if TYPE_CHECKING:
    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW214"
NAME = "existing-record"
SEVERITY: Severity = "warning"


def find(case: Case) -> pl.DataFrame:
    """A finding for each operation that took another record for its own."""
    existed = case.events.filter((pl.col("unwritten") == "existed").fill_null(value=False))
    fact = (
        "{} is reported as {}, and Vercel refused it because such a record exists: its value was not written."
    )
    done = pl.col("op").replace_strict({"update": "updated"}, default="created", return_dtype=pl.String)
    return existed.unique(["deploy", "urn", "op"], keep="first", maintain_order=True).select(
        "deploy",
        "source",
        "line",
        about="name",
        confidence=pl.lit("high"),
        message=pl.format(fact, resource(), done),
    )
